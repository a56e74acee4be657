//! Reading text from a file that a user names. The size and the time are limited.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::system::system_text;
use crate::system::{self, Special};

/// The time that a FIFO may wait for a writer. With the shell's `<(…)`, there is a writer from the start.
const WRITER: Duration = Duration::from_secs(5);

/// The usual size limit of a text in bytes: 1 MiB.
pub const USUAL: u64 = 1 << 20;

/// The reason why a text was not read. Its text follows a colon and has no full stop.
#[derive(Debug)]
pub enum TextFault {
    /// An error of the system.
    System(io::Error),
    /// The path is a FIFO, but a file is expected.
    Fifo,
    /// The path is a device that has no data now.
    Device,
    /// The path is a FIFO without a writer.
    NoWriter,
    /// The text is larger than this number of bytes.
    TooLarge(u64),
}

impl fmt::Display for TextFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System(error) => f.write_str(&system_text(error)),
            Self::Fifo => f.write_str("it is a FIFO, not a file"),
            Self::Device => f.write_str("it is a device, not a file"),
            Self::NoWriter => write!(f, "it is a FIFO, and no program wrote to it within {} s", WRITER.as_secs()),
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

/// Reads a file of at most `most` bytes. A FIFO is refused because its text can be read only once.
///
/// # Errors
///
/// When the file cannot be read, is a FIFO, or is too large.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>, TextFault> {
    // Opening a FIFO in this way does not wait for a writer.
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

/// Opens a file, or a FIFO that has a writer.
///
/// # Errors
///
/// When it cannot be opened, or when no writer opens the FIFO in time.
pub fn open(path: &Path) -> Result<File, TextFault> {
    if !is_fifo(&fs::metadata(path)?) {
        return Ok(File::open(path)?);
    }
    let (sender, receiver) = mpsc::channel();
    let path = path.to_owned();
    // Without a writer, the thread stays blocked until the process ends.
    thread::spawn(move || sender.send(File::open(path)));
    Ok(receiver.recv_timeout(WRITER).map_err(|_| TextFault::NoWriter)??)
}

/// Reads at most `most` bytes from a file, or from a FIFO that has a writer, such as the shell's `<(…)`.
///
/// # Errors
///
/// When it cannot be read, or when it is too large.
pub fn read_or_wait(path: &Path, most: u64) -> Result<Vec<u8>, TextFault> {
    let file = open(path)?;
    let size = size(&file.metadata()?);
    content(file, size, most)
}

/// Reads at most `most` bytes from a reader. `size` is the size that is known beforehand, or 0.
///
/// # Errors
///
/// When the reader fails, or when it has more bytes.
pub fn content(reader: impl Read, size: u64, most: u64) -> Result<Vec<u8>, TextFault> {
    if size > most {
        return Err(TextFault::TooLarge(most));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).map_or(0, |size| size + 1));
    reader.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most { Err(TextFault::TooLarge(most)) } else { Ok(bytes) }
}

/// Returns the size of a file, or 0 if it is not known.
fn size(metadata: &fs::Metadata) -> u64 {
    if metadata.is_file() { metadata.len() } else { 0 }
}

fn is_fifo(metadata: &fs::Metadata) -> bool {
    system::special(metadata) == Some(Special::Fifo)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_limit_is_named_in_the_largest_fitting_unit() {
        let text = |most: u64| TextFault::TooLarge(most).to_string();
        assert_eq!(text(64 << 20), "it is larger than 64 MiB");
        assert_eq!(text(1023 << 20), "it is larger than 1023 MiB");
        assert_eq!(text(1 << 30), "it is larger than 1 GiB");
    }
}
