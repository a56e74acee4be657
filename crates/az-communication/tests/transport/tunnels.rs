//! Tests of requests to a proxy, and of its responses.

use super::proxies::through;
use super::*;
use insta::assert_snapshot;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// Reads the head of a request.
fn head(stream: &mut impl Read) -> String {
    let (mut head, mut byte) = (Vec::new(), [0]);
    // A TLS client does not send an empty line.
    while !head.ends_with(b"\r\n\r\n")
        && !head.starts_with(&[0x16])
        && stream.read(&mut byte).is_ok_and(|count| count == 1)
    {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// Starts a proxy that sends this response on its only connection. Returns the request through a channel.
fn proxy(answer: impl Into<Vec<u8>>) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, receiver) = mpsc::channel();
    let answer = answer.into();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = sender.send(head(&mut stream));
        let _ = stream.write_all(&answer);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let _ = io::copy(&mut stream, &mut io::sink());
    });
    (port, receiver)
}

/// Runs a command with a proxy that sends this response. `user` is a user name and a password with an @, or empty.
fn after(answer: impl Into<Vec<u8>>, user: &str) -> Seen {
    let (port, _asked) = proxy(answer);
    through(&[("ALL_PROXY", &format!("http://{user}127.0.0.1:{port}"))]).hiding(port, "PORT")
}

const WANTS: &str = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: ";

#[test]
fn a_proxy_that_wants_a_password_is_an_error() {
    assert_snapshot!(after(format!("{WANTS}Basic realm=x\r\n\r\n"), ""), @r"
    exit 1
    --- stderr
    ERROR: The proxy 127.0.0.1:PORT requires a user name and a password (407).
    Hint: Write them into ALL_PROXY: http://USER:PASSWORD@127.0.0.1:PORT
    Hint: In a user name or a password, percent-encode what is not a letter or a digit: %40 is @, %3A is :, %2F is /, %23 is #, %3F is ?, %25 is %, %5C is \.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.
    ");
}

#[test]
fn a_proxy_that_does_not_accept_the_password_is_an_error() {
    assert_snapshot!(after(format!("{WANTS}Basic realm=x\r\n\r\n"), "u:geheim@"), @r"
    exit 1
    --- stderr
    ERROR: The proxy 127.0.0.1:PORT does not accept the user name and the password (407).
    Hint: Write them into ALL_PROXY: http://USER:PASSWORD@127.0.0.1:PORT
    Hint: In a user name or a password, percent-encode what is not a letter or a digit: %40 is @, %3A is :, %2F is /, %23 is #, %3F is ?, %25 is %, %5C is \.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.
    ");
}

#[test]
fn a_proxy_that_does_not_take_basic_authentication_is_an_error() {
    let answer = format!("{WANTS}Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n");
    assert_snapshot!(after(answer, "u:geheim@"), @"
    exit 1
    --- stderr
    ERROR: The proxy 127.0.0.1:PORT requires authentication by Negotiate, NTLM, but only Basic is supported (407).
    Hint: A local proxy that authenticates with the other one, such as cntlm or px, can help.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.
    ");
}

#[test]
fn a_proxy_that_refuses_to_connect_is_an_error_with_its_reason() {
    assert_snapshot!(after("HTTP/1.1 403 Forbidden \u{1b}[31m by policy\n\n<p>No.</p>", ""), @r"
    exit 1
    --- stderr
    ERROR: The proxy 127.0.0.1:PORT refuses to connect to localhost:7: 403 Forbidden \x1b[31m by policy.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.
    ");
}

#[test]
fn a_proxy_that_refuses_to_connect_without_a_reason_is_an_error() {
    assert_snapshot!(after("HTTP/1.0 503\r\n\r\n", ""), @"
    exit 1
    --- stderr
    ERROR: The proxy 127.0.0.1:PORT refuses to connect to localhost:7: 503.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.
    ");
}

#[test]
fn a_response_that_is_not_http_is_an_error() {
    assert_snapshot!(after("SSH-2.0-x 200 OK\r\n\r\n", ""), @"
    exit 1
    --- stderr
    ERROR: The response of the proxy 127.0.0.1:PORT is not HTTP.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.
    ");
    for answer in ["nothing 200\n\n", "HTTP/1.1 2000 OK\r\n\r\n"] {
        let seen = after(answer, "");
        assert!(seen.stderr.starts_with("ERROR: The response of the proxy 127.0.0.1:PORT is not HTTP.\n"), "{seen}");
    }
}

#[test]
fn a_response_in_tls_comes_with_the_scheme_to_write() {
    assert_snapshot!(after("\u{15}\u{3}\u{1}\0\u{2}\u{2}\u{50}", ""), @"
    exit 1
    --- stderr
    ERROR: The response of the proxy 127.0.0.1:PORT is not HTTP.
    Hint: If it speaks TLS, its scheme is https: ALL_PROXY=https://127.0.0.1:PORT
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.
    ");
}

#[test]
fn a_proxy_that_closes_the_connection_is_an_error() {
    assert_snapshot!(after("", ""), @"
    exit 1
    --- stderr
    ERROR: The proxy 127.0.0.1:PORT closed the connection without a response.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.
    ");
}

#[test]
fn a_response_without_end_is_an_error() {
    assert_snapshot!(after(format!("HTTP/1.1 200 OK\r\n{}", "x: y\r\n".repeat(60_000)), ""), @"
    exit 1
    --- stderr
    ERROR: The head of the response of the proxy 127.0.0.1:PORT is larger than 256 KiB.
    Hint: The proxy is named by ALL_PROXY. NO_PROXY lists hosts that are reached without it.
    ");
}

/// Copies bytes in both directions until both have ended. `client` must not block for long.
fn relay(client: &mut (impl Read + Write), port: u16) {
    let mut server = TcpStream::connect(("127.0.0.1", port)).unwrap();
    server.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
    let mut buffer = [0; 16 * 1024];
    let waits = |error: &io::Error| matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut);
    loop {
        match client.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => server.write_all(&buffer[..count]).unwrap(),
            Err(error) if waits(&error) => {}
            Err(_) => return,
        }
        match server.read(&mut buffer) {
            Ok(0) => return,
            Ok(count) => client.write_all(&buffer[..count]).and_then(|()| client.flush()).unwrap(),
            Err(error) if waits(&error) => {}
            Err(_) => return,
        }
    }
}

#[test]
fn every_response_that_requests_takes_for_a_tunnel_is_one() {
    let home = Folder::new();
    let root = root();
    let server = Identity::by(&root, tls::server(&["localhost"]));
    let bundle = home.write("root.pem", &root.pem);
    let port = tls::serve(tls::config(vec![server.der.clone()], server.key_der()));
    let long = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x-long: y\r\n".repeat(5000));
    for answer in [
        "HTTP/1.1 200 Connection established\r\n\r\n",
        "HTTP/1.0 200 OK\n\n",
        "HTTP/1.1 200\nvia: x\r\n\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 x\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi",
        &long,
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://us%2Fer:p+s%40:s@{}/", listener.local_addr().unwrap());
        let asked = thread::scope(|scope| {
            let asked = scope.spawn(|| {
                let (mut stream, _) = listener.accept().unwrap();
                let asked = head(&mut stream);
                stream.write_all(answer.as_bytes()).unwrap();
                stream.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
                relay(&mut stream, port);
                asked
            });
            let mut command = create(&home, "localhost", port);
            let seen = run(command.env("HTTPS_PROXY", &url).env("REQUESTS_CA_BUNDLE", &bundle));
            assert_eq!(seen.code, Some(0), "{answer:.60}: {seen}");
            asked.join().unwrap()
        });
        // This is Basic with the base64 of us/er:p+s@:s
        let authorization = "Proxy-Authorization: Basic dXMvZXI6cCtzQDpz";
        let expected =
            format!("CONNECT localhost:{port} HTTP/1.1\r\nHost: localhost:{port}\r\n{authorization}\r\n\r\n");
        assert_eq!(asked, expected);
    }
}

#[test]
fn a_proxy_with_the_scheme_https_is_reached_over_tls() {
    let home = Folder::new();
    let root = root();
    let server = Identity::by(&root, tls::server(&["localhost", "127.0.0.1"]));
    let bundle = home.write("root.pem", &root.pem);
    let config = tls::config(vec![server.der.clone()], server.key_der());
    let port = tls::serve(config.clone());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://u:geheim@{}", listener.local_addr().unwrap());
    let asked = thread::scope(|scope| {
        let asked = scope.spawn(|| {
            let (stream, _) = listener.accept().unwrap();
            let mut secured = tls::accept(&config, stream);
            let asked = head(&mut secured);
            secured.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
            secured.flush().unwrap();
            secured.sock.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
            relay(&mut secured, port);
            asked
        });
        let mut command = create(&home, "localhost", port);
        let seen = run(command.env("https_proxy", &url).env("REQUESTS_CA_BUNDLE", &bundle));
        assert_eq!(seen.code, Some(0), "{seen}");
        asked.join().unwrap()
    });
    assert_snapshot!(asked.replace("\r\n", "\n").replace(&port.to_string(), "PORT"), @r"
    CONNECT localhost:PORT HTTP/1.1
    Host: localhost:PORT
    Proxy-Authorization: Basic dTpnZWhlaW0=
    ");
}

#[test]
fn a_proxy_with_the_scheme_https_that_does_not_speak_tls_gets_no_password() {
    let (port, asked) = proxy("HTTP/1.1 400 Bad Request\r\n\r\n");
    let seen = through(&[("https_proxy", &format!("https://u:geheim@127.0.0.1:{port}"))]);
    assert_snapshot!(seen.hiding(port, "PORT"), @"
    exit 1
    --- stderr
    ERROR: The proxy 127.0.0.1:PORT does not speak TLS.
    Hint: If it does not speak TLS, its scheme is http: https_proxy=http://127.0.0.1:PORT
    Hint: The proxy is named by https_proxy. NO_PROXY lists hosts that are reached without it.
    ");
    // The byte is the start of a TLS handshake.
    assert!(asked.recv().unwrap().starts_with('\u{16}'));
}
