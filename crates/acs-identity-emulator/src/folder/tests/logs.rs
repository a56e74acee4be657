//! Tests of databases beside a damaged, missing or foreign log, and of backups.

use std::fs;

use super::super::names::LOCK_FILE;
use super::super::{DATABASE_FILE, Opened};
use super::{Temporary, close, create, killed};
use crate::store::block_on;

#[test]
fn a_kill_loses_nothing() {
    let folder = Temporary::new();
    killed(&folder, 30);
    let opened = folder.open().unwrap();
    assert!(block_on(opened.store.snapshot(None, Some("u29"))).unwrap().identity.is_some());
}

#[test]
fn a_log_that_is_removed_or_damaged_after_a_kill_is_noticed() {
    let folder = Temporary::new();
    killed(&folder, 30);
    let log = folder.path("identities.db-wal");
    let content = fs::read(&log).unwrap();
    fs::remove_file(&log).unwrap();
    assert!(folder.refusal().contains("identities.db-wal is missing or damaged: acknowledged changes are lost"));
    for at in [20, 4000, content.len() / 2, content.len() - 1] {
        let mut damaged = content.clone();
        damaged[at] ^= 4;
        fs::write(&log, &damaged).unwrap();
        assert!(folder.refusal().contains("acknowledged changes are lost"), "byte {at}");
        assert_eq!(fs::read(&log).unwrap(), damaged, "it was not touched");
    }
    fs::write(&log, &content[..content.len() - 100]).unwrap();
    assert!(folder.refusal().contains("is damaged ("));
    fs::write(&log, &content).unwrap();
    let opened = folder.open().unwrap();
    assert!(block_on(opened.store.snapshot(None, Some("u29"))).unwrap().identity.is_some());
}

#[test]
fn a_start_that_fails_does_not_forget_how_far_the_log_went() {
    let folder = Temporary::new();
    killed(&folder, 30);
    // The start fails when it writes to the database.
    let other = rusqlite::Connection::open(folder.path(DATABASE_FILE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(folder.refusal().contains("database is locked"));
    // The connection does not move the log into the database, because it ends without closing.
    std::mem::forget(other);
    let copy = Temporary::new();
    for name in [LOCK_FILE, DATABASE_FILE, "identities.db-wal"] {
        fs::copy(folder.path(name), copy.path(name)).unwrap();
    }
    assert!(fs::read_to_string(copy.path(LOCK_FILE)).unwrap().starts_with("opening "));
    let log = copy.path("identities.db-wal");
    let content = fs::read(&log).unwrap();
    fs::remove_file(&log).unwrap();
    assert!(copy.refusal().contains("identities.db-wal is missing or damaged: acknowledged changes are lost"));
    fs::write(&log, &content[..content.len() - 100]).unwrap();
    assert!(copy.refusal().contains("is damaged ("));
    fs::write(&log, &content).unwrap();
    let opened = copy.open().unwrap();
    assert!(block_on(opened.store.snapshot(None, Some("u29"))).unwrap().identity.is_some());
}

#[test]
fn a_log_that_another_program_moved_into_the_database_is_not_reported_as_missing() {
    let folder = Temporary::new();
    killed(&folder, 30);
    let connection = rusqlite::Connection::open(folder.path(DATABASE_FILE)).unwrap();
    let count: i64 = connection.query_row("SELECT count(*) FROM identities", [], |row| row.get(0)).unwrap();
    drop(connection);
    assert_eq!((count, folder.path("identities.db-wal").exists()), (30, false));
    let opened = folder.open().unwrap();
    assert!(block_on(opened.store.snapshot(None, Some("u29"))).unwrap().identity.is_some());
}

#[test]
fn a_backup_beside_an_old_log_is_refused() {
    let folder = Temporary::new();
    let opened = folder.open().unwrap();
    create(&opened.store, "before");
    close(opened);
    let backup = fs::read(folder.path(DATABASE_FILE)).unwrap();
    killed(&folder, 3);
    fs::write(folder.path(DATABASE_FILE), &backup).unwrap();
    let why = folder.refusal();
    assert!(why.contains("it was replaced by another database") && why.contains("remove FOLDER/identities.db-wal"));
    // The message names this way out.
    fs::remove_file(folder.path("identities.db-wal")).unwrap();
    fs::remove_file(folder.path(LOCK_FILE)).unwrap();
    let opened = folder.open().unwrap();
    assert!(block_on(opened.store.snapshot(None, Some("before"))).unwrap().identity.is_some());
    // After a clean stop, a backup is accepted, but not with a log beside it.
    close(opened);
    fs::write(folder.path(DATABASE_FILE), &backup).unwrap();
    fs::write(folder.path("identities.db-wal"), "a log").unwrap();
    assert!(folder.refusal().contains("it was closed cleanly"));
    fs::remove_file(folder.path("identities.db-wal")).unwrap();
    folder.open().unwrap();
}

/// Returns whether the opened folder has this user.
fn has(opened: &Opened, user: &str) -> bool {
    block_on(opened.store.snapshot(None, Some(user))).unwrap().identity.is_some()
}

/// Follows the instructions in an error message.
fn follow(refusal: &str, folder: &Temporary) {
    let (_, command) =
        refusal.rsplit_once("to use it as it is: ").or(refusal.rsplit_once("to use the remaining data: ")).unwrap();
    assert_eq!(command, "echo use-what-is-left > 'FOLDER/lock'");
    let command = command.replace("FOLDER", &folder.0.display().to_string());
    assert!(std::process::Command::new("sh").args(["-c", &command]).status().unwrap().success());
}

#[test]
fn a_database_that_was_not_closed_is_refused_without_its_log() {
    let folder = Temporary::new();
    close(folder.open().unwrap());
    let lock = fs::read(folder.path(LOCK_FILE)).unwrap();
    killed(&folder, 3);
    let [database, log] = [DATABASE_FILE, "identities.db-wal"].map(|name| fs::read(folder.path(name)).unwrap());
    // The backup is put in an empty folder, and in a folder that was closed cleanly.
    for lock in [None, Some(lock)] {
        let copy = Temporary::new();
        fs::write(copy.path(DATABASE_FILE), &database).unwrap();
        if let Some(lock) = &lock {
            fs::write(copy.path(LOCK_FILE), lock).unwrap();
        }
        let why = copy.refusal();
        assert!(why.contains("without its log FOLDER/identities.db-wal: the last changes are missing"), "{why}");
        assert_eq!(copy.refusal(), why);
        assert_eq!(fs::read(copy.path(DATABASE_FILE)).unwrap(), database, "it was not touched");
        follow(&why, &copy);
        let opened = copy.open().unwrap();
        assert!(!has(&opened, "u2"));
        close(opened);
        // After that, it behaves like any other folder.
        copy.open().unwrap();
    }
    // With its log, nothing is missing.
    let copy = Temporary::new();
    fs::write(copy.path(DATABASE_FILE), &database).unwrap();
    fs::write(copy.path("identities.db-wal"), &log).unwrap();
    assert!(has(&copy.open().unwrap(), "u2"));
}

#[test]
fn a_closed_database_needs_no_log_and_refuses_the_log_of_another_time() {
    let folder = Temporary::new();
    killed(&folder, 3);
    let log = fs::read(folder.path("identities.db-wal")).unwrap();
    close(folder.open().unwrap());
    let copy = Temporary::new();
    fs::copy(folder.path(DATABASE_FILE), copy.path(DATABASE_FILE)).unwrap();
    fs::write(copy.path("identities.db-wal"), log).unwrap();
    let why = copy.refusal();
    assert!(
        why.contains("the log FOLDER/identities.db-wal beside it belongs to another database; remove the log"),
        "{why}"
    );
    fs::remove_file(copy.path("identities.db-wal")).unwrap();
    assert!(has(&copy.open().unwrap(), "u2"));
}

#[test]
fn the_instructions_for_a_damaged_log_work() {
    let folder = Temporary::new();
    killed(&folder, 10);
    let log = folder.path("identities.db-wal");
    let mut damaged = fs::read(&log).unwrap();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 4;
    fs::write(&log, damaged).unwrap();
    let why = folder.refusal();
    assert!(why.contains("acknowledged changes are lost"), "{why}");
    follow(&why, &folder);
    let opened = folder.open().unwrap();
    assert!(has(&opened, "u0") && !has(&opened, "u9"));
}
