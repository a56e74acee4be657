//! Tests of connections that end at any byte: created users are known, or the outcome is reported as unknown.

use std::io::Read as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::Folder;
use crate::support::odd::{Odd, created, json_answer, user};
use crate::{CREATE, ISSUE, run};

#[test]
fn what_ends_in_the_handshake_was_not_sent() {
    for reset in [false, true] {
        let home = Folder::new();
        let server = Odd::start_plain(move |mut stream| {
            let _ = stream.read(&mut [0; 4096]);
            if reset {
                rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO)).unwrap();
            }
        });
        let (code, _, stderr) = run(server.az(&home).args(ISSUE));
        assert_eq!(code, 1);
        assert!(stderr.contains("before the request was sent"), "{stderr}");
        assert!(stderr.contains("Nothing was changed") && !stderr.contains("unknown"), "{stderr}");
    }
}

/// Runs a command whose response or request is cut after this number of bytes. Checks that existing users are known, or
/// reported as unknown.
fn cut_after(command: &[&str], of_request: Option<usize>, of_answer: usize, reset: bool) {
    let home = Folder::new();
    let made = Arc::new(AtomicUsize::new(0));
    let server = Odd::start({
        let made = Arc::clone(&made);
        move |connection| {
            if let Some(bytes) = of_request {
                if connection.read_up_to(bytes)? {
                    made.fetch_add(1, Ordering::SeqCst);
                }
            } else if connection.request()?.is_some() {
                let number = made.fetch_add(1, Ordering::SeqCst) + 1;
                let answer = created(number);
                connection.send(&answer[..of_answer.min(answer.len())])?;
            }
            if reset { connection.reset() } else { connection.cut() }
        }
    });
    let (code, stdout, stderr) = run(server.az(&home).args(command));
    let made = made.load(Ordering::SeqCst);
    let context = format!("request {of_request:?}, answer {of_answer}: {code} {stdout} {stderr}");
    let recorded = usize::from(code == 0 && stdout.contains(&user(1)));
    let unknown = usize::from(stderr.contains("outcome is unknown"));
    assert!(made <= 1, "{context}");
    assert!(recorded <= made && made <= recorded + unknown, "made {made}, {context}");
    assert!(recorded + unknown == 1 || stderr.contains("Nothing was changed"), "{context}");
    // A request that was sent completely is either known or unknown.
    if of_request.is_none() {
        assert_eq!(made, 1, "{context}");
        let complete = of_answer >= created(1).len();
        assert_eq!(recorded == 1, complete, "{context}");
        assert_eq!(of_answer > 0 && !complete && !reset, stderr.contains("was cut off"), "{context}");
    }
}

fn cut_everywhere(step: usize) {
    let whole = created(1).len();
    std::thread::scope(|scope| {
        for (command, offset) in [(ISSUE.as_slice(), 0), (CREATE.as_slice(), 1)] {
            scope.spawn(move || {
                // Requests have about 600 bytes.
                for bytes in (offset..800).step_by(step) {
                    cut_after(command, Some(bytes), 0, bytes % 2 == 1);
                }
                for bytes in (offset..whole).step_by(step).chain([whole - 1, whole]) {
                    cut_after(command, None, bytes, false);
                }
            });
        }
    });
}

#[test]
fn a_cut_loses_no_user_silently() {
    cut_everywhere(41);
}

#[test]
#[ignore = "takes minutes: scripts/test.sh"]
fn a_cut_at_any_byte_loses_no_user_silently() {
    cut_everywhere(1);
}

#[test]
fn a_gateway_without_an_answer_leaves_a_creation_unknown() {
    let html = |status: &str| {
        let page = "<html><head><title>Bad</title></head><body>x</body></html>";
        format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{page}", page.len())
    };
    let error = r#"{"error":{"code":"Gateway","message":"No answer."}}"#;
    let answers = [
        html("502 Bad Gateway"),
        html("504 Gateway Timeout"),
        json_answer("502 Bad Gateway", error),
        json_answer("504 Gateway Timeout", "not JSON"),
        "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n".to_owned(),
    ];
    let check = |answer: &str, command: &[&str]| {
        let home = Folder::new();
        let server = Odd::answering(answer.to_owned());
        let (code, stdout, stderr) = run(server.az(&home).args(command));
        assert_eq!((code, stdout.as_str()), (1, ""), "{answer}: {stderr}");
        let attempts = server.requests().len();
        let may_exist = match attempts {
            1 => "an identity may have been created".to_owned(),
            _ => format!("up to {attempts} identities may have been created"),
        };
        assert!(stderr.contains("The outcome is unknown: ") && stderr.contains(&may_exist), "{answer}: {stderr}");
    };
    let refused = || {
        let home = Folder::new();
        let server = Odd::answering(json_answer("500 Internal Server Error", error));
        let (_, _, stderr) = run(server.az(&home).args(&ISSUE[..6]));
        assert!(!stderr.contains("unknown"), "{stderr}");
    };
    // After a 500 or a 504, the request is repeated for some seconds.
    std::thread::scope(|scope| {
        for answer in &answers {
            for command in [&ISSUE[..6], &CREATE[..4]] {
                scope.spawn(move || check(answer, command));
            }
        }
        scope.spawn(refused);
    });
}
