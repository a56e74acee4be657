//! Tests of the data that a folder keeps.
#![cfg(feature = "sqlite")]

use std::time::Duration;

use acs_identity_emulator::Config;

use super::support::folder::Folder;
use super::support::running::Running;
use super::token_of;

#[test]
fn tokens_stay_active_after_a_restart() {
    let folder = Folder::new();
    let first = Running::start(Config::in_folder(folder.path()));
    let mut client = first.client();
    let user = client.create();
    let token = token_of(&client.issue(&user));
    first.stop();
    let second = Running::start(Config::in_folder(folder.path()));
    assert!(second.client().is_active(&token));
}

#[test]
fn a_folder_that_was_removed_acknowledges_nothing() {
    let folder = Folder::new();
    let data = folder.path().join("data");
    let emulator = Running::start(Config::in_folder(&data));
    let mut client = emulator.client();
    client.create();
    std::fs::remove_dir_all(&data).unwrap();
    // The folder is checked once a second.
    std::thread::sleep(Duration::from_millis(1100));
    let answer = client.send("POST", "/identities", "");
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("10")), "{answer:?}");
    assert!(answer.message().contains("was removed, replaced or written by another program"), "{answer:?}");
}
