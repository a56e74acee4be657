//! `emulator request list`, `tail` and `clear`.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use insta::assert_snapshot;

use super::*;

/// Sends a request that is refused with 401, because it is not signed.
fn unsigned(world: &World, path: &str) {
    let answer = world.emulator.client().raw("POST", path, &[], "").unwrap();
    assert_eq!(answer.status, 401);
}

#[test]
fn the_list_says_what_was_answered_and_why_a_request_was_refused() {
    let world = World::alone();
    world.users(1);
    unsigned(&world, "/identities?api-version=2023-10-01");
    let columns = "[].[number,method,path,apiVersion,operation,status,code,authentication,reason]";
    assert_snapshot!(shows(&world, &mut of(&world, &format!("request list -o tsv --query {columns}"))), @"
    exit 0
    --- stdout
    1	POST	/identities	2023-10-01	createIdentity	201	None	primaryKey	None
    2	POST	/identities	2023-10-01	createIdentity	401	Denied	None	no Authorization header
    ");
    assert_snapshot!(shows(&world, &mut of(&world, "request list --status 4xx --query [].number")), @"
    exit 0
    --- stdout
    [
      2
    ]
    ");
    assert_snapshot!(shows(&world, &mut of(&world, "request list --last 1 --query [].number")), @"
    exit 0
    --- stdout
    [
      2
    ]
    ");
    assert_snapshot!(shows(&world, &mut of(&world, "request list --identity 8:acs:none")), @"
    exit 0
    --- stdout
    []
    ");
}

#[test]
fn requests_of_the_control_api_are_listed_if_they_are_asked_for() {
    let world = World::alone();
    world.users(1);
    run(&mut of(&world, "clock show"));
    let listed = |words: &str| {
        let list = format!("request list -o tsv --query [].operation {words}");
        run(&mut of(&world, &list)).stdout
    };
    assert_eq!(listed(""), "createIdentity\n");
    assert_eq!(listed("--all"), "createIdentity\nshowClock\n");
    assert_eq!(listed("--operation showClock"), "showClock\n");
    assert_eq!(listed("--operation showClock,createIdentity"), "createIdentity\nshowClock\n");
    assert_eq!(listed("--operation showIdentity"), "");
    assert_snapshot!(shows(&world, &mut of(&world, "request list --operation showClock,tick")), @"
    exit 2
    --- stderr
    ERROR: --operation must be an operation of /openapi.json, but it is 'tick'.
    ");
}

#[test]
fn what_a_client_sent_cannot_act_on_the_terminal() {
    let world = World::alone();
    let path = "/identities/%1b%5b2J%0aFAKE%c2%9b31m%e2%80%ae?api-version=2023-10-01";
    unsigned(&world, path);
    let custom = r#"{"customId":"\u001b]0;pwn\u0007\n\u202e"}"#;
    let made = world.emulator.client().send("POST", "/identities?api-version=2025-03-02-preview", custom);
    assert_eq!(made.status, 201);
    let mut said = String::new();
    for words in [
        "request list --last 2 --query [0].[identity] -o tsv",
        "request list --last 2 --query [0].[identity] -o json",
        "request list --last 2 --query [0].{identity:identity} -o table",
        "identity list --query [].customId -o tsv",
        "identity list --query [].customId -o json",
    ] {
        said.push_str(&run(&mut of(&world, words)).stdout);
    }
    assert_snapshot!(said, @r#"
    \x1b[2J\nFAKE\x9b31m\u202e
    [
      "\u001b[2J\nFAKE\u009b31m\u202e"
    ]
    Identity
    --------------------------
    \x1b[2J\nFAKE\x9b31m\u202e
    \x1b]0;pwn\x07\n\u202e
    [
      "\u001b]0;pwn\u0007\n\u202e"
    ]
    "#);
}

#[test]
fn tail_prints_a_table_with_one_header_and_the_columns_of_the_list() {
    let world = World::alone();
    world.users(2);
    let mut tail = Tail::of(&world, "request tail -o table");
    let lines: Vec<String> = (0..4).map(|_| tail.next()).collect();
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(&lines[0])[..4], ["Number", "Time", "Method", "Path"]);
    assert_eq!((words(&lines[2])[0].as_str(), words(&lines[3])[0].as_str()), ("1", "2"), "{lines:?}");
}

#[test]
fn tail_ends_when_the_emulator_ends() {
    let world = World::alone();
    world.users(1);
    let mut tail = Tail::of(&world, "request tail --query path -o tsv");
    assert_eq!(tail.next(), "/identities");
    run(&mut of(&world, "stop"));
    let mut stderr = String::new();
    tail.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((tail.child.wait().unwrap().code(), stderr.as_str()), (Some(0), "WARNING: The emulator has ended.\n"));
}

#[test]
fn a_mistake_in_signing_is_explained() {
    let world = World::alone();
    let mut client = world.emulator.client();
    // The client signs the decoded path, and sends it encoded.
    client.sent_path = Some("/identities/8%3Aacs%3Ax?api-version=2023-10-01".into());
    assert_eq!(client.send("DELETE", "/identities/8:acs:x?api-version=2023-10-01", "").status, 401);
    let explained = "request list -o tsv --query [0].[signature.mistake,signature.explanation]";
    assert_snapshot!(shows(&world, &mut of(&world, explained)), @"
    exit 0
    --- stdout
    pathDecoded
    The client signed the path decoded, but sent it percent-encoded.
    ");
}

#[test]
fn the_log_can_be_cleared() {
    let world = World::alone();
    world.users(2);
    assert_snapshot!(shows(&world, &mut of(&world, "request clear")), @"exit 0");
    assert_snapshot!(shows(&world, &mut of(&world, "request list")), @"
    exit 0
    --- stdout
    []
    ");
}

#[test]
fn values_that_make_no_sense_are_refused() {
    let world = World::shared();
    assert_snapshot!(shows(world, &mut of(world, "request list --last 0")), @"
    exit 2
    --- stderr
    ERROR: --last must be a number from 1 to 10000, but it is '0'.
    ");
    assert_snapshot!(shows(world, &mut of(world, "request list --status 4x")), @"
    exit 2
    --- stderr
    ERROR: --status must be a status such as 404, a class such as 4xx, or dropped.
    ");
    assert_snapshot!(shows(world, &mut of(world, "request tail --last 10001")), @"
    exit 2
    --- stderr
    ERROR: --last must be a number from 0 to 10000, but it is '10001'.
    ");
}

#[test]
fn an_emulator_that_does_not_run_has_no_requests() {
    let home = Folder::new();
    for words in ["request list --port 1", "request tail --port 1", "request clear --port 1"] {
        let seen = run(&mut emulator(&home, words));
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(1), ""), "{seen:?}");
        assert!(seen.stderr.starts_with("ERROR: "), "{seen:?}");
    }
}

/// A `request tail` that runs.
struct Tail {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Tail {
    fn of(world: &World, words: &str) -> Self {
        let mut command = of(world, words);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn next(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }

    /// Sends Ctrl+C, and returns the exit code and stderr.
    fn interrupt(mut self) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        (self.child.wait().unwrap().code(), stderr)
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn tail_prints_requests_as_they_come_and_ends_with_ctrl_c() {
    let world = World::alone();
    world.users(2);
    let mut tail = Tail::of(&world, "request tail --last 1");
    let first: serde_json::Value = serde_json::from_str(&tail.next()).unwrap();
    assert_eq!((&first["number"], &first["operation"]), (&2.into(), &"createIdentity".into()));
    unsigned(&world, "/other");
    let second: serde_json::Value = serde_json::from_str(&tail.next()).unwrap();
    assert_eq!((&second["number"], &second["status"]), (&3.into(), &401.into()));
    assert_eq!(tail.interrupt(), (Some(130), String::new()));
}

#[test]
fn tail_prints_in_other_formats_and_only_what_is_asked_for() {
    let world = World::alone();
    world.users(1);
    unsigned(&world, "/first");
    let mut tail = Tail::of(&world, "request tail --last 1 --status 401 -o tsv --query [method,path,status]");
    assert_eq!(tail.next(), "POST\t/first\t401");
    world.users(1);
    unsigned(&world, "/second");
    assert_eq!(tail.next(), "POST\t/second\t401");
    assert_eq!(tail.interrupt().0, Some(130));
}

#[test]
fn tail_can_leave_out_the_requests_before_it() {
    let world = World::alone();
    world.users(3);
    let mut tail = Tail::of(&world, "request tail --last 0 --query path -o tsv");
    let is_read = AtomicBool::new(false);
    thread::scope(|scope| {
        // The command has read the first page at an unknown time.
        scope.spawn(|| {
            for _ in 0..1200 {
                if is_read.load(Ordering::Relaxed) {
                    break;
                }
                unsigned(&world, "/later");
                thread::sleep(Duration::from_millis(50));
            }
        });
        let line = tail.next();
        is_read.store(true, Ordering::Relaxed);
        assert_eq!(line, "/later");
    });
}

#[test]
fn the_log_says_why_a_request_was_refused_although_the_response_says_it_too() {
    let home = Folder::new();
    let mut command = emulator(&home, "run -- az communication user-identity token issue --scope caht");
    let said = run(&mut command).stderr;
    let lines: Vec<&str> = said.lines().filter(|line| line.contains(" 400 POST ")).collect();
    assert!(lines.len() == 1 && lines[0].contains("INFO"), "{said}");
    assert!(lines[0].ends_with("400 POST /identities: Invalid scopes - Scope 'caht' is not supported."), "{said}");
}
