//! Files of `emulator export`.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::Path;

use acs_identity_emulator::{DATABASE_FILE, ExportCheck, ExportSummary, MAX_EXPORT, check_export};

use crate::commands::emulator::process::process_file::is_within;
use crate::files::target::Target;
use crate::files::{durable_file, place, text_file};
use crate::knack::variables::Given;
use crate::report::error::CliError;
use crate::report::program::Program;
use crate::system;
use crate::system::system_text;

/// The name of a file that stands for stdout, and for stdin.
const STREAM: &str = "-";

const IN_DATA_FOLDER: &str = "it is in a data folder, which is only for the emulator's own files";

/// A file that is being written. It is checked meanwhile.
pub(crate) struct NewState<'a> {
    file: &'a mut dyn Write,
    bytes: u64,
    check: ExportCheck,
    unwritten: Option<Unwritten>,
}

/// Why a file was not written.
enum Unwritten {
    File(io::Error),
    TooLarge,
    /// The state did not arrive, or is not complete.
    Other(CliError),
}

impl From<io::Error> for Unwritten {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl NewState<'_> {
    /// Adds a piece. Further pieces are of no use if the file cannot be written.
    pub(crate) fn add(&mut self, piece: &[u8]) -> ControlFlow<()> {
        self.bytes += piece.len() as u64;
        let written = match self.bytes {
            bytes if bytes > MAX_EXPORT => Err(Unwritten::TooLarge),
            _ => self.file.write_all(piece).map_err(Unwritten::File),
        };
        self.check.add(piece);
        match written {
            Ok(()) => ControlFlow::Continue(()),
            Err(unwritten) => {
                self.unwritten = Some(unwritten);
                ControlFlow::Break(())
            }
        }
    }
}

/// Checks whether an export can be written to a file later. A mistake is then found at the start, not at the end.
///
/// # Errors
///
/// Fails when its folder does not exist or is the data folder, when the path is a folder, or when it stands for stdout,
/// which has other output.
pub(crate) fn check_place(given: &Given, data: Option<&Path>) -> Result<(), CliError> {
    let path = Path::new(&given.value);
    let folder = place::folder(path);
    let why = match (folder.is_dir(), path.is_dir()) {
        _ if given.value == STREAM => "stdout has other output".to_owned(),
        (true, false) if is_in_data_folder(path) || data.is_some_and(|data| is_within(folder, data)) => {
            IN_DATA_FOLDER.to_owned()
        }
        (true, false) => return Ok(()),
        (true, true) => "it is a folder".to_owned(),
        (false, _) => format!("the folder {} does not exist", folder.display()),
    };
    Err(CliError::usage(format!("{} names '{}', which cannot be written: {why}.", given.named_by, given.value)))
}

/// Returns whether the file, to which links may lead, is beside the database of an emulator.
fn is_in_data_folder(path: &Path) -> bool {
    matches!(Target::of(path), Ok(Target::File(path)) if place::folder(&path).join(DATABASE_FILE).is_file())
}

/// Returns whether a file stands for stdout, or is what stdout is connected to.
pub(crate) fn is_stdout(file: &str) -> bool {
    file == STREAM || system::is_stdout(Path::new(file))
}

struct Stdout;

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        system::write_to_stdout(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes an export to a file, piece by piece, and returns its numbers. A pipe, a device and stdout get the pieces
/// directly.
///
/// # Errors
///
/// Fails when the file is not on the disk afterwards. An existing file is then unchanged. A file in a data folder is
/// refused.
pub(crate) fn write(
    file: &str,
    fill: impl FnOnce(&mut NewState<'_>) -> Result<(), CliError>,
) -> Result<ExportSummary, CliError> {
    let fail = |why: &str| CliError::new(format!("The export cannot be written to {file}: {why}."));
    if is_in_data_folder(Path::new(file)) {
        return Err(fail(IN_DATA_FOLDER));
    }
    let fill = |to: &mut dyn Write| {
        let mut new = NewState { file: to, bytes: 0, check: ExportCheck::default(), unwritten: None };
        let filled = fill(&mut new);
        match new.unwritten {
            Some(unwritten) => return Err(unwritten),
            None => filled.map_err(Unwritten::Other)?,
        }
        let summary = new.check.end();
        summary.map_err(|why| Unwritten::Other(CliError::new(format!("The export cannot be used: {why}."))))
    };
    let written = match is_stdout(file) {
        true => fill(&mut Stdout),
        false => durable_file::replace(Path::new(file), |to| fill(to)),
    };
    written.map_err(|unwritten| match unwritten {
        Unwritten::File(error) => fail(&system_text(&error)).advise(&error),
        Unwritten::TooLarge => fail("it is larger than 1 GiB, and an emulator does not import such a file"),
        Unwritten::Other(error) => error,
    })
}

/// Reads an export.
///
/// # Errors
///
/// Fails when the file cannot be read, is not complete, or was changed.
pub(crate) fn read(file: &str) -> Result<Vec<u8>, CliError> {
    let content = text_file::read_or_wait(Path::new(file), MAX_EXPORT)
        .map_err(|fault| CliError::new(format!("{file} cannot be read: {fault}.")))?;
    match check_export(&content) {
        Ok(_) => Ok(content),
        Err(why) => Err(CliError::new(format!("{file} cannot be imported: {why}.")).hint(
            Program::current().text("Give a complete and unchanged file of {communication emulator export}.", ""),
        )),
    }
}
