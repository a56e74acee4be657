//! Reads the write-ahead log as a file: the number of intact frames, and whether they belong to the log that was
//! written last.
//!
//! SQLite reads a log up to its first damaged frame. It takes all later frames for a write that was interrupted. So the
//! length of the log is recorded outside of it, and compared before SQLite opens the log
//! (<https://www.sqlite.org/fileformat2.html#walformat>).

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// A position in a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The two salts of the log, which identify it. A new log has other salts.
    pub(crate) salts: u64,
    /// The number of durable frames.
    pub(crate) frames: u32,
    /// The number that the log itself writes into the database (the setting `log`).
    pub(crate) number: i64,
}

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// Returns the path of the log of a database.
pub(crate) fn path_of(database: &Path) -> PathBuf {
    beside(database, "-wal")
}

/// Returns the path of the index of the log, which SQLite maps into memory.
pub(crate) fn index_of(database: &Path) -> PathBuf {
    beside(database, "-shm")
}

fn beside(database: &Path, end: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Opens a log without waiting for the other end of a pipe.
fn opened(log: &Path) -> std::io::Result<File> {
    let mut options = std::fs::OpenOptions::new();
    crate::system::no_link(&mut options);
    options.read(true).open(log)
}

/// Returns the salts of a log, or `None` if there is none yet.
pub(crate) fn salts_of(log: &Path) -> std::io::Result<Option<u64>> {
    let mut header = [0; HEADER];
    match opened(log).and_then(|mut file| file.read_exact(&mut header)) {
        Ok(()) => Ok(Some(number::<8>(&header[16..24], u64::from_be_bytes))),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::UnexpectedEof) => Ok(None),
        Err(error) => Err(error),
    }
}

fn number<const N: usize>(bytes: &[u8], of: impl Fn([u8; N]) -> u64) -> u64 {
    bytes.first_chunk::<N>().map_or(0, |chunk| of(*chunk))
}

fn word(bytes: &[u8], big: bool) -> u32 {
    let chunk = *bytes.first_chunk::<4>().unwrap_or(&[0; 4]);
    if big { u32::from_be_bytes(chunk) } else { u32::from_le_bytes(chunk) }
}

/// Computes SQLite's checksum, continuing from the checksum of the previous part.
fn checksum(mut sum: (u32, u32), bytes: &[u8], big: bool) -> (u32, u32) {
    for pair in bytes.chunks_exact(8) {
        sum.0 = sum.0.wrapping_add(word(&pair[..4], big)).wrapping_add(sum.1);
        sum.1 = sum.1.wrapping_add(word(&pair[4..], big)).wrapping_add(sum.0);
    }
    sum
}

/// Returns the salts of a log and the number of its intact frames up to the last commit. Returns `None` if the header
/// cannot be read.
pub(crate) fn whole_frames(log: &Path) -> std::io::Result<Option<(u64, u32)>> {
    match opened(log) {
        Ok(file) => whole_frames_of(file),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Does the same for an open log.
pub(crate) fn whole_frames_of(log: impl Read) -> std::io::Result<Option<(u64, u32)>> {
    let mut file = std::io::BufReader::new(log);
    let mut header = [0; HEADER];
    if !filled(&mut file, &mut header)? {
        return Ok(None);
    }
    let big = match word(&header[..4], true) {
        0x377f_0682 => false,
        0x377f_0683 => true,
        _ => return Ok(None),
    };
    let page = word(&header[8..12], true) as usize;
    let mut sum = checksum((0, 0), &header[..24], big);
    if !(512..=65536).contains(&page) || sum != (word(&header[24..28], true), word(&header[28..32], true)) {
        return Ok(None);
    }
    let mut frame = vec![0; FRAME_HEADER + page];
    let (mut seen, mut committed) = (0_u32, 0_u32);
    while filled(&mut file, &mut frame)? {
        sum = checksum(checksum(sum, &frame[..8], big), &frame[FRAME_HEADER..], big);
        let whole = frame[8..16] == header[16..24]
            && sum == (word(&frame[16..20], true), word(&frame[20..24], true))
            && word(&frame[..4], true) != 0;
        if !whole {
            break;
        }
        seen += 1;
        if word(&frame[4..8], true) != 0 {
            committed = seen;
        }
    }
    Ok(Some((number::<8>(&header[16..24], u64::from_be_bytes), committed)))
}

/// Returns the number of commits after the intact part of a log. One commit may belong to a write that was interrupted,
/// because a commit is on the disk before the next one starts. If there are more, they are lost because data before
/// them is damaged.
pub(crate) fn commits_behind(log: &Path) -> std::io::Result<usize> {
    let mut file = match opened(log) {
        Ok(file) => std::io::BufReader::new(file),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut header = [0; HEADER];
    if !filled(&mut file, &mut header)? {
        return Ok(0);
    }
    let page = word(&header[8..12], true) as usize;
    if !(512..=65536).contains(&page) {
        return Ok(0);
    }
    let whole = whole_frames(log)?;
    let mut frame = vec![0; FRAME_HEADER + page];
    let (mut seen, mut commits) = (0_u32, 0);
    let mut salts = whole.map(|_| header[16..24].to_vec());
    while filled(&mut file, &mut frame)? {
        seen += 1;
        // If the header is damaged, the first frame tells which log it is.
        let salts = salts.get_or_insert_with(|| frame[8..16].to_vec());
        let is_commit = frame[8..16] == salts[..] && word(&frame[4..8], true) != 0;
        if is_commit && seen > whole.map_or(0, |(_, committed)| committed) {
            commits += 1;
        }
    }
    Ok(commits)
}

/// Fills the buffer. Returns whether there were enough bytes.
fn filled(file: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<bool> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}
