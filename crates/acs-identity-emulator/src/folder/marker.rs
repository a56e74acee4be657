//! What the lock file says of the database: which run opened it last, whether that run ended cleanly, and how far its
//! write-ahead log went.
//!
//! It is small and written in place: the state in the first line, which is on the disk before anything that it announces, and
//! the log in the second one, which is written after each commit and not waited for. So what stands there was durable before.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::Mutex;

use crate::store::sqlite::wal::Mark;

/// What somebody writes into the lock file to have the files beside it used as they are, once.
pub(super) const AS_THEY_ARE: &str = "use-what-is-left";

const STATE: usize = 80;
const LOG: usize = 64;

/// The state of a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Marker {
    /// Nothing is known: a folder that is new, was restored, or is of the version before.
    None,
    /// A run was about to open the database, which another one had opened before.
    Opening { before: Option<String>, run: String },
    /// A run has it open, or was killed.
    Open { run: String, mark: Option<Mark> },
    /// It was closed.
    Closed,
    /// Somebody knows that something is missing, and wants the rest.
    AsTheyAre,
}

/// The lock file, written in place.
pub(super) struct MarkerFile(Mutex<File>);

fn line(text: &str, length: usize) -> Vec<u8> {
    format!("{text:<width$}\n", width = length - 1).into_bytes()
}

impl Marker {
    /// Reads what the file says. `Err` where it is neither that nor empty.
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
                Ok(Self::Opening { before, run: run.to_owned() })
            }
            _ => Err(()),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::None => String::new(),
            Self::Opening { before, run } => format!("opening {} {run}", before.as_deref().unwrap_or("-")),
            Self::Open { run, .. } => format!("open {run}"),
            Self::Closed => "closed".to_owned(),
            Self::AsTheyAre => AS_THEY_ARE.to_owned(),
        }
    }
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

    /// What stands there; `Err(InvalidData)` where it cannot be read.
    pub(super) fn read(&self) -> std::io::Result<Marker> {
        let mut file = self.lock();
        file.seek(SeekFrom::Start(0))?;
        let mut text = String::new();
        (&*file).take((STATE + LOG) as u64 * 2).read_to_string(&mut text)?;
        Marker::parse(&text).map_err(|()| std::io::ErrorKind::InvalidData.into())
    }

    /// Writes a state, and that nothing is known of its log; on the disk when this returns.
    pub(super) fn set(&self, marker: &Marker) -> std::io::Result<()> {
        let mut content = line(&marker.text(), STATE);
        content.extend(line("", LOG));
        let mut file = self.lock();
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&content)?;
        file.set_len((STATE + LOG) as u64)?;
        file.sync_all()
    }

    /// Notes how far the log goes. Where that fails, less is known, and nothing is wrong.
    pub(super) fn note(&self, mark: Mark) {
        let text = line(&format!("log {:016x} {} {}", mark.salts, mark.frames, mark.number), LOG);
        let mut file = self.lock();
        let _ = file.seek(SeekFrom::Start(STATE as u64)).and_then(|_| file.write_all(&text));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let run = "0123456789abcdef0123456789abcdef".to_owned();
        let mark = Some(Mark { salts: 0xab, frames: 7, number: 3 });
        for marker in [
            Marker::None,
            Marker::Closed,
            Marker::AsTheyAre,
            Marker::Opening { before: None, run: run.clone() },
            Marker::Opening { before: Some(run.clone()), run: run.clone() },
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
