//! Tests of the events that end an emulator in the background.

use super::*;

#[test]
fn every_clean_end_removes_the_pid_file_and_the_ready_file() {
    let home = Folder::new();
    for signal in ["TERM", "INT", "HUP", "USR1"] {
        let emulator = Background::start(&home, &["--in-memory", "--pid-file", "x.pid", "--ready-file", "ready.json"]);
        kill(signal, emulator.pid());
        wait_for_end(emulator.pid());
        assert!(!home.path().join("x.pid").exists() && !home.path().join("ready.json").exists(), "SIG{signal}");
    }
}

#[test]
fn it_ends_with_the_process_that_it_is_told() {
    let home = Folder::new();
    let mut parent = Command::new("sleep").arg("60").spawn().unwrap();
    let emulator = Background::start(&home, &["--in-memory", "--parent-pid", &parent.id().to_string()]);
    assert!(runs(emulator.pid()));
    parent.kill().unwrap();
    parent.wait().unwrap();
    wait_for_end(emulator.pid());
    assert!(!emulator.file("pidFile").exists());
}

#[test]
fn it_ends_if_no_process_could_learn_of_it() {
    let home = Folder::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = az(&home).args(DETACH).arg("--in-memory").stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let (read, write) = std::io::pipe().unwrap();
    drop(read);
    let output = az(&home).args(DETACH).arg("--in-memory").stdout(write).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert_eq!(content(&home.path().join(".azure")), ["communication-emulator-in-memory.log"]);
}
