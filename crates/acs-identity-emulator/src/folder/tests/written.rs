//! Tests of other programs that change the files of a running emulator.

use std::fs;

use super::super::DATABASE_FILE;
use super::super::Opened;
use super::{Temporary, close, create};
use crate::clock::machine;
use crate::store::{Caller, Failure, NewIdentity, StoreError, block_on};

/// A change of the files of a running emulator by another program.
type Harm = fn(&Temporary);

const LOG: &str = "identities.db-wal";

fn remove_log(folder: &Temporary) {
    fs::remove_file(folder.path(LOG)).unwrap();
}

fn replace_log(folder: &Temporary) {
    fs::copy(folder.path(LOG), folder.path("copy")).unwrap();
    fs::rename(folder.path("copy"), folder.path(LOG)).unwrap();
}

fn cut_log(folder: &Temporary) {
    let log = fs::OpenOptions::new().write(true).open(folder.path(LOG)).unwrap();
    log.set_len(log.metadata().unwrap().len() / 2).unwrap();
}

fn empty_log(folder: &Temporary) {
    fs::write(folder.path(LOG), "").unwrap();
}

fn garble_log(folder: &Temporary) {
    let length = fs::metadata(folder.path(LOG)).unwrap().len() as usize;
    let mut log = fs::OpenOptions::new().write(true).open(folder.path(LOG)).unwrap();
    std::io::Write::write_all(&mut log, &vec![0xff; length]).unwrap();
}

/// Damages a frame of the log, but keeps its size and its last frame.
fn overwrite_frame(folder: &Temporary) {
    // Two writes within one tick of the file system's clock have the same date.
    let begun = machine::instant();
    while machine::since(begun).as_millis() < 20 {
        std::thread::yield_now();
    }
    let mut log = fs::OpenOptions::new().write(true).open(folder.path(LOG)).unwrap();
    std::io::Seek::seek(&mut log, std::io::SeekFrom::Start(32 + 24 + 2000)).unwrap();
    std::io::Write::write_all(&mut log, &[0xff; 50]).unwrap();
}

fn overwrite_database(folder: &Temporary) {
    let mut content = fs::read(folder.path(DATABASE_FILE)).unwrap();
    content[1000] ^= 1;
    // The date may be unchanged.
    content.push(0);
    fs::write(folder.path(DATABASE_FILE), content).unwrap();
}

fn remove_index(folder: &Temporary) {
    fs::remove_file(folder.path("identities.db-shm")).unwrap();
}

fn users(folder: &Temporary, opened: &Opened) -> usize {
    let has = |user: &str| block_on(opened.store.snapshot(None, Some(user))).is_ok_and(|read| read.identity.is_some());
    assert!(folder.path(DATABASE_FILE).exists());
    ["a", "b", "c", "late"].into_iter().filter(|user| has(user)).count()
}

fn late(opened: &Opened) -> Result<(), Failure> {
    block_on(opened.store.create(Caller::Entra, NewIdentity::of("late"))).map(drop)
}

#[test]
fn nothing_is_acknowledged_while_the_log_or_the_database_is_changed_by_another_program() {
    for (name, harm) in [
        ("cut", cut_log as Harm),
        ("emptied", empty_log),
        ("garbled", garble_log),
        ("a frame", overwrite_frame),
        ("overwritten", overwrite_database),
    ] {
        for asks_first in [false, true] {
            let folder = Temporary::new();
            let opened = folder.open().unwrap();
            for user in ["a", "b", "c"] {
                create(&opened.store, user);
            }
            assert_eq!(opened.store.trouble(), None, "{name}");
            harm(&folder);
            if asks_first {
                assert_eq!(opened.store.trouble(), Some(StoreError::Gone), "{name}");
            }
            assert_eq!(late(&opened), Err(Failure::Store(StoreError::Gone)), "{name}");
            assert_eq!(opened.store.trouble(), Some(StoreError::Gone), "{name}");
        }
    }
}

#[test]
fn nothing_is_acknowledged_while_the_log_or_its_index_has_lost_its_name() {
    for harm in [remove_log as Harm, replace_log, remove_index] {
        let folder = Temporary::new();
        let opened = folder.open().unwrap();
        create(&opened.store, "a");
        assert_eq!(opened.store.trouble(), None);
        harm(&folder);
        assert_eq!(late(&opened), Err(Failure::Store(StoreError::Gone)));
        assert_eq!(opened.store.trouble(), Some(StoreError::Gone));
    }
}

#[test]
fn a_stop_saves_what_an_open_log_still_holds() {
    for harm in [remove_log as Harm, replace_log, remove_index] {
        let folder = Temporary::new();
        let opened = folder.open().unwrap();
        for user in ["a", "b", "c"] {
            create(&opened.store, user);
        }
        harm(&folder);
        close(opened);
        assert!(users(&folder, &folder.open().unwrap()) >= 3);
    }
}

#[test]
fn a_stop_does_not_change_damaged_files() {
    for harm in [cut_log as Harm, empty_log, garble_log, overwrite_frame, overwrite_database] {
        let folder = Temporary::new();
        let opened = folder.open().unwrap();
        create(&opened.store, "a");
        harm(&folder);
        let files = || [DATABASE_FILE, LOG].map(|name| fs::read(folder.path(name)).unwrap());
        let before = files();
        assert!(!opened.store.close());
        assert!(files() == before);
        drop(opened);
    }
}

#[test]
fn a_log_that_another_program_moves_is_not_taken_for_damage() {
    let folder = Temporary::new();
    let opened = folder.open().unwrap();
    for user in ["a", "b"] {
        create(&opened.store, user);
    }
    for mode in ["PASSIVE", "FULL", "RESTART", "TRUNCATE"] {
        let other = rusqlite::Connection::open(folder.path(DATABASE_FILE)).unwrap();
        let busy: i64 = other.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| row.get(0)).unwrap();
        assert_eq!(busy, 0, "{mode}");
        assert_eq!(opened.store.trouble(), None, "{mode}");
        create(&opened.store, mode);
        assert_eq!(opened.store.trouble(), None, "{mode}");
    }
    create(&opened.store, "c");
    close(opened);
    assert_eq!(users(&folder, &folder.open().unwrap()), 3);
}

#[test]
fn writes_of_another_program_through_sqlite_are_not_taken_for_damage() {
    let folder = Temporary::new();
    let opened = folder.open().unwrap();
    create(&opened.store, "a");
    // The transaction is larger than the cache, so pages reach the log before it is committed.
    let other = rusqlite::Connection::open(folder.path(DATABASE_FILE)).unwrap();
    let fill = "CREATE TABLE other (a); PRAGMA cache_size = 5; BEGIN; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 \
                FROM n WHERE i < 200) INSERT INTO other SELECT randomblob(4000) FROM n;";
    for end in ["ROLLBACK", "COMMIT"] {
        let length = || fs::metadata(folder.path(LOG)).unwrap().len();
        let before = length();
        other.execute_batch(fill).unwrap();
        assert!(length() > before);
        assert_eq!(opened.store.trouble(), None, "{end}");
        other.execute_batch(&format!("{end}; DROP TABLE other")).unwrap();
        assert_eq!(opened.store.trouble(), None, "{end}");
        create(&opened.store, end);
        assert_eq!(opened.store.trouble(), None, "{end}");
    }
    // A new date alone is not damage.
    fs::File::options().write(true).open(folder.path(LOG)).unwrap().set_modified(machine::system()).unwrap();
    create(&opened.store, "b");
    assert_eq!(opened.store.trouble(), None);
    drop(other);
    close(opened);
    assert_eq!(users(&folder, &folder.open().unwrap()), 2);
}

#[test]
fn nothing_is_acknowledged_from_the_moment_on_that_the_folder_is_moved() {
    let folder = Temporary::new();
    let opened = folder.open().unwrap();
    create(&opened.store, "a");
    let away = folder.0.with_extension("moved");
    fs::rename(&folder.0, &away).unwrap();
    fs::create_dir(&folder.0).unwrap();
    for entry in fs::read_dir(&away).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, folder.path(path.file_name().unwrap().to_str().unwrap())).unwrap();
    }
    assert_eq!(late(&opened), Err(Failure::Store(StoreError::Gone)));
    drop(opened);
    fs::remove_dir_all(away).unwrap();
}

#[test]
fn moving_the_log_is_not_taken_for_damage() {
    let folder = Temporary::new();
    let opened = folder.open().unwrap();
    for user in 0..1500 {
        create(&opened.store, &format!("u{user}"));
        assert_eq!(opened.store.trouble(), None);
    }
    close(opened);
    folder.open().unwrap();
}
