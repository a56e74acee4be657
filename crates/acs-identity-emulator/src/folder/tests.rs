//! Tests of the lock, the rights and the files of a folder.
#![cfg(all(unix, not(portable_system)))]

mod index;
mod logs;
mod used;
mod written;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::names::LOCK_FILE;
use super::{DATABASE_FILE, Opened, open};
use crate::clock::machine;
use crate::error::Error;
use crate::files;
use crate::store::{Caller, Failure, NewIdentity, Store, StoreError, block_on};

/// A folder of a test, which is removed on drop.
struct Temporary(PathBuf);

impl Temporary {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("acs-folder-{}-{count}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn open(&self) -> Result<Opened, Error> {
        let mut opened = open(&self.0, 1_800_000_000_000_000_000, |_| ())?;
        opened.wait()?;
        Ok(opened)
    }

    fn refusal(&self) -> String {
        match self.open() {
            Ok(_) => panic!("the folder was opened"),
            Err(error) => error.to_string().replace(&self.0.display().to_string(), "FOLDER"),
        }
    }

    fn mode(&self, name: &str) -> u32 {
        fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o777
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn create(store: &Store, user: &str) {
    block_on(store.create(Caller::Entra, NewIdentity::of(user))).unwrap();
}

/// Closes a store and its folder in the way that the emulator does.
fn close(opened: Opened) {
    assert!(opened.store.close());
    opened.folder.closed();
}

/// Opens a folder, writes to it and leaves the files as a kill would.
fn killed(folder: &Temporary, users: usize) {
    let opened = folder.open().unwrap();
    for user in 0..users {
        create(&opened.store, &format!("u{user}"));
    }
    let files: Vec<(PathBuf, Vec<u8>)> = [DATABASE_FILE, LOCK_FILE, "identities.db-wal"]
        .iter()
        .map(|name| (folder.path(name), fs::read(folder.path(name)).unwrap()))
        .collect();
    close(opened);
    for (path, content) in files {
        fs::write(path, content).unwrap();
    }
}

#[test]
fn a_folder_serves_one_emulator() {
    let folder = Temporary::new();
    let opened = folder.open().unwrap();
    assert!(matches!(folder.open(), Err(Error::InUse(_))));
    // The database file is locked as well.
    #[cfg(target_os = "linux")]
    {
        fs::remove_file(folder.path(LOCK_FILE)).unwrap();
        assert!(matches!(folder.open(), Err(Error::InUse(_))));
    }
    drop(opened);
}

#[test]
fn a_start_waits_for_an_emulator_that_is_about_to_end() {
    let folder = Temporary::new();
    let opened = folder.open().unwrap();
    let ending = std::thread::spawn(move || {
        machine::sleep_here(Duration::from_millis(50));
        close(opened);
    });
    folder.open().unwrap();
    ending.join().unwrap();
}

#[test]
fn files_are_for_their_owner_only() {
    let folder = Temporary::new();
    let opened = folder.open().unwrap();
    create(&opened.store, "u");
    assert_eq!([DATABASE_FILE, LOCK_FILE, "identities.db-wal"].map(|name| folder.mode(name)), [0o600; 3]);
    close(opened);
    for name in [DATABASE_FILE, "own-key.pem"] {
        fs::write(folder.path(name), fs::read(folder.path(name)).unwrap_or_default()).unwrap();
        fs::set_permissions(folder.path(name), fs::Permissions::from_mode(0o644)).unwrap();
    }
    let lines = folder.open().unwrap().lines;
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().all(|line| line.contains("could be read by other users (mode 644)")), "{lines:?}");
    assert_eq!([DATABASE_FILE, "own-key.pem"].map(|name| folder.mode(name)), [0o600; 2]);
}

#[test]
fn a_folder_that_others_may_write_is_refused() {
    let folder = Temporary::new();
    for mode in [0o720, 0o702, 0o1777] {
        fs::set_permissions(&folder.0, fs::Permissions::from_mode(mode)).unwrap();
        let why = folder.refusal();
        assert!(why.contains("other users may write it") && why.contains("chmod go-w FOLDER"), "{why}");
    }
    fs::set_permissions(&folder.0, fs::Permissions::from_mode(0o755)).unwrap();
    folder.open().unwrap();
}

#[test]
fn a_folder_without_a_name_is_refused() {
    let Err(error) = open("".as_ref(), 0, |_| ()) else { panic!("it was opened") };
    assert_eq!(error.to_string(), "the data folder '' cannot be used: its name is empty");
}

#[test]
fn anything_but_a_regular_file_is_refused_and_unchanged() {
    for name in [LOCK_FILE, DATABASE_FILE] {
        let folder = Temporary::new();
        rustix::fs::mknodat(rustix::fs::CWD, folder.path(name), rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        assert_eq!(folder.refusal(), format!("FOLDER/{name} cannot be used: it is not a regular file"));
        let folder = Temporary::new();
        fs::write(folder.path("target"), "mine").unwrap();
        symlink(folder.path("target"), folder.path(name)).unwrap();
        assert_eq!(folder.refusal(), format!("FOLDER/{name} cannot be used: it is not a regular file"));
        assert_eq!(fs::read_to_string(folder.path("target")).unwrap(), "mine");
    }
}

#[test]
fn certificates_are_not_written_through_a_link() {
    let folder = Temporary::new();
    fs::write(folder.path("target"), "mine").unwrap();
    symlink(folder.path("target"), folder.path("ca.new")).unwrap();
    files::write_readable_by_all(&folder.path("ca.pem"), b"certificate").unwrap();
    assert_eq!(fs::read_to_string(folder.path("target")).unwrap(), "mine");
    assert_eq!(fs::read_to_string(folder.path("ca.pem")).unwrap(), "certificate");
    assert_eq!(folder.mode("ca.pem"), 0o644);
}

#[test]
fn files_that_are_not_regular_or_too_large_are_not_read() {
    let folder = Temporary::new();
    let path = folder.path("a.pem");
    rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    assert!(matches!(files::read(&path), Err(Error::File(..))));
    fs::remove_file(&path).unwrap();
    fs::write(&path, vec![b'x'; 1024 * 1024 + 1]).unwrap();
    assert!(matches!(files::read(&path), Err(Error::Content(_, what)) if what.contains("larger")));
}

#[test]
fn a_damaged_lock_is_named() {
    let folder = Temporary::new();
    close(folder.open().unwrap());
    fs::write(folder.path(LOCK_FILE), "clased").unwrap();
    assert!(folder.refusal().starts_with("FOLDER/lock is damaged"));
}

#[test]
fn a_folder_that_was_removed_or_replaced_acknowledges_nothing() {
    for name in ["", LOCK_FILE, DATABASE_FILE] {
        let folder = Temporary::new();
        let opened = folder.open().unwrap();
        fs::rename(folder.path(name), folder.0.with_extension("away")).unwrap();
        if name.is_empty() {
            fs::create_dir(&folder.0).unwrap();
        }
        let created = block_on(opened.store.create(Caller::Entra, NewIdentity::of("u")));
        assert_eq!(created, Err(Failure::Store(StoreError::Gone)), "{name}");
        drop(opened);
        let away = folder.0.with_extension("away");
        let _ = fs::remove_dir_all(&away).or_else(|_| fs::remove_file(&away));
    }
}
