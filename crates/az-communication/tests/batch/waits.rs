//! Tests of batches that wait for the service, and of signals that end them.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::*;
use crate::support::emulator::Emulator;
use crate::support::terminal::Collector;
use crate::support::{ENDING, Folder, az};

fn start(command: &mut Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn signal(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

/// Waits until a command has printed this text.
fn wait_for(text: &str, stderr: &Collector) {
    let until = Instant::now() + Duration::from_secs(20);
    while !stderr.so_far().contains(text) {
        assert!(Instant::now() < until, "{}", stderr.so_far());
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Interrupts a large batch after it has issued some tokens. Returns its output and the number of issued tokens.
fn interrupted(world: &World, name: &str) -> (Seen, usize) {
    let out = world.home.path().join("out.jsonl");
    let _ = std::fs::remove_file(&out);
    let child = start(&mut world.command(&format!("{ISSUE} --count 30000 --out-file out.jsonl --concurrency 2")));
    world.wait_for("nothing was issued", || std::fs::metadata(&out).is_ok_and(|metadata| metadata.len() >= 10_000));
    signal(&child, name);
    let seen = support::seen::seen(child.wait_with_output().unwrap());
    let issued = world.outcomes("out.jsonl", "issued").len();
    assert!(issued > 0 && issued < 30_000);
    (seen, issued)
}

#[test]
fn an_interrupted_batch_says_how_many_were_done() {
    for name in ENDING {
        let (seen, issued) = interrupted(&World::new(), name);
        // If requests are in progress, there is a warning about them.
        let seen = seen
            .without_lines("WARNING: Waiting up to 5 s")
            .hiding(format_args!("after {issued} of"), "after ISSUED of");
        insta::allow_duplicates! {
            insta::assert_snapshot!(seen, @"
            exit 130
            --- stderr
            ERROR: Interrupted after ISSUED of 30000 were issued.
            Hint: Run the command again to resume.
            ");
        }
    }
}

#[test]
fn an_interrupted_batch_is_resumed() {
    for name in ENDING {
        let world = World::new();
        let (_, issued) = interrupted(&world, name);
        let seen = counts(&world, &format!("{ISSUE} --count {} --out-file out.jsonl", issued + 7));
        assert!(seen.stdout.contains("issued 7, ") && seen.stdout.contains(&format!("skipped {issued}, ")), "{seen}");
        assert!(seen.stdout.contains("unknown 0"), "{seen}");
    }
}

#[test]
fn a_service_that_restarts_is_waited_for() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    let port = emulator.port().to_string();
    let mut command = emulator.az(&home);
    command.args(["communication", "user-identity"]).args(ISSUE.split(' '));
    command.args(["--count", "5", "--out-file", "t.jsonl"]);
    drop(emulator);
    let mut child = start(&mut command);
    let stderr = Collector::new(child.stderr.take().unwrap());
    wait_for("Trying again", &stderr);
    let _emulator = Emulator::from_command(az(&home).args(["communication", "emulator", "start", "--port", &port]));
    let output = child.wait_with_output().unwrap();
    let seen = counted(Seen { stderr: stderr.finish(), ..support::seen::seen(output) });
    assert!(seen.code == Some(0) && seen.stdout.contains("issued 5, "), "{seen}");
    assert!(seen.stderr.contains("Connection refused. Trying again for 10 s."), "{seen}");
}

/// Starts an emulator whose rate limit of revocations is nearly used up, and makes a list of 20 users.
fn throttled() -> World {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &["--in-memory", "--throttle"]);
    let world = World { home, emulator: Arc::new(emulator) };
    let users = list(&world, 20);
    // The limit is 500 in 30 seconds, so the last of the 20 requests must wait.
    let mut client = world.emulator.client();
    for _ in 0..490 {
        assert_eq!(client.send("POST", &format!("/identities/{}/:revokeAccessTokens", users[0]), "").status, 204);
    }
    world
}

/// A 429 with Retry-After pauses all workers of the run.
#[test]
#[ignore = "waits half a minute"]
fn a_throttled_batch_waits_and_says_so() {
    let world = throttled();
    let started = Instant::now();
    let seen = world.run("token revoke-batch --users-from users.txt --yes");
    assert_eq!((seen.code, &seen.json()["revoked"]), (Some(0), &20.into()), "{seen}");
    assert!(started.elapsed() > Duration::from_secs(5), "it did not wait");
    assert!(seen.stderr.contains(" of 20 done, waiting "), "{seen}");
}

#[test]
fn one_signal_ends_a_wait_at_once() {
    let world = throttled();
    for name in ENDING {
        let mut child = start(&mut world.command("token revoke-batch --users-from users.txt --yes"));
        let stderr = Collector::new(child.stderr.take().unwrap());
        wait_for("waiting ", &stderr);
        let told = Instant::now();
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        let seen = Seen { stderr: stderr.finish(), ..support::seen::seen(output) };
        assert!(told.elapsed() < Duration::from_secs(4), "it waited for {:?}", told.elapsed());
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(130), ""), "{seen}");
        assert!(
            seen.stderr.contains("ERROR: Interrupted after ") && seen.stderr.contains("of 20 were revoked."),
            "{seen}"
        );
    }
}
