//! Opens the database of a folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::compare::compare;
use super::lock::{Folder, marker, refuse_if_used, refuse_where_used};
use super::marker::Marker;
use super::names::{DATABASE_FILE, LOCK_FILE};
use super::{Opened, index};
use crate::error::Error;
use crate::random;
use crate::store::sqlite::CommitThread;
use crate::store::sqlite::open::{Begun, Checked, Refused, in_file};
use crate::store::{Store, StoreError, Values};

pub(super) fn open(path: &Path, now: i64, ahead: impl FnOnce(&dyn Values)) -> Result<Opened, Error> {
    let (folder, lines) = Folder::take(path)?;
    let database = path.join(DATABASE_FILE);
    let refused = |refused: Refused| described(&database, refused);
    let before = marker(path, &folder)?;
    let found = in_file(&database);
    compare(path, &before, found.as_ref())?;
    index::make_room(&database)?;
    let checked = Checked::open(&database, ahead).map_err(refused)?;
    if checked.is_empty() {
        // This also covers a file of one byte, and a database whose content was in a log that is lost.
        refuse_if_used(path, (before != Marker::None).then_some(LOCK_FILE))?;
    }
    let lacks_resource = checked.lacks_resource().map_err(refused)?;
    if lacks_resource {
        // A first start that was interrupted has written to the lock file, but has not made any of the files that
        // follow.
        refuse_where_used(path, None, "lacks the resource")?;
    }
    if checked.has_keys_in_files().map_err(refused)? {
        refuse_without_signing_key(path)?;
    }
    let is_new = lacks_resource || checked.is_to_be_made();
    let thread = CommitThread::start().map_err(|error| Error::File(database.clone(), error))?;
    let run = new_run()?;
    // A new database has nothing yet, so it cannot be confused with another one.
    let former = found.and_then(|found| found.run);
    if before != Marker::None || former.is_some() {
        let mark_of_former = before.mark_for(former.as_deref());
        let opening = Marker::Opening { before: former, run: run.clone(), mark: mark_of_former };
        folder.marker.set(&opening).map_err(|error| Error::File(path.join(LOCK_FILE), error))?;
    }
    let is_to_be_made = checked.is_to_be_made();
    let (sqlite, begun) = checked.begin(thread, run, now, Arc::clone(&folder.watcher) as _).map_err(refused)?;
    let beginning = Some(Beginning { database, begun });
    let mut opened = Opened { store: Store::Sqlite(sqlite), folder, lines, is_new, beginning };
    if is_to_be_made {
        // Nothing can be read before.
        opened.wait()?;
    }
    Ok(opened)
}

/// What the opening of a folder changes, which may not be durable yet.
#[must_use]
pub(crate) struct Beginning {
    database: PathBuf,
    begun: Begun,
}

impl Beginning {
    /// Waits until it is durable. Returns lines for the log.
    pub(crate) fn wait(self) -> Result<Vec<String>, Error> {
        self.begun.wait().map_err(|refused| described(&self.database, refused))
    }
}

/// Refuses a folder of the previous version without the key that signed its tokens, because that version made the key
/// at its first start. If the other files of the folder are also missing, only the database was kept, and the folder is
/// accepted.
fn refuse_without_signing_key(folder: &Path) -> Result<(), Error> {
    const BESIDE: [&str; 4] = ["ca.pem", "ca-key.pem", "server.pem", "certificates.json"];
    let is_there = |name: &str| folder.join(name).symlink_metadata().is_ok();
    let path = folder.join("token-key.pem");
    let Some(beside) = BESIDE.into_iter().find(|name| is_there(name)).filter(|_| !is_there("token-key.pem")) else {
        return Ok(());
    };
    let shown = path.display();
    let what = format!(
        "is missing, although the folder was used before (it contains {beside}): without it, all issued tokens are \
         invalid. Put it back, or make another one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out \
         '{shown}'"
    );
    Err(Error::Content(path.clone(), what))
}

/// Returns a unique id for this run.
fn new_run() -> Result<String, Error> {
    let bytes: [u8; 16] = random::bytes()?;
    Ok(random::hex(&bytes))
}

fn described(database: &Path, refused: Refused) -> Error {
    let path = database.to_owned();
    match refused {
        Refused::Damaged(what) => Error::Damaged(
            path,
            format!("it is damaged or not a database ({what}); move it away to start with a new database"),
        ),
        Refused::Foreign(why) => Error::Damaged(path, why),
        Refused::Store(StoreError::Full) => Error::Database(path, StoreError::Full.to_string()),
        Refused::Store(error) => Error::Database(path, error.to_string()),
    }
}
