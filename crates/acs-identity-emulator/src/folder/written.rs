//! Checks whether the database and its write-ahead log still hold the data that was written to them.
//!
//! SQLite assumes that no other program writes these files. If another program does, SQLite continues, and the changes
//! that it then acknowledges are lost. So this module compares the log with its index, which SQLite keeps in the `-shm`
//! file and maps into memory (<https://www.sqlite.org/walformat.html#the_wal_index_file_format>). It compares the
//! database with its size and date at the time when the log was last moved into it. If the log has another date
//! although its index says that nothing was added, the checksums of the whole log are verified. Another program that
//! uses SQLite keeps the index and the checksums correct, so it is not taken for damage.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{Seek as _, SeekFrom};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use super::identity::{Identity, identity};
use crate::files;
use crate::store::sqlite::wal;
use crate::store::sqlite::wal::whole_frames_of;

/// How often a check starts again because another process writes meanwhile.
const LOOKS: usize = 16;

const LOG_HEADER: u64 = 32;
const FRAME_HEADER: u64 = 24;

/// The content of the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Index {
    page: u64,
    /// The number of committed frames.
    frames: u32,
    /// The checksum in the last frame, and the salts of the log, with the bytes that the log has.
    checksum: [u8; 8],
    salts: [u8; 8],
    /// How many frames have been moved into the database, and how many were to be moved.
    moved: u32,
    to_be_moved: u32,
}

impl Index {
    fn parse(bytes: &[u8; 136]) -> Self {
        let number = |at: usize| {
            let chunk = bytes[at..].first_chunk::<4>().copied().unwrap_or_default();
            u32::from_ne_bytes(chunk)
        };
        let size = u64::from(u16::from_ne_bytes([bytes[14], bytes[15]]));
        let mut checksum = [0; 8];
        checksum[..4].copy_from_slice(&number(24).to_be_bytes());
        checksum[4..].copy_from_slice(&number(28).to_be_bytes());
        let salts = bytes[32..].first_chunk::<8>().copied().unwrap_or_default();
        Self {
            page: (size & 0xfe00) + ((size & 1) << 16),
            frames: number(16),
            checksum,
            salts,
            moved: number(96),
            to_be_moved: number(128),
        }
    }

    /// Returns the position of a frame's header in the log.
    fn frame(&self, frame: u32) -> u64 {
        LOG_HEADER + u64::from(frame.saturating_sub(1)) * (FRAME_HEADER + self.page)
    }
}

/// The size and date of a file, which show whether it was written.
type Written = Option<(u64, SystemTime)>;

fn written(metadata: &Metadata) -> Written {
    Some((metadata.len(), metadata.modified().ok()?))
}

/// The state at the last check.
struct Seen {
    index: Index,
    database: Written,
    log: Written,
    /// Whether data was lost. Lost data stays lost, so this is never reset.
    lost: bool,
}

/// The files of an open database. They are opened after SQLite has opened them and closed after SQLite has closed them,
/// because SQLite's locks would end otherwise.
pub(super) struct Files {
    log: File,
    index: File,
    names: [(PathBuf, Identity); 2],
    seen: Mutex<Seen>,
}

impl Files {
    /// Opens the files of a database that was not used yet.
    pub(super) fn open(path: &Path, database: &File) -> std::io::Result<Self> {
        let open = |path: &Path| files::open(OpenOptions::new().read(true), path);
        let (log_path, index_path) = (wal::path_of(path), wal::index_of(path));
        let (log, index) = (open(&log_path)?, open(&index_path)?);
        let seen = Seen {
            index: read(&index)?,
            database: written(&database.metadata()?),
            log: written(&log.metadata()?),
            lost: false,
        };
        let names = [log_path, index_path].map(|path| (path.clone(), identity(&path)));
        Ok(Self { log, index, names, seen: Mutex::new(seen) })
    }

    /// Returns whether the log and the index still have their names.
    pub(super) fn are_named(&self) -> bool {
        self.names.iter().all(|(path, opened)| opened.is_some() && identity(path) == *opened)
    }

    /// Returns whether no written data is lost.
    pub(super) fn are_whole(&self, database: &File) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.lost {
            seen.lost = !self.look(&mut seen, database).unwrap_or(true);
        }
        !seen.lost
    }

    /// Checks the files once. Fails when they cannot be read, which does not mean that data is lost.
    fn look(&self, seen: &mut Seen, database: &File) -> std::io::Result<bool> {
        for _ in 0..LOOKS {
            let (index, before) = (read(&self.index)?, seen.index);
            let log = self.log.metadata()?;
            let has_grown = (index.salts, index.frames) != (before.salts, before.frames);
            let is_held = self.log_holds(&index, &log)?
                // The frames of the last check must still be there: a log that was truncated and extended again has a
                // hole.
                && (index == before
                    || index.salts != before.salts
                    || index.frames < before.frames
                    || self.log_holds(&before, &log)?)
                // The file was written, but nothing was added. It was written by a program that does not use SQLite, or
                // SQLite has not finished a write.
                && (has_grown || written(&log) == seen.log || self.is_log_whole(&index)?);
            let database = written(&database.metadata()?);
            let is_moving = index.moved != index.to_be_moved;
            let was_moved = (index.salts, index.moved) != (before.salts, before.moved);
            let is_same = is_moving || was_moved || database == seen.database;
            // Another process wrote meanwhile.
            if read(&self.index)? != index {
                continue;
            }
            if !is_held || !is_same {
                return Ok(false);
            }
            // While the log is being moved, the database is between its old and its new state.
            if !is_moving {
                (seen.index, seen.database, seen.log) = (index, database, written(&log));
            }
            return Ok(true);
        }
        Err(std::io::ErrorKind::WouldBlock.into())
    }

    /// Returns whether the log matches its index up to the last frame.
    fn log_holds(&self, index: &Index, log: &Metadata) -> std::io::Result<bool> {
        if index.frames == 0 {
            return Ok(true);
        }
        let last = index.frame(index.frames);
        if log.len() < last + FRAME_HEADER + index.page {
            return Ok(false);
        }
        let (mut header, mut frame) = ([0; LOG_HEADER as usize], [0; FRAME_HEADER as usize]);
        self.log.read_exact_at(&mut header, 0)?;
        self.log.read_exact_at(&mut frame, last)?;
        Ok(header[16..24] == index.salts && frame[8..16] == index.salts && frame[16..24] == index.checksum)
    }

    /// Returns whether every frame of the log has a correct checksum, up to the last frame of the index. It reads the
    /// whole log.
    fn is_log_whole(&self, index: &Index) -> std::io::Result<bool> {
        if index.frames == 0 {
            return Ok(true);
        }
        (&self.log).seek(SeekFrom::Start(0))?;
        let whole = whole_frames_of(&self.log)?;
        Ok(whole.is_some_and(|(salts, frames)| salts.to_be_bytes() == index.salts && frames >= index.frames))
    }
}

fn read(index: &File) -> std::io::Result<Index> {
    let mut bytes = [0; 136];
    index.read_exact_at(&mut bytes, 0)?;
    Ok(Index::parse(&bytes))
}
