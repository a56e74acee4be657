//! Opening the database of a folder. What it says is compared with what the lock says, before SQLite changes anything.

use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};

use super::lock::{Folder, LOCK_FILE, marker, refuse_if_used, refuse_where_used};
use super::marker::Marker;
use super::{DATABASE_FILE, Opened};
use crate::error::Error;
use crate::store::sqlite::open::{Checked, InFile, Refused, in_file};
use crate::store::sqlite::wal::{Mark, commits_behind, path_of, whole_frames};
use crate::store::{Store, StoreError};

pub(super) fn open(path: &Path, now: i64) -> Result<Opened, Error> {
    let (folder, mut lines) = Folder::take(path)?;
    let database = path.join(DATABASE_FILE);
    let refused = |refused: Refused| described(&database, refused);
    let before = marker(path, &folder)?;
    let found = in_file(&database);
    compare(path, &before, found.as_ref())?;
    let checked = Checked::open(&database).map_err(refused)?;
    if checked.is_empty() {
        // A file of one byte, too, and one whose content stood in a log that is lost.
        refuse_if_used(path, (before != Marker::None).then_some(LOCK_FILE))?;
    }
    let lacks_resource = checked.lacks_resource().map_err(refused)?;
    if lacks_resource {
        // A first start that was cut off has written to the lock, but none of the files that follow.
        refuse_where_used(path, None, "lacks the resource")?;
    }
    if checked.has_keys_in_files().map_err(refused)? {
        refuse_without_signing_key(path)?;
    }
    let is_new = lacks_resource || checked.is_to_be_made();
    let run = new_run()?;
    let mark = |marker: &Marker| {
        let lock = path.join(LOCK_FILE);
        folder.marker.set(marker).map_err(|error| Error::File(lock, error))
    };
    // A new database has nothing yet that could be mistaken for another one's.
    let former = found.and_then(|found| found.run);
    if before != Marker::None || former.is_some() {
        mark(&Marker::Opening { before: former, run: run.clone() })?;
    }
    let (sqlite, changed) = checked.begin(&run, now, Arc::clone(&folder.watcher) as _).map_err(refused)?;
    lines.extend(changed);
    folder.watcher.opened(&database).map_err(|error| Error::File(database.clone(), error))?;
    mark(&Marker::Open { run, mark: None })?;
    Ok(Opened { store: Store::Sqlite(sqlite), folder, lines, is_new })
}

/// Refuses a folder of the version before without the key that signed its tokens, which that version made at its first start.
/// Where its other files are gone, too, only the database was kept.
fn refuse_without_signing_key(folder: &Path) -> Result<(), Error> {
    const BESIDE: [&str; 4] = ["ca.pem", "ca-key.pem", "server.pem", "certificates.json"];
    let is_there = |name: &str| folder.join(name).symlink_metadata().is_ok();
    let path = folder.join("token-key.pem");
    let Some(beside) = BESIDE.into_iter().find(|name| is_there(name)).filter(|_| !is_there("token-key.pem")) else {
        return Ok(());
    };
    let shown = path.display();
    let what = format!(
        "is missing, though the folder was used before (it holds {beside}): without it, every token that was given out is void. \
         Put it back, or make another one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out '{shown}'"
    );
    Err(Error::Content(path.clone(), what))
}

/// A name for this run that no other one has.
fn new_run() -> Result<String, Error> {
    let mut bytes = [0_u8; 16];
    SystemRandom::new().fill(&mut bytes).map_err(|_| Error::Crypto("no random numbers".into()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn described(database: &Path, refused: Refused) -> Error {
    let path = database.to_owned();
    match refused {
        Refused::Damaged(what) => {
            Error::Damaged(path, format!("it is damaged or not a database ({what}); move it away to start anew"))
        }
        Refused::Foreign(why) => Error::Damaged(path, why),
        Refused::Store(StoreError::Full) => Error::Database(path, StoreError::Full.to_string()),
        Refused::Store(error) => Error::Database(path, error.to_string()),
    }
}

/// Refuses a database that is not the one which the last run left, and a log of which something is missing. What the database
/// alone does not say is checked when its log has been read.
fn compare(folder: &Path, before: &Marker, found: Option<&InFile>) -> Result<(), Error> {
    let database = folder.join(DATABASE_FILE);
    let log = path_of(&database);
    let (log_name, lock_name) = (log.display(), folder.join(LOCK_FILE));
    let refuse = |what: String| Err(Error::Damaged(database.clone(), what));
    let another = || {
        refuse(format!(
            "another database was put in its place while its log {log_name} was left; if it is a backup that shall be used, \
             remove {log_name} and {}",
            lock_name.display()
        ))
    };
    match before {
        // The version before noted nothing, and left its log when it ended.
        Marker::None => {
            let behind = commits_behind(&log).map_err(|error| Error::File(log.clone(), error))?;
            if behind < 2 {
                return Ok(());
            }
            refuse(format!(
                "its log {log_name} is damaged, and {behind} commits behind the damage are lost. Put the log or a backup back; \
                 to use what is left: sqlite3 {} 'PRAGMA wal_checkpoint(TRUNCATE)'",
                database.display()
            ))
        }
        Marker::Closed => {
            if log.metadata().is_ok_and(|metadata| metadata.len() > 0) {
                return refuse(format!(
                    "it was closed cleanly, so the log {log_name} beside it is of another one; remove the log, or, if both \
                     belong together, {}",
                    lock_name.display()
                ));
            }
            Ok(())
        }
        Marker::Opening { before, run } if found.is_some_and(|found| found.run != *before && !is_of(found, run)) => {
            another()
        }
        Marker::Opening { .. } => Ok(()),
        Marker::Open { run, .. } if found.is_some_and(|found| !is_of(found, run)) => another(),
        Marker::Open { mark: None, .. } => Ok(()),
        Marker::Open { mark: Some(mark), .. } => {
            let whole = whole_frames(&log).map_err(|error| Error::File(log.clone(), error))?;
            match lost(*mark, whole, found.map(|found| found.log)) {
                None => Ok(()),
                Some(what) => refuse(format!(
                    "the emulator was not stopped cleanly, and its log {log_name} {what}: what was acknowledged is lost. Put \
                     the log or a backup back; to use what is left, remove {}",
                    lock_name.display()
                )),
            }
        }
    }
}

fn is_of(found: &InFile, run: &str) -> bool {
    found.run.as_deref() == Some(run)
}

/// What is missing of a log that went up to a mark, by what is whole of it and which log reached the database.
fn lost(mark: Mark, whole: Option<(u64, u32)>, reached: Option<i64>) -> Option<String> {
    match whole {
        Some((salts, frames)) if salts == mark.salts => {
            if frames < mark.frames {
                return Some(format!("is damaged ({frames} of {} frames are left)", mark.frames));
            }
            reached.is_some_and(|reached| reached < mark.number - 1).then(|| "is newer than the database".to_owned())
        }
        // Another program moved the log into the database, or the power failed while a new log began.
        _ if reached.is_some_and(|reached| reached >= mark.number) => None,
        Some(_) => Some("was replaced".to_owned()),
        None => Some("is missing or damaged".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_log_has_lost() {
        let mark = Mark { salts: 1, frames: 10, number: 3 };
        assert_eq!(lost(mark, Some((1, 10)), Some(2)), None);
        assert_eq!(lost(mark, Some((1, 12)), Some(3)), None, "written, but not noted");
        assert_eq!(lost(mark, None, Some(3)), None, "moved into the database");
        assert_eq!(lost(mark, Some((2, 1)), Some(3)), None, "a new log");
        assert!(lost(mark, Some((1, 9)), Some(2)).is_some());
        assert!(lost(mark, Some((1, 10)), Some(1)).is_some());
        assert!(lost(mark, None, Some(2)).is_some());
        assert!(lost(mark, Some((2, 10)), Some(2)).is_some());
        assert_eq!(lost(mark, Some((1, 10)), None), None, "a move that was cut off");
        assert!(lost(mark, None, None).is_some());
    }
}
