//! Reserves space for the index of the write-ahead log (`identities.db-shm`). SQLite maps it into memory, and extends
//! it by writing one byte in 4,096. On a full file system with smaller blocks, the rest of such a page has no space,
//! and writing to it ends the process with SIGBUS.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;

use crate::error::Error;
use crate::files;
use crate::store::StoreError;
use crate::store::sqlite::wal::index_of;
use crate::system;

/// One part of the index, as SQLite maps it, in bytes. It holds about 4,000 frames.
const PIECE: u64 = 32 * 1024;
/// More than one part is reserved, because other processes that read the log can prevent a new log from being started.
const PIECES: u64 = 2;

/// Refuses a disk without space for the index, before SQLite makes or empties it.
pub(super) fn make_room(database: &Path) -> Result<(), Error> {
    let path = index_of(database);
    match try_to_make_room(&path) {
        Ok(()) => Ok(()),
        Err(error) if files::is_full(&error) => Err(Error::Database(database.to_owned(), StoreError::Full.to_string())),
        Err(error) => Err(Error::File(path, error)),
    }
}

fn try_to_make_room(path: &Path) -> std::io::Result<()> {
    let is_there = files::exists(path)?;
    let file = files::open(OpenOptions::new().read(true).write(true).create(!is_there), path)?;
    let allocated = allocate(&file, PIECE);
    if !is_there {
        std::fs::remove_file(path)?;
    }
    allocated
}

/// Fills the holes of an index that SQLite has open. The file must stay open until SQLite has closed it, because the
/// locks of SQLite end when any descriptor of the file is closed.
pub(super) fn fill(database: &Path) -> std::io::Result<File> {
    let file = files::open(OpenOptions::new().read(true).write(true), &index_of(database))?;
    allocate(&file, PIECE)?;
    // A failure is ignored. This only reserves space early: SQLite's later extensions are allocated in blocks of 4,096
    // bytes, too.
    let _ = allocate(&file, PIECE * PIECES);
    Ok(file)
}

/// Allocates bytes. A file system that does not support this allocates space by itself.
fn allocate(file: &File, length: u64) -> std::io::Result<()> {
    match system::allocate(file, length) {
        Err(error) if files::is_full(&error) || error.kind() == ErrorKind::ReadOnlyFilesystem => Err(error),
        _ => Ok(()),
    }
}
