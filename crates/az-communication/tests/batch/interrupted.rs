//! Signals that come while answers are under way.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::Folder;
use crate::support::odd::{Connection, Odd, created};
use crate::support::terminal::Collector;
use crate::{ISSUE, recorded};

/// What a command said that got signals while its third answer was held back.
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// A server that creates two users, and does not answer the third request. It counts the requests.
fn holding() -> (Odd, Arc<AtomicUsize>) {
    let seen = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&seen);
    let server = Odd::start(move |connection: &mut Connection| {
        while connection.request()?.is_some() {
            let number = count.fetch_add(1, Ordering::SeqCst);
            if number >= 2 {
                thread::sleep(Duration::from_secs(30));
                return Ok(());
            }
            connection.send(created(number))?;
        }
        Ok(())
    });
    (server, seen)
}

/// Runs a command and sends it these signals, half a second apart, when its third request is there.
fn end(home: &Folder, words: &str, signals: &[&str]) -> Ended {
    let (server, seen) = holding();
    let mut command = server.az(home);
    command.args(["communication", "user-identity"]).args(words.split(' '));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let out = Collector::of_pipe(child.stdout.take().unwrap());
    let err = Collector::of_pipe(child.stderr.take().unwrap());
    let until = Instant::now() + Duration::from_secs(30);
    while seen.load(Ordering::SeqCst) < 3 {
        assert!(Instant::now() < until, "{}", err.so_far());
        thread::sleep(Duration::from_millis(5));
    }

    for (index, signal) in signals.iter().enumerate() {
        if index > 0 {
            thread::sleep(Duration::from_millis(500));
        }
        assert!(Command::new("kill").args([signal, child.id().to_string().as_str()]).status().unwrap().success());
    }
    let code = child.wait().unwrap().code();
    Ended { code, stdout: out.finish(), stderr: err.finish() }
}

#[test]
#[ignore = "waits for the 5 s that answers have after an interrupt"]
fn an_interrupt_during_an_answer_is_called_so_and_the_outcome_unknown() {
    let home = Folder::new();
    let ended = end(&home, "user create --count 3 -o tsv", &["-TERM"]);
    let stderr = &ended.stderr;
    assert_eq!((ended.code, ended.stdout.matches("8:acs:").count()), (Some(130), 2), "{stderr}");
    assert!(stderr.contains("ERROR: Interrupted while waiting for the response of localhost"), "{stderr}");
    assert!(stderr.contains("The outcome is unknown") && stderr.contains("2 of 3 users were created."), "{stderr}");
    assert!(!stderr.contains("300 s"), "{stderr}");
}

#[test]
#[ignore = "waits for the 5 s that answers have after an interrupt"]
fn an_interrupt_during_the_last_answer_of_a_batch_ends_it_as_interrupted() {
    let home = Folder::new();
    let ended = end(&home, &format!("{ISSUE} --count 3 --concurrency 1 --out-file t.jsonl"), &["-INT"]);
    let stderr = &ended.stderr;
    assert_eq!(ended.code, Some(130), "{stderr}");
    assert!(stderr.contains("It is not known whether a user was created: Interrupted while waiting"), "{stderr}");
    assert!(stderr.contains("ERROR: Interrupted after 2 of 3 were issued."), "{stderr}");
    let (users, unknown) = recorded(&std::fs::read(home.path().join("t.jsonl")).unwrap());
    assert_eq!((users.len(), unknown), (2, 1));
}

#[test]
#[ignore = "waits for the 5 s that answers have after an interrupt"]
fn a_hangup_and_a_second_interrupt_leave_the_created_users_on_stdout() {
    for signals in [&["-HUP"][..], &["-INT", "-INT"], &["-HUP", "-TERM"]] {
        for (words, shown) in [("--query [].rawId -o tsv", "8:acs:"), ("-o table", "8:acs:"), ("-o json", "rawId")] {
            let home = Folder::new();
            let ended = end(&home, &format!("user create --count 3 {words}"), signals);
            let stderr = &ended.stderr;
            assert_eq!((ended.code, ended.stdout.matches(shown).count()), (Some(130), 2), "{signals:?} {stderr}");
            assert!(
                stderr.contains("The outcome is unknown") && stderr.contains("2 of 3 users were created."),
                "{stderr}"
            );
        }
    }
}

#[test]
#[ignore = "waits for the 5 s that answers have after an interrupt"]
fn a_hangup_ends_a_batch_in_order() {
    let home = Folder::new();
    let ended = end(&home, &format!("{ISSUE} --count 4 --concurrency 1 --out-file t.jsonl"), &["-HUP"]);
    assert_eq!(ended.code, Some(130), "{}", ended.stderr);
    let (users, unknown) = recorded(&std::fs::read(home.path().join("t.jsonl")).unwrap());
    assert_eq!((users.len(), unknown), (2, 1));
}
