//! Tests of the parts of the contract that only SQLite has: files, damaged files, and older files.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use rusqlite::Connection;

use super::open::{Checked, Refused, in_file};
use super::wal::{Mark, path_of, whole_frames};
use super::{Surroundings, schema};
use crate::store::operation::AccessSlot::Primary;
use crate::store::{Caller, Failure, Kind, Store, StoreError, block_on};

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
        let (sqlite, lines) = Checked::open(&self.database())?.begin(run, NOW, around)?;
        Ok((Store::Sqlite(sqlite), lines))
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
    block_on(store.create(Caller::Entra, user.into(), Some(format!("custom {user}")), None)).unwrap();
}

fn is_there(store: &Store, user: &str) -> bool {
    store.snapshot(None, Some(user)).unwrap().identity.is_some()
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
fn a_folder_that_is_gone_acknowledges_nothing() {
    let folder = Folder::new();
    let around = Arc::new(Around::default());
    let (store, _) = folder.open_in("1", Arc::clone(&around)).unwrap();
    around.gone.store(true, Ordering::Relaxed);
    let created = block_on(store.create(Caller::Entra, "u".into(), None, None));
    assert_eq!(created, Err(Failure::Store(StoreError::Gone)));
    assert_eq!(store.snapshot(None, Some("u")), Err(Failure::Store(StoreError::Gone)));
}

/// Changes a value without SQLite's checks, and leaves the checksum unchanged.
fn tamper(folder: &Folder, statement: &str) {
    let connection = Connection::open(folder.database()).unwrap();
    assert_eq!(connection.execute(statement, []).unwrap(), 1);
}

#[test]
fn a_row_that_is_not_what_was_written_is_refused_by_name() {
    let folder = Folder::new();
    let store = folder.open("1");
    create(&store, "u");
    block_on(store.keep_access_keys("AAAA".into(), "BBBB".into())).unwrap();
    block_on(store.keep_settings(vec![("resource_id".into(), "11111111-1111-1111-1111-111111111111".into())])).unwrap();
    block_on(store.revoke(Caller::Entra, "u".into(), Some(1), None)).unwrap();
    assert!(store.close());
    for (statement, named) in [
        ("UPDATE identities SET revoked_below = 7", r#"the row "u" of the table identities"#),
        ("UPDATE access_keys SET key = 'CCCC' WHERE slot = 'primary'", r#"the row "primary" of the table access_keys"#),
        ("UPDATE settings SET value = 'x' WHERE name = 'resource_id'", r#""resource_id" of the table settings"#),
        ("UPDATE revocations SET issued_until = NULL", r#"the row "u" of the table revocations"#),
    ] {
        let copy = folder.killed();
        tamper(&copy, statement);
        let before = std::fs::read(copy.database()).unwrap();
        let Err(Refused::Damaged(what)) = copy.try_open("2") else { panic!("{statement} was not noticed") };
        assert!(what.contains(named), "{what}");
        assert_eq!(std::fs::read(copy.database()).unwrap(), before, "it was not touched");
    }
}

#[test]
fn a_row_that_is_damaged_meanwhile_is_an_error() {
    let folder = Folder::new();
    let store = folder.open("1");
    create(&store, "u");
    create(&store, "v");
    tamper(&folder, "UPDATE identities SET revocation = 9 WHERE user = 'u'");
    let read = store.snapshot(None, Some("u"));
    assert!(matches!(&read, Err(Failure::Store(StoreError::Damaged { what })) if what.contains("\"u\"")), "{read:?}");
    let issued = block_on(store.issue(Caller::Entra, "u".into(), 1));
    assert!(matches!(issued, Err(Failure::Store(StoreError::Damaged { .. }))), "{issued:?}");
    assert_eq!(block_on(store.issue(Caller::Entra, "v".into(), 1)), Ok(Some(0)), "another one is served");
}

#[test]
fn a_database_of_somebody_else_is_named() {
    let folder = Folder::new();
    let connection = Connection::open(folder.database()).unwrap();
    connection.execute_batch("CREATE TABLE bookmarks (a); INSERT INTO bookmarks VALUES (1)").unwrap();
    drop(connection);
    let before = std::fs::read(folder.database()).unwrap();
    let Err(Refused::Foreign(why)) = folder.try_open("1") else { panic!("it was taken") };
    assert!(why.contains("bookmarks"), "{why}");
    assert_eq!(std::fs::read(folder.database()).unwrap(), before);
    let folder = Folder::new();
    let connection = Connection::open(folder.database()).unwrap();
    connection.execute_batch("PRAGMA application_id = 5; CREATE TABLE a (b)").unwrap();
    drop(connection);
    assert!(matches!(folder.try_open("1"), Err(Refused::Foreign(why)) if why.contains("application id")));
}

#[test]
fn a_newer_schema_is_refused() {
    let folder = Folder::new();
    drop(folder.open("1"));
    Connection::open(folder.database()).unwrap().execute_batch("PRAGMA user_version = 99").unwrap();
    assert!(matches!(folder.try_open("2"), Err(Refused::Foreign(why)) if why.contains("newer emulator")));
}

#[test]
fn a_database_from_a_dump_is_taken() {
    let folder = Folder::new();
    let store = folder.open("1");
    create(&store, "u");
    drop(store);
    Connection::open(folder.database())
        .unwrap()
        .execute_batch("PRAGMA user_version = 0; PRAGMA application_id = 0; PRAGMA journal_mode = DELETE")
        .unwrap();
    let (store, lines) = folder.try_open("2").unwrap();
    assert!(is_there(&store, "u"));
    assert_eq!(lines, ["the database was restored from a dump, and was marked again as a database of the emulator"]);
}

#[test]
fn a_move_of_the_log_that_was_cut_off_is_mended_by_the_log() {
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

/// Makes a database of the previous version, in the way that version made it.
pub(crate) fn version_3(database: &Path) -> Connection {
    let connection = Connection::open(database).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL;
             CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
             CREATE TABLE assignments (kind TEXT NOT NULL, tenant TEXT NOT NULL, object TEXT NOT NULL,
                principal_type TEXT NOT NULL, client_ids TEXT, PRIMARY KEY (kind, tenant, object)) WITHOUT ROWID;
             CREATE TABLE \"identities\" (user TEXT PRIMARY KEY, custom_id TEXT, last_token_issued_at INTEGER,
                revoked_at INTEGER, revoked_before INTEGER) WITHOUT ROWID;
             CREATE UNIQUE INDEX identities_by_custom_id ON identities (custom_id) WHERE custom_id IS NOT NULL;
             PRAGMA user_version = 3;",
        )
        .unwrap();
    connection
}

#[test]
fn the_database_of_the_version_before_is_kept() {
    let folder = Folder::new();
    let connection = version_3(&folder.database());
    let until = 1_700_000_000;
    connection
        .execute_batch(&format!(
            "INSERT INTO identities VALUES ('a', 'custom', 5, NULL, NULL), ('b', NULL, NULL, {}, {}),
                ('c', NULL, NULL, {}, NULL);
             INSERT INTO assignments VALUES ('entra', 't', 'o', 'user', '[\"c\"]'), ('teamsExtension', 't', 'o', 'x', NULL);
             INSERT INTO settings VALUES ('resource_id', '11111111-1111-1111-1111-111111111111'),
                ('primary_key', 'CCCC');",
            until * SECOND + 5,
            (until - 10) * SECOND,
            i64::MAX,
        ))
        .unwrap();
    drop(connection);
    let (store, lines) = folder.try_open("1").unwrap();
    assert_eq!(
        lines,
        [
            "the database was migrated from schema 3 to 4: 3 identities, 2 of them with a revocation, 2 assignments",
            "1 revocations had a time in the future; they revoke all tokens that were issued until now",
        ]
    );
    let snapshot = |user| store.snapshot(None, Some(user)).unwrap();
    let revoked = |user, token| {
        let snapshot = snapshot(user);
        let below = snapshot.identity.unwrap().revoked_below;
        crate::store::revocation::is_revoked(token, below, &snapshot.revocations, NOW)
    };
    let row = snapshot("a").identity.unwrap();
    assert_eq!((row.custom_id.as_deref(), row.last_token_issued_at, row.revocation), (Some("custom"), Some(5), 0));
    assert!(!revoked("a", (0, until)));
    assert!(revoked("b", (0, until)) && !revoked("b", (0, until + 1)));
    assert!(revoked("c", (0, NOW / SECOND)) && !revoked("c", (0, NOW / SECOND + 1)));
    assert_eq!(block_on(store.issue(Caller::Entra, "c".into(), 1)), Ok(Some(1)));
    let found = store.assignments_of(Caller::Entra, Kind::Entra, Some("t"), &["o"]).unwrap();
    assert_eq!(found[0].client_ids, Some(vec!["c".to_owned()]));
    let found = store.assignments_of(Caller::Entra, Kind::TeamsExtension, Some("t"), &["o"]).unwrap();
    assert_eq!(found[0].client_ids, None);
    let kept = block_on(store.keep_access_keys("AAAA".into(), "BBBB".into())).unwrap();
    assert_eq!(kept.map(|row| row.key), ["CCCC", "BBBB"]);
    assert_eq!(store.access_keys().unwrap()[Primary as usize].generation, 1);
    drop(store);
    assert!(folder.try_open("2").unwrap().1.is_empty(), "once is enough");
}

#[test]
fn an_assignment_of_the_version_before_that_cannot_be_read_is_refused() {
    let folder = Folder::new();
    let connection = version_3(&folder.database());
    connection.execute_batch("INSERT INTO assignments VALUES ('entra', 't', 'o', 'user', '[\"c')").unwrap();
    drop(connection);
    assert!(matches!(folder.try_open("1"), Err(Refused::Damaged(what)) if what.contains("assignment of o")));
    let version: i64 =
        Connection::open(folder.database()).unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 3, "and nothing was changed");
}

#[test]
fn every_bit_of_the_database_that_is_flipped_is_noticed_or_changes_nothing() {
    let folder = Folder::new();
    let store = folder.open("1");
    block_on(store.keep_access_keys("AAAA".into(), "BBBB".into())).unwrap();
    for number in 0..40 {
        create(&store, &format!("user {number:02}"));
        block_on(store.revoke(Caller::Entra, format!("user {number:02}"), Some(number), None)).unwrap();
    }
    let dump = |store: &Store| {
        let snapshots: Vec<_> =
            (0..40).map(|number| store.snapshot(None, Some(&format!("user {number:02}"))).unwrap()).collect();
        (snapshots, store.access_keys().unwrap())
    };
    let right = dump(&store);
    assert!(store.close());
    let bytes = std::fs::read(folder.database()).unwrap();
    let (mut refused, mut served) = (0, 0);
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..100 {
        random ^= random >> 12;
        random ^= random << 25;
        random ^= random >> 27;
        let copy = Folder::new();
        let mut flipped = bytes.clone();
        let at = usize::try_from(random >> 8).unwrap_or(0) % flipped.len();
        flipped[at] ^= 1 << (random % 8);
        std::fs::write(copy.database(), &flipped).unwrap();
        match copy.try_open("2") {
            Ok((store, _)) => {
                assert_eq!(dump(&store), right, "byte {at}");
                served += 1;
            }
            Err(_) => refused += 1,
        }
    }
    assert!(refused > 0 && served > 0, "{refused} refused, {served} served");
}

#[test]
fn the_schema_is_stored_as_it_is_written() {
    let folder = Folder::new();
    drop(folder.open("1"));
    let connection = Connection::open(folder.database()).unwrap();
    assert_eq!(schema::origin(&connection).unwrap(), schema::Origin::Present);
    let id: i64 = connection.query_row("PRAGMA application_id", [], |row| row.get(0)).unwrap();
    assert_eq!(id, 0x4143_5349);
}
