//! Changes that another program made to a file while this process added lines to it, and rescuing the lines.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use crate::report::error::CliError;
use crate::system;
use crate::system::system_text;

/// The number of names that are tried for the copy.
const NAMES: u32 = 100;

/// The change that another program made to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disturbed {
    /// The path does not exist any more.
    Removed,
    /// The path names another file.
    Replaced,
    /// The file is shorter than this process left it.
    Shortened,
    /// The file is longer than this process left it.
    WrittenTo,
}

impl Disturbed {
    /// Returns the error that describes the change.
    pub(crate) fn error(self, path: &Path) -> CliError {
        let what = match self {
            Self::Removed => "removed",
            Self::Replaced => "replaced",
            Self::Shortened => "shortened",
            Self::WrittenTo => "written to",
        };
        CliError::new(format!("{} was {what} by another program while this command wrote to it.", path.display()))
    }

    /// Adds a hint that says where the lines are. The lines of a file without a path are saved to a new file, or else
    /// printed to stdout.
    pub(crate) fn explain(self, error: CliError, path: &Path, file: &File) -> CliError {
        match self {
            Self::Shortened => error.hint("The file contains only the lines that were recorded since then. This command has no copy of the earlier lines."),
            Self::WrittenTo => {
                error.hint("The file contains all recorded lines. Remove the lines of the other program, then run the command again.")
            }
            Self::Removed | Self::Replaced => match save(path, file) {
                Ok(copy) => error.hint(format!(
                    "All recorded lines are in {}. Rename this file to {}, then run the command again.",
                    copy.display(),
                    path.display()
                )),
                Err(no_copy) => match print(file) {
                    Ok(()) => error.hint(format!(
                        "All recorded lines are on stdout, because no file can be created next to it ({}).",
                        system_text(&no_copy)
                    )),
                    Err(no_stdout) => error.hint(format!(
                        "The recorded lines are lost, because no file can be created next to it ({}) and stdout cannot be written \
                         ({}).",
                        system_text(&no_copy),
                        system_text(&no_stdout)
                    )),
                },
            },
        }
    }
}

/// Copies the file to a new one next to its former path.
fn save(path: &Path, mut file: &File) -> io::Result<PathBuf> {
    let mut options = File::options();
    options.create_new(true).write(true);
    system::for_owner(&mut options);
    let mut number = 1;
    let (name, mut copy) = loop {
        let mut name = OsString::from(path);
        name.push(if number == 1 { ".saved".to_owned() } else { format!(".saved-{number}") });
        match options.open(&name) {
            Ok(copy) => break (PathBuf::from(name), copy),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < NAMES => number += 1,
            Err(error) => return Err(error),
        }
    };
    file.rewind()?;
    let copied = io::copy(&mut file, &mut copy).and_then(|_| copy.sync_all());
    // An incomplete copy is removed, because a user would take it for a complete one.
    copied.inspect_err(|_| drop(std::fs::remove_file(&name)))?;
    crate::files::journal::sync_folder(&name);
    Ok(name)
}

fn print(mut file: &File) -> io::Result<()> {
    file.rewind()?;
    let mut stdout = io::stdout().lock();
    io::copy(&mut file, &mut stdout)?;
    stdout.flush()
}
