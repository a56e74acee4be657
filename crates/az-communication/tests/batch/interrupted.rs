//! Tests of signals that arrive while requests are in progress.

use std::fs::File;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::support::Folder;
use crate::support::odd::{Connection, Odd, created};
use crate::support::terminal::Collector;
use crate::support::world::World;
use crate::{ISSUE, recorded};

/// The output of a command that got signals while its third response was held back.
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

/// Starts a server that creates two users and does not answer the third request. It counts the requests.
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

/// Runs a command, and sends it these signals, half a second apart, after its third request arrived.
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

#[test]
#[ignore = "waits for the 5 s that answers have after an interrupt"]
fn a_worker_that_hangs_after_an_interrupt_does_not_hold_up_the_end_of_a_batch() {
    let world = World::new();
    // Another program holds the ledger, so both workers wait for it after their first answers.
    let ledger = File::create(world.home.path().join("ledger")).unwrap();
    ledger.lock().unwrap();
    let mut command = world.command(&format!("{ISSUE} --count 3 --concurrency 1 --out-file t.jsonl --verbose"));
    command.env("AZURE_COMMUNICATION_LEDGER", "ledger").stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.stdin(Stdio::null()).spawn().unwrap();
    let err = Collector::of_pipe(child.stderr.take().unwrap());
    let until = Instant::now() + Duration::from_secs(30);
    let record = world.home.path().join("t.jsonl");
    while !std::fs::read_to_string(&record).is_ok_and(|text| text.matches("\"token\"").count() == 2) {
        assert!(Instant::now() < until, "{}", err.so_far());
        thread::sleep(Duration::from_millis(5));
    }
    let told = Instant::now();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(told.elapsed() < Duration::from_secs(20), "{:?}", told.elapsed());
    let stderr = err.finish();
    let (_, end) = stderr.split_once("ERROR: ").unwrap();
    assert!(
        end.starts_with("Interrupted after 2 of 3 were issued.\nHint: Run the command again to resume.\n"),
        "{end}"
    );
    // The command ends as every other one does, and not in the middle of a batch.
    assert!(end.contains("INFO: Command ran in "), "{end}");
    let (users, _) = recorded(&std::fs::read(record).unwrap());
    assert_eq!(users.len(), 2);
}
