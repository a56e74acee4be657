//! Hosts that cannot be used.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

/// Listens on a port of this machine and answers the first bytes of each connection with those bytes. With `None`, it
/// does not answer.
async fn answering(answer: Option<&'static [u8]>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut silent = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let Some(answer) = answer else {
                silent.push(stream);
                continue;
            };
            let _ = stream.read(&mut [0; 64]).await;
            let _ = stream.write_all(answer).await;
        }
    });
    port
}

/// Returns a port on which nothing listens.
async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

async fn shown(url: &str, port: u16) -> String {
    unreachable(parse(url)).await.to_string().replace(&port.to_string(), "PORT")
}

#[test]
fn a_refused_connection_says_where_and_what_to_do() {
    let shown = run(async {
        let port = free_port().await;
        shown(&format!("postgres://u@127.0.0.1:{port}/d"), port).await
    });
    insta::assert_snapshot!(shown, @"the database at 127.0.0.1:PORT cannot be used: the connection was refused. Check that PostgreSQL runs there and listens on that address and port");
}

#[test]
fn a_name_without_an_address_is_reported() {
    let unreachable = run(unreachable(parse("postgres://u@nowhere.invalid/d")));
    let problems: Vec<_> = unreachable.problems().collect();
    assert!(matches!(problems[..], [(host, Problem::Name(_))] if host.name() == "nowhere.invalid"), "{problems:?}");
}

#[test]
fn a_missing_socket_is_reported_with_its_path() {
    let unreachable = run(unreachable(parse("postgres://u@/d?host=/nowhere")));
    let problems: Vec<_> = unreachable.problems().map(|(host, problem)| (host.to_string(), problem)).collect();
    assert!(matches!(&problems[..], [(host, Problem::Socket(_))] if host == "/nowhere/.s.PGSQL.5432"), "{problems:?}");
}

#[test]
fn a_server_that_does_not_answer_is_given_up() {
    let (unreachable, passed) = run(async {
        let port = answering(None).await;
        let begun = machine::instant();
        (unreachable(parse(&format!("postgres://u@127.0.0.1:{port}/d?connect_timeout=1"))).await, machine::since(begun))
    });
    let problems: Vec<_> = unreachable.problems().map(|(_, problem)| problem).collect();
    assert!(matches!(problems[..], [Problem::Silent(limit)] if *limit == Duration::from_secs(1)), "{problems:?}");
    assert!(passed < Duration::from_secs(3), "{passed:?}");
}

#[test]
fn another_kind_of_server_is_reported() {
    for mode in ["prefer", "disable"] {
        let shown = run(async {
            let port = answering(Some(b"HTTP/1.1 400 Bad Request\r\n\r\n")).await;
            shown(&format!("postgres://u@127.0.0.1:{port}/d?sslmode={mode}"), port).await
        });
        insta::allow_duplicates! {
            insta::assert_snapshot!(shown, @"the database at 127.0.0.1:PORT cannot be used: what answers there is not a PostgreSQL server. Check the port in the URL of the store");
        }
    }
}

#[test]
fn a_server_without_tls_is_refused_where_tls_is_required() {
    let shown = run(async {
        let port = answering(Some(b"N")).await;
        shown(&format!("postgres://u@127.0.0.1:{port}/d?sslmode=require"), port).await
    });
    insta::assert_snapshot!(shown, @"the database at 127.0.0.1:PORT cannot be used: it has no TLS. Turn TLS on in the server, or use sslmode=disable if nobody can listen on the network");
}

#[test]
fn all_hosts_are_tried_and_reported() {
    let shown = run(async {
        let (first, second) = (free_port().await, answering(Some(b"N")).await);
        let url = format!("postgres://u@127.0.0.1:{first},127.0.0.1:{second}/d?sslmode=require");
        shown(&url, first).await.replace(&second.to_string(), "OTHER")
    });
    insta::assert_snapshot!(shown, @"no host of the database can be used: 127.0.0.1:PORT: the connection was refused (Check that PostgreSQL runs there and listens on that address and port); 127.0.0.1:OTHER: it has no TLS (Turn TLS on in the server, or use sslmode=disable if nobody can listen on the network)");
}

#[test]
fn whoever_waits_is_told_when_the_attempt_has_failed_and_later_ones_at_once() {
    run(async {
        let port = free_port().await;
        let pool = Pool::start(parse(&format!("postgres://u@127.0.0.1:{port}/d")), 2).unwrap();
        let begun = machine::instant();
        let [first, second] = [pool.lease(later()).await, pool.lease(later()).await];
        assert!(matches!(first, Err(Fault::Unreachable(_))) && matches!(second, Err(Fault::Unreachable(_))));
        assert!(machine::since(begun) < Duration::from_secs(1));
        assert!(pool.trouble().is_some());
        assert_eq!(second.err().map(|fault| fault.effect()), Some(Effect::None));
    });
}
