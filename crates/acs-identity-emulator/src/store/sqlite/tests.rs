//! Tests of the parts of the contract that only SQLite has: the files of the database.

mod damage;
pub(crate) mod earlier;
mod origin;
mod search;

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use super::CommitThread;
use super::open::{Checked, Refused, in_file};
use super::surroundings::Surroundings;
use super::wal::{Mark, path_of, whole_frames};
use crate::store::{Caller, Failure, NewIdentity, Replacement, Store, StoreError, block_on};

/// A folder for a database, which is removed on drop.
pub(in crate::store) struct Folder(PathBuf);

/// Surroundings that a test controls.
#[derive(Default)]
struct Around {
    gone: std::sync::atomic::AtomicBool,
    mark: Mutex<Option<Mark>>,
}

impl Surroundings for Around {
    fn are_still_there(&self) -> bool {
        !self.gone.load(Ordering::Relaxed)
    }

    fn may_move_log(&self) -> bool {
        self.are_still_there()
    }

    fn committed(&self, mark: Mark) {
        *self.mark.lock().unwrap() = Some(mark);
    }
}

impl Folder {
    pub(in crate::store) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("acs-store-{}-{count}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn database(&self) -> PathBuf {
        self.0.join("identities.db")
    }

    fn try_open(&self, run: &str) -> Result<(Store, Vec<String>), Refused> {
        self.open_in(run, Arc::new(Around::default()))
    }

    fn open_in(&self, run: &str, around: Arc<Around>) -> Result<(Store, Vec<String>), Refused> {
        let checked = Checked::open(&self.database(), |_| ())?;
        let (sqlite, begun) = checked.begin(CommitThread::start().unwrap(), run.to_owned(), NOW, around)?;
        Ok((Store::Sqlite(sqlite), begun.wait()?))
    }

    pub(in crate::store) fn open(&self, run: &str) -> Store {
        self.try_open(run).unwrap().0
    }

    /// Returns a copy of the files as a killed process would leave them.
    fn killed(&self) -> Self {
        let copy = Self::new();
        for entry in std::fs::read_dir(&self.0).unwrap() {
            let entry = entry.unwrap();
            // The first process that opens the database makes the shared memory again.
            if !entry.file_name().to_string_lossy().ends_with("-shm") {
                std::fs::copy(entry.path(), copy.0.join(entry.file_name())).unwrap();
            }
        }
        copy
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const SECOND: i64 = 1_000_000_000;
const NOW: i64 = 1_800_000_000 * SECOND;

fn create(store: &Store, user: &str) {
    block_on(store.create(Caller::Entra, NewIdentity::of(user).with_custom_id(&format!("custom {user}")))).unwrap();
}

fn is_there(store: &Store, user: &str) -> bool {
    block_on(store.snapshot(None, Some(user))).unwrap().identity.is_some()
}

#[test]
fn a_kill_loses_nothing_that_was_acknowledged() {
    let folder = Folder::new();
    let store = folder.open("1");
    for number in 0..50 {
        create(&store, &format!("u{number}"));
        if number % 10 == 9 {
            let copy = folder.killed();
            let again = copy.open("2");
            assert!((0..=number).all(|number| is_there(&again, &format!("u{number}"))));
        }
    }
}

#[test]
fn a_kill_loses_no_state_that_was_acknowledged_and_leaves_no_half_of_one() {
    let (source, folder) = (Folder::new(), Folder::new());
    let store = source.open("1");
    for number in 0..2000 {
        create(&store, &format!("new {number:04}"));
    }
    let state = Arc::new(block_on(store.whole_state(Caller::Entra, &[])).unwrap());
    let store = folder.open("1");
    create(&store, "former");
    let before = folder.killed();
    let replaced = block_on(store.replace(Caller::Entra, Arc::clone(&state), true)).unwrap();
    assert!(matches!(replaced, Replacement::Done { .. }));
    let after = folder.killed();
    let there = |folder: &Folder| {
        let store = folder.open("2");
        (is_there(&store, "former"), block_on(store.whole_state(Caller::Entra, &[])).unwrap().identities.len())
    };
    assert_eq!((there(&before), there(&after)), ((true, 1), (false, 2000)));
    // A log that lacks the end of the transaction has nothing of it.
    let cut = folder.killed();
    let log = path_of(&cut.database());
    let bytes = std::fs::read(&log).unwrap();
    std::fs::write(&log, &bytes[..bytes.len() - 1]).unwrap();
    assert_eq!(there(&cut), (true, 1));
}

#[test]
fn a_clean_stop_leaves_no_log() {
    let folder = Folder::new();
    let store = folder.open("1");
    create(&store, "u");
    assert!(path_of(&folder.database()).exists());
    assert!(store.close());
    assert!(!path_of(&folder.database()).exists());
    assert_eq!(in_file(&folder.database()).unwrap().run.as_deref(), Some("1"));
    assert!(is_there(&folder.open("2"), "u"));
}

#[test]
fn the_log_is_moved_into_the_database_before_it_grows_long() {
    let folder = Folder::new();
    let around = Arc::new(Around::default());
    let (store, _) = folder.open_in("1", Arc::clone(&around)).unwrap();
    for number in 0..3000 {
        create(&store, &format!("user {number:05} {}", "x".repeat(400)));
    }
    let mark = around.mark.lock().unwrap().unwrap();
    assert!(mark.number > 1 && mark.frames < 1100, "{mark:?}");
    assert_eq!(whole_frames(&path_of(&folder.database())).unwrap(), Some((mark.salts, mark.frames)));
    assert!(in_file(&folder.database()).unwrap().log >= mark.number - 1);
}

#[test]
fn a_commit_that_changes_nothing_begins_no_log() {
    let folder = Folder::new();
    let around = Arc::new(Around::default());
    let (store, _) = folder.open_in("1", Arc::clone(&around)).unwrap();
    let log_length = || std::fs::metadata(path_of(&folder.database())).unwrap().len();
    assert_eq!(block_on(store.delete(Caller::Entra, "nobody".to_owned())), Ok(false));
    assert_eq!((log_length(), *around.mark.lock().unwrap()), (0, None));
    create(&store, "u");
    assert!(log_length() > 0 && around.mark.lock().unwrap().unwrap().number == 1);
    let copy = folder.killed();
    assert!(is_there(&copy.open("2"), "u"));
}

#[test]
fn a_kill_around_a_move_of_the_log_loses_nothing() {
    let folder = Folder::new();
    let around = Arc::new(Around::default());
    let (store, _) = folder.open_in("1", Arc::clone(&around)).unwrap();
    let (mut number, mut checked) = (0, 0);
    while checked < 12 {
        create(&store, &format!("user {number:05}"));
        number += 1;
        let mark = around.mark.lock().unwrap().unwrap();
        if mark.frames > 995 || (mark.number > 1 && mark.frames < 6) {
            checked += 1;
            let copy = folder.killed();
            let again = copy.open("2");
            let lost: Vec<i32> = (0..number).filter(|number| !is_there(&again, &format!("user {number:05}"))).collect();
            assert!(lost.is_empty(), "{mark:?}: {lost:?} of {number} are lost");
        }
    }
}

#[test]
fn frames_that_are_lost_are_counted() {
    let folder = Folder::new();
    let around = Arc::new(Around::default());
    let (store, _) = folder.open_in("1", Arc::clone(&around)).unwrap();
    for number in 0..20 {
        create(&store, &format!("u{number}"));
    }
    let mark = around.mark.lock().unwrap().unwrap();
    let copy = folder.killed();
    let log = path_of(&copy.database());
    assert_eq!(whole_frames(&log).unwrap(), Some((mark.salts, mark.frames)));
    let mut bytes = std::fs::read(&log).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&log, &bytes).unwrap();
    let (salts, frames) = whole_frames(&log).unwrap().unwrap();
    assert!(salts == mark.salts && frames < mark.frames);
    std::fs::write(&log, &bytes[..bytes.len() - 1]).unwrap();
    assert!(whole_frames(&log).unwrap().unwrap().1 < mark.frames);
}

#[test]
fn a_store_whose_folder_is_gone_acknowledges_nothing() {
    let folder = Folder::new();
    let around = Arc::new(Around::default());
    let (store, _) = folder.open_in("1", Arc::clone(&around)).unwrap();
    around.gone.store(true, Ordering::Relaxed);
    let created = block_on(store.create(Caller::Entra, NewIdentity::of("u")));
    assert_eq!(created, Err(Failure::Store(StoreError::Gone)));
    assert_eq!(block_on(store.snapshot(None, Some("u"))), Err(Failure::Store(StoreError::Gone)));
}

#[test]
fn an_interrupted_move_of_the_log_is_repaired_from_the_log() {
    let folder = Folder::new();
    let store = folder.open("1");
    for number in 0..200 {
        create(&store, &format!("u{number} {}", "x".repeat(100)));
    }
    let copy = folder.killed();
    // The first page states the number of pages, but most of them are missing.
    let mut first = std::fs::read(copy.database()).unwrap();
    first[28..32].copy_from_slice(&100_u32.to_be_bytes());
    first[24..28].copy_from_slice(&99_u32.to_be_bytes());
    first[92..96].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(copy.database(), first).unwrap();
    assert_eq!(in_file(&copy.database()), None);
    let store = copy.open("2");
    assert!(is_there(&store, &format!("u199 {}", "x".repeat(100))));
}
