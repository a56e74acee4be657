//! Tests of connections that are cut and servers that do not respond: no user is created twice without a message.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::Folder;
use crate::support::odd::{Connection, Odd, created};
use crate::support::seen::run;
use crate::support::terminal::Collector;
use crate::{ISSUE, is_long, recorded};

/// The place at which the connection of the second request ends.
#[derive(Debug, Clone, Copy)]
enum Cut {
    /// After this number of bytes of the response.
    Answer(usize),
    /// After this number of bytes of the request.
    Request(usize),
    /// After the whole response, when the next request begins.
    Behind,
}

/// Starts a server that creates users and cuts the connection of the second request. Returns the number of created
/// users, too.
fn cutting(cut: Cut) -> (Odd, Arc<AtomicUsize>) {
    let (seen, made) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&made);
    let server = Odd::start(move |connection: &mut Connection| {
        loop {
            let second = seen.load(Ordering::SeqCst) == 1;
            if let (Cut::Request(bytes), true) = (cut, second) {
                seen.fetch_add(1, Ordering::SeqCst);
                let whole = connection.read_up_to(bytes)?;
                // A server that has the whole request carries it out.
                count.fetch_add(usize::from(whole), Ordering::SeqCst);
                return connection.cut();
            }
            if connection.request()?.is_none() {
                return Ok(());
            }
            let number = seen.fetch_add(1, Ordering::SeqCst);
            let answer = created(count.fetch_add(1, Ordering::SeqCst));
            match cut {
                Cut::Answer(bytes) if number == 1 => {
                    connection.send(&answer.as_bytes()[..bytes.min(answer.len())])?;
                    return connection.cut();
                }
                Cut::Behind if number == 1 => {
                    connection.send(answer)?;
                    connection.read_up_to(1)?;
                    return connection.cut();
                }
                _ => connection.send(answer)?,
            }
        }
    });
    (server, made)
}

/// Checks that the users whom the service created are recorded or unknown.
fn check(cut: Cut) {
    let home = Folder::new();
    let (server, made) = cutting(cut);
    let batch = || {
        let mut command = server.az(&home);
        command.args(["communication", "user-identity"]).args(ISSUE.split(' '));
        run(command.args(["--count", "4", "--concurrency", "1", "--out-file", "t.jsonl"]))
    };
    let first = batch();
    let record = || recorded(&std::fs::read(home.path().join("t.jsonl")).unwrap());
    let (users, unknown) = record();
    let made_so_far = made.load(Ordering::SeqCst);
    assert!(unknown <= 1 && users.len() <= made_so_far && made_so_far <= users.len() + unknown, "{cut:?}: {first:?}");
    assert_eq!(first.code, Some(i32::from(unknown > 0)), "{cut:?}: {first:?}");
    if unknown > 0 {
        assert!(first.stderr.contains("ERROR: It is not known whether a user was created: "), "{cut:?}: {first:?}");
    }
    let last = batch();
    assert!(last.code == Some(0) && !last.stderr.contains("ERROR"), "{cut:?}: {last:?}");
    let (users, unknown) = record();
    let made = made.load(Ordering::SeqCst);
    assert_eq!(users.len() + unknown, 4, "{cut:?}");
    assert!(users.len() <= made && made <= 4, "{cut:?}: {made} were made");
    // After a complete response, the client may send the next request before it notices the end of the connection.
    if matches!(cut, Cut::Answer(bytes) if bytes < created(1).len()) {
        assert_eq!(made, users.len() + unknown, "{cut:?}");
    }
}

#[test]
fn a_cut_answer_to_a_creation_is_not_asked_for_again() {
    let whole = created(1).len();
    let all: Vec<usize> = (0..=whole).collect();
    let some = [0, 1, 20, whole - 10, whole - 1, whole];
    for bytes in if is_long() { &all[..] } else { &some[..] } {
        check(Cut::Answer(*bytes));
    }
}

/// The server never received that request completely, but the client cannot know this.
#[test]
fn a_creation_on_a_connection_that_ends_after_a_response_is_not_sent_again() {
    check(Cut::Behind);
}

#[test]
fn a_cut_request_for_a_creation_is_not_sent_again_without_a_message() {
    let all: Vec<usize> = (0..1200).collect();
    let some = [0, 1, 100, 600, 2000];
    for bytes in if is_long() { &all[..] } else { &some[..] } {
        check(Cut::Request(*bytes));
    }
}

/// A request for a listed user is sent again once, with a message.
#[test]
fn a_request_for_a_listed_user_is_sent_again_with_a_message_after_a_cut_response() {
    let home = Folder::new();
    let answer = r#"{"token":"a.b.c","expiresOn":"2099-01-01T00:00:00+00:00"}"#;
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let server = Odd::start(move |connection: &mut Connection| {
        while connection.request()?.is_some() {
            let text = crate::support::odd::json_answer("200 OK", answer);
            if count.fetch_add(1, Ordering::SeqCst) == 1 {
                connection.send(&text.as_bytes()[..text.len() - 10])?;
                return connection.cut();
            }
            connection.send(text)?;
        }
        Ok(())
    });
    home.write("users.txt", "8:acs:a\n8:acs:b\n8:acs:c\n");
    let mut command = server.az(&home);
    command.args(["communication", "user-identity"]).args(ISSUE.split(' '));
    let seen = run(command.args(["--users-from", "users.txt", "--concurrency", "1", "--out-file", "t.jsonl"]));
    assert_eq!((seen.code, &seen.json()["issued"]), (Some(0), &3.into()), "{seen:?}");
    assert!(
        seen.stderr.starts_with("WARNING: ") && seen.stderr.contains(" was cut off. The request is sent again."),
        "{seen:?}"
    );
    assert_eq!(requests.load(Ordering::SeqCst), 4);
}

/// The server never answers. A handshake is given up at once, and a response gets some seconds.
#[test]
#[cfg_attr(portable_system, ignore = "only on Unix")]
fn a_signal_ends_a_batch_that_hangs() {
    let home = Folder::new();
    for (in_handshake, longest) in [(true, 4), (false, 10)] {
        let started = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&started);
        let hang = || std::thread::sleep(Duration::from_secs(20));
        let server = if in_handshake {
            Odd::start_plain(move |stream| {
                count.fetch_add(1, Ordering::SeqCst);
                hang();
                drop(stream);
            })
        } else {
            Odd::start(move |connection: &mut Connection| {
                connection.request()?;
                count.fetch_add(1, Ordering::SeqCst);
                hang();
                Ok(())
            })
        };
        let mut command = server.az(&home);
        command.args(["communication", "user-identity"]).args(ISSUE.split(' '));
        command.args(["--count", "3", "--concurrency", "2", "--out-file"]).arg(format!("t{in_handshake}"));
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let err = Collector::of_pipe(child.stderr.take().unwrap());
        let until = Instant::now() + Duration::from_secs(15);
        while started.load(Ordering::SeqCst) < 2 {
            assert!(Instant::now() < until, "{}", err.so_far());
            std::thread::sleep(Duration::from_millis(5));
        }
        let told = Instant::now();
        assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(130));
        let stderr = err.finish();
        assert!(told.elapsed() < Duration::from_secs(longest), "it took {:?}: {stderr}", told.elapsed());
        assert!(stderr.contains("ERROR: Interrupted after 0 of 3 were issued."), "{stderr}");
        let lines = std::fs::read_to_string(home.path().join(format!("t{in_handshake}"))).unwrap();
        let outcomes = |name: &str| {
            lines.lines().filter(|line| serde_json::from_str::<Value>(line).unwrap()["outcome"] == name).count()
        };
        if in_handshake {
            // The third request was recorded, but not sent.
            assert_eq!((outcomes("unsent"), outcomes("unknown")), (3, 0), "{lines}");
        } else {
            assert!(
                stderr.contains("WARNING: Waiting up to 5 s for the answers to 2 requests. Interrupt again"),
                "{stderr}"
            );
            assert!(stderr.contains("It is not known whether 2 more were created."), "{stderr}");
        }
    }
}
