//! Reading a text from a file that somebody names: never without end, and never waiting for ever.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::system::system_text;
use crate::system::{self, Special};

/// How long a FIFO may have nobody who writes to it. The shell's `<(…)` has somebody from the start.
const WRITER: Duration = Duration::from_secs(5);

/// The size of most texts at most, in bytes: 1 MiB.
pub const USUAL: u64 = 1 << 20;

/// Why a text was not read. As text it follows a colon and has no full stop.
#[derive(Debug)]
pub enum TextFault {
    /// What the system says.
    System(io::Error),
    /// A FIFO where a file is expected.
    Fifo,
    /// A device that has nothing to read now.
    Device,
    /// A FIFO that nobody writes to.
    NoWriter,
    /// There is more than this, in bytes.
    TooLarge(u64),
}

impl fmt::Display for TextFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System(error) => f.write_str(&system_text(error)),
            Self::Fifo => f.write_str("it is a FIFO, not a file"),
            Self::Device => f.write_str("it is a device, not a file"),
            Self::NoWriter => write!(f, "it is a FIFO, and nobody wrote to it within {} s", WRITER.as_secs()),
            Self::TooLarge(most) => match most >> 20 {
                mebibytes if mebibytes >= 1024 => write!(f, "it is larger than {} GiB", mebibytes >> 10),
                mebibytes => write!(f, "it is larger than {mebibytes} MiB"),
            },
        }
    }
}

impl From<io::Error> for TextFault {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

/// The content of a file of this size at most. A FIFO is refused: its text could be read once only.
///
/// # Errors
///
/// When it cannot be read, is a FIFO, or is larger.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>, TextFault> {
    // So that opening a FIFO does not wait for somebody who writes.
    let file = system::open_without_waiting(path)?;
    let metadata = file.metadata()?;
    if is_fifo(&metadata) {
        return Err(TextFault::Fifo);
    }
    match content(file, size(&metadata), most) {
        Err(TextFault::System(error)) if error.kind() == io::ErrorKind::WouldBlock => Err(TextFault::Device),
        result => result,
    }
}

/// Opens a file, or a FIFO that somebody writes to.
///
/// # Errors
///
/// When it cannot be opened, and when nobody writes to the FIFO.
pub fn open(path: &Path) -> Result<File, TextFault> {
    if !is_fifo(&fs::metadata(path)?) {
        return Ok(File::open(path)?);
    }
    let (sender, receiver) = mpsc::channel();
    let path = path.to_owned();
    // Where nobody comes, the thread ends with the process.
    thread::spawn(move || sender.send(File::open(path)));
    Ok(receiver.recv_timeout(WRITER).map_err(|_| TextFault::NoWriter)??)
}

/// The content of a file of this size at most, or of a FIFO that somebody writes to, as of the shell's `<(…)`.
///
/// # Errors
///
/// When it cannot be read, or is larger.
pub fn read_or_wait(path: &Path, most: u64) -> Result<Vec<u8>, TextFault> {
    let file = open(path)?;
    let size = size(&file.metadata()?);
    content(file, size, most)
}

/// What a reader has, where it is this many bytes at most. `size` is what is known of it before.
///
/// # Errors
///
/// When it cannot be read, or has more.
pub fn content(reader: impl Read, size: u64, most: u64) -> Result<Vec<u8>, TextFault> {
    if size > most {
        return Err(TextFault::TooLarge(most));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).map_or(0, |size| size + 1));
    reader.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(TextFault::TooLarge(most)) } else { Ok(bytes) }
}

/// Zero where it is not known.
fn size(metadata: &fs::Metadata) -> u64 {
    if metadata.is_file() { metadata.len() } else { 0 }
}

fn is_fifo(metadata: &fs::Metadata) -> bool {
    system::special(metadata) == Some(Special::Fifo)
}
