//! The content of the lock file. It records which run opened the database last, whether that run ended cleanly, and how
//! far its write-ahead log went.
//!
//! The file is small and is written in place. The first line is the state; it is synced to the disk before the change
//! that it announces. The second line is the position in the log; it is written after each commit, without waiting for
//! the disk. So the recorded position was already durable when it was written.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::Mutex;

use crate::store::sqlite::wal::Mark;

/// The text that a user writes into the lock file to make the next start use the files as they are.
pub(super) const AS_THEY_ARE: &str = "use-what-is-left";

const STATE: usize = 80;
const LOG: usize = 64;

/// The state of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Marker {
    /// Unknown: the folder is new, was restored, or was made by the previous version.
    None,
    /// A run was about to open the database that another run had opened before, and whose log had reached `mark`.
    Opening { before: Option<String>, run: String, mark: Option<Mark> },
    /// A run has it open, or was killed.
    Open { run: String, mark: Option<Mark> },
    /// It was closed.
    Closed,
    /// The user knows that data is missing, and wants to use the rest.
    AsTheyAre,
}

/// The lock file, which is written in place.
pub(super) struct MarkerFile(Mutex<File>);

fn line(text: &str, length: usize) -> Vec<u8> {
    format!("{text:<width$}\n", width = length - 1).into_bytes()
}

impl Marker {
    /// Parses the content of the file. Fails when it is not a state and not empty.
    pub(super) fn parse(text: &str) -> Result<Self, ()> {
        if text.trim().is_empty() {
            return Ok(Self::None);
        }
        let mut lines = text.lines();
        let words: Vec<&str> = lines.next().unwrap_or_default().split_whitespace().collect();
        let is_run = |run: &str| run.len() == 32 && run.bytes().all(|byte| byte.is_ascii_hexdigit());
        let mark = mark(lines.next().unwrap_or_default())?;
        match words[..] {
            ["closed"] => Ok(Self::Closed),
            [AS_THEY_ARE] => Ok(Self::AsTheyAre),
            ["open", run] if is_run(run) => Ok(Self::Open { run: run.to_owned(), mark }),
            ["opening", before, run] if is_run(run) && (is_run(before) || before == "-") => {
                let before = is_run(before).then(|| before.to_owned());
                Ok(Self::Opening { before, run: run.to_owned(), mark })
            }
            _ => Err(()),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Opening { before, run, .. } => format!("opening {} {run}", before.as_deref().unwrap_or("-")),
            Self::Open { run, .. } => format!("open {run}"),
            Self::Closed => "closed".to_owned(),
            Self::AsTheyAre => AS_THEY_ARE.to_owned(),
        }
    }

    /// Returns how far the log had gone that must still be there, if the database is the one of that run.
    pub(super) fn mark_for(&self, in_file: Option<&str>) -> Option<Mark> {
        match self {
            Self::Open { mark, .. } => *mark,
            // After the opening has reached the database, the log of the run before is in it, too.
            Self::Opening { run, mark, .. } => mark.filter(|_| in_file != Some(run)),
            _ => None,
        }
    }
}

fn mark_line(mark: Option<Mark>) -> Vec<u8> {
    let text = mark.map(|mark| format!("log {:016x} {} {}", mark.salts, mark.frames, mark.number));
    line(&text.unwrap_or_default(), LOG)
}

fn mark(line: &str) -> Result<Option<Mark>, ()> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        [] => Ok(None),
        ["log", salts, frames, number] => Ok(Some(Mark {
            salts: u64::from_str_radix(salts, 16).map_err(drop)?,
            frames: frames.parse().map_err(drop)?,
            number: number.parse().map_err(drop)?,
        })),
        _ => Err(()),
    }
}

impl MarkerFile {
    pub(super) fn new(file: File) -> Self {
        Self(Mutex::new(file))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, File> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Reads the state. Fails with `InvalidData` when the content cannot be parsed.
    pub(super) fn read(&self) -> std::io::Result<Marker> {
        let mut file = self.lock();
        file.seek(SeekFrom::Start(0))?;
        let mut text = String::new();
        (&*file).take((STATE + LOG) as u64 * 2).read_to_string(&mut text)?;
        Marker::parse(&text).map_err(|()| std::io::ErrorKind::InvalidData.into())
    }

    /// Writes a state. It is on the disk when this returns.
    pub(super) fn set(&self, marker: &Marker) -> std::io::Result<()> {
        let mut content = line(&marker.text(), STATE);
        content.extend(mark_line(marker.mark_for(None)));
        let mut file = self.lock();
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&content)?;
        let length = (STATE + LOG) as u64;
        if file.metadata()?.len() != length {
            file.set_len(length)?;
        }
        // The times of the file need not be on the disk. To write them would take as long again.
        file.sync_data()
    }

    /// Records the position in the log. If this fails, the next start can only check less.
    pub(super) fn note(&self, mark: Mark) {
        let mut file = self.lock();
        let _ = file.seek(SeekFrom::Start(STATE as u64)).and_then(|_| file.write_all(&mark_line(Some(mark))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_written_state_is_read_again() {
        let run = "0123456789abcdef0123456789abcdef".to_owned();
        let mark = Some(Mark { salts: 0xab, frames: 7, number: 3 });
        for marker in [
            Marker::None,
            Marker::Closed,
            Marker::AsTheyAre,
            Marker::Opening { before: None, run: run.clone(), mark: None },
            Marker::Opening { before: Some(run.clone()), run: run.clone(), mark: None },
        ] {
            assert_eq!(Marker::parse(&marker.text()), Ok(marker));
        }
        let open = Marker::Open { run, mark };
        let text = format!("{}\nlog 00000000000000ab 7 3\n", open.text());
        assert_eq!(Marker::parse(&text), Ok(open));
        for damaged in ["opem", "open 1", "closed\nlog x", "open 0123456789abcdef0123456789abcdeg"] {
            assert_eq!(Marker::parse(damaged), Err(()), "{damaged}");
        }
    }
}
