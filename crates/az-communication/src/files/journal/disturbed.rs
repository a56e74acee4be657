//! What another program has done to a file while lines were added to it, and saving what the file held.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use crate::report::error::CliError;
use crate::system;
use crate::system::system_text;

/// How many names are tried for the copy.
const NAMES: u32 = 100;

/// What was done to the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disturbed {
    /// The path names nothing.
    Removed,
    /// The path names another file.
    Replaced,
    /// It is shorter than it was.
    Shortened,
    /// It is longer.
    WrittenTo,
}

impl Disturbed {
    /// What happened, in words.
    pub(crate) fn error(self, path: &Path) -> CliError {
        let what = match self {
            Self::Removed => "removed",
            Self::Replaced => "replaced",
            Self::Shortened => "shortened",
            Self::WrittenTo => "written to",
        };
        CliError::new(format!("{} was {what} by another program, while this command wrote to it.", path.display()))
    }

    /// Adds where the lines are. Those of a file without a name go to a new one, or to stdout.
    pub(crate) fn explain(self, error: CliError, path: &Path, file: &File) -> CliError {
        match self {
            Self::Shortened => error.hint("What was recorded since then is in it. This command has no copy of what stood in it before."),
            Self::WrittenTo => {
                error.hint("All lines are in it. Take the other program's lines out, and start the same command again.")
            }
            Self::Removed | Self::Replaced => match save(path, file) {
                Ok(copy) => error.hint(format!(
                    "All that was recorded is in {}. Give it the name {}, and start the same command again.",
                    copy.display(),
                    path.display()
                )),
                Err(no_copy) => match print(file) {
                    Ok(()) => error.hint(format!(
                        "All that was recorded is on stdout: no file can be created beside it ({}).",
                        system_text(&no_copy)
                    )),
                    Err(no_stdout) => error.hint(format!(
                        "What was recorded is lost: no file can be created beside it ({}), and stdout cannot be written \
                         ({}).",
                        system_text(&no_copy),
                        system_text(&no_stdout)
                    )),
                },
            },
        }
    }
}

/// Copies the file to a new one beside the path that it had.
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
    // A part of it would be taken for all.
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
