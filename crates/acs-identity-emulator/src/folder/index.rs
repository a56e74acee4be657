//! Room for the index of the write-ahead log (`identities.db-shm`). SQLite has it mapped, and writes one byte in 4,096 to make
//! it longer. Where a file system has smaller blocks and is full, the rest of such a page does not exist, and the process ends by
//! SIGBUS when it is written.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;

use crate::error::Error;
use crate::files;
use crate::store::StoreError;
use crate::store::sqlite::wal::index_of;
use crate::system;

/// One piece of the index, as SQLite maps it: for some 4,000 frames.
const PIECE: u64 = 32 * 1024;
/// Others that read the log may keep it from beginning anew.
const PIECES: u64 = 2;

/// Refuses a disk without room for the index, before SQLite makes or empties it.
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

/// Fills the holes of an index that SQLite has open. The file must stay open until SQLite has closed it, because its locks end
/// when any descriptor of it is closed.
pub(super) fn fill(database: &Path) -> std::io::Result<File> {
    let file = files::open(OpenOptions::new().read(true).write(true), &index_of(database))?;
    allocate(&file, PIECE)?;
    // Good to have, but what SQLite makes longer later is allocated with blocks of 4,096 bytes, too.
    let _ = allocate(&file, PIECE * PIECES);
    Ok(file)
}

/// Allocates so many bytes. Where a file system cannot, it does so by itself.
fn allocate(file: &File, length: u64) -> std::io::Result<()> {
    match system::allocate(file, length) {
        Err(error) if files::is_full(&error) || error.kind() == ErrorKind::ReadOnlyFilesystem => Err(error),
        _ => Ok(()),
    }
}
