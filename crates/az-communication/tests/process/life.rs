//! Tests of events other than signals that end a start.

use super::*;

/// Starts an emulator with that stdin, and waits until it is ready.
fn started(home: &Folder, options: &[&str], stdin: Stdio) -> Child {
    let mut command = az(home);
    command.args(START).arg("--in-memory").args(options).stdin(stdin).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    assert!(Lines::of(child.stdout.take().unwrap()).next().is_some_and(|line| line.contains("endpoint")));
    child
}

#[test]
fn an_emulator_with_a_parent_ends_cleanly_when_that_is_gone() {
    for signal in ["KILL", "TERM"] {
        let home = Folder::new();
        // When it ends, the parent is a zombie until this test waits for it. It counts as ended nevertheless.
        let mut parent = Command::new("sleep").arg("60").spawn().unwrap();
        let mut child = started(&home, &["--parent-pid", &parent.id().to_string()], Stdio::null());
        std::thread::sleep(Duration::from_millis(50));
        assert!(child.try_wait().unwrap().is_none(), "it serves as long as the parent lives");
        kill(signal, parent.id());
        assert_eq!(wait(&mut child).code(), Some(0), "also where nobody has waited for the parent yet");
        parent.wait().unwrap();
        assert_eq!(run_folders(&home), [] as [PathBuf; 0]);
    }
}

#[test]
fn a_parent_that_does_not_run_is_named() {
    let home = Folder::new();
    let mut gone = Command::new("true").spawn().unwrap();
    gone.wait().unwrap();
    let pid = gone.id().to_string();
    let said = refusal(az(&home).args(START).env("AZURE_COMMUNICATION_EMULATOR_PARENT_PID", &pid));
    insta::assert_snapshot!(said.replace(&pid, "PID"), @"ERROR: AZURE_COMMUNICATION_EMULATOR_PARENT_PID names process PID, which cannot be watched: No such process.");
    for wrong in ["0", "-1", "init", "4294967297"] {
        let said = refusal_with(2, az(&home).args(START).arg(format!("--parent-pid={wrong}")));
        assert_eq!(said, format!("ERROR: --parent-pid must be a number from 1 to 2147483647, but it is '{wrong}'.\n"));
    }
}

#[test]
fn an_emulator_ends_cleanly_when_its_stdin_closes() {
    let home = Folder::new();
    let mut child = started(&home, &["--until-stdin-closes"], Stdio::piped());
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"what is written does not matter\n").unwrap();
    std::thread::sleep(Duration::from_millis(50));
    assert!(child.try_wait().unwrap().is_none(), "it serves as long as stdin is open");
    drop(stdin);
    assert_eq!(wait(&mut child).code(), Some(0));
    assert_eq!(run_folders(&home), [] as [PathBuf; 0]);
    // A stdin that is closed from the beginning counts, too. Without the option, it does not.
    assert_eq!(wait(&mut started(&home, &["--until-stdin-closes"], Stdio::null())).code(), Some(0));
    let mut child = started(&home, &[], Stdio::null());
    std::thread::sleep(Duration::from_millis(50));
    assert!(child.try_wait().unwrap().is_none());
    kill("TERM", child.id());
    wait(&mut child);
}
