//! The record of a batch: the requests that are about to be sent and their outcomes, so that the batch can be resumed.
//! A file that is not a record of the same batch is refused before it is changed.

pub(crate) mod format;
pub(crate) mod read;
pub(crate) mod state;
mod types;

pub(in crate::batch) use format::names_no_user;
pub(crate) use state::State;
pub(crate) use types::{Header, Operation, RequestOutcome, Subject};

pub(crate) use crate::files::place::FileId;

use std::fs::{File, Metadata, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::files::journal::{Journal, sync_folder, unwritable};
use crate::files::place::{self, folder};
use crate::report::error::CliError;
use crate::report::stdout;
use crate::system;
use crate::system::system_text;

/// The value of `--out-file` for stdout.
const STDOUT: &str = "-";

/// A record that was checked and is not yet open for writing.
#[derive(Debug)]
pub(crate) struct Found {
    header: Header,
    place: Place,
    /// The content of the record.
    pub(crate) state: State,
}

#[derive(Debug)]
enum Place {
    Stdout,
    New(PathBuf),
    Existing {
        path: PathBuf,
        file: File,
        /// The metadata of the file before it was read.
        before: Metadata,
        content: read::Content,
    },
}

fn unusable(path: &Path, why: &str) -> CliError {
    CliError::new(format!("{} cannot be used: {why}.", path.display()))
}

impl Found {
    /// Checks the file of `--out-file`: a new file, or the record of an earlier run with the same header. Nothing is
    /// changed. `-` is stdout, from which no run can resume. `source` is the file with the users, and the option that
    /// names it.
    ///
    /// # Errors
    ///
    /// When the file is not a record, or is the record of another batch.
    pub(crate) fn look(given: &str, header: Header, source: Option<(&str, FileId)>) -> Result<Self, CliError> {
        if given == STDOUT {
            stdout::check()?;
            return Ok(Self { header, place: Place::Stdout, state: State::default() });
        }
        let path = Path::new(given);
        let system = |error: &io::Error| unusable(path, &system_text(error));
        let metadata = match path.metadata() {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if let Some((why, hint)) = place::dangling(path) {
                    return Err(unusable(path, why).hint(hint));
                }
                if !folder(path).is_dir() {
                    return Err(unusable(path, &format!("the folder {} does not exist", folder(path).display())));
                }
                return Ok(Self { header, place: Place::New(path.to_owned()), state: State::default() });
            }
            Err(error) => return Err(system(&error)),
        };
        if !metadata.is_file() {
            let error = unusable(path, &format!("it is {}", place::kind(&metadata)));
            return Err(error.hint("Give the path of a file, or - for stdout."));
        }
        let id = FileId::of(path, &metadata);
        if id.is_some() {
            if let Some((option, source)) = source
                && id == Some(source)
            {
                let why = format!("{option} names the same file");
                return Err(unusable(path, &why).hint("Give another --out-file."));
            }
            let streams = [FileId::of_stream(&io::stdout()), FileId::of_stream(&io::stderr())];
            if streams.contains(&id) {
                return Err(unusable(path, "the shell writes this command's output to the same file")
                    .hint("Give --out-file - to write the lines to stdout."));
            }
        }
        let file = place::open_quietly(path).map_err(|error| system(&error))?;
        let opened = file.metadata().map_err(|error| system(&error))?;
        if !opened.is_file() || FileId::of(path, &opened) != id {
            return Err(unusable(path, "another program has just replaced it"));
        }
        lock(path, &file)?;
        let mut state = State::default();
        let content = read::read(path, &file, &header, &mut state)?;
        Ok(Self { header, place: Place::Existing { path: path.to_owned(), file, before: opened, content }, state })
    }

    /// Opens the record for writing, or creates it, and closes the creations whose outcome is not recorded. Returns the
    /// record, its content, and these creations.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub(crate) fn begin(mut self) -> Result<(Record, State, Vec<Subject>), CliError> {
        let (path, file, length, lock, mut lines) = match self.place {
            Place::Stdout => return Ok((Record::Stdout, self.state, Vec::new())),
            Place::New(path) => {
                let file = create(&path)?;
                (path, file, 0, None, self.header.line())
            }
            Place::Existing { path, file, before, content } => {
                let write = open_to_write(&path, &before, content.whole)?;
                let mut lines = String::new();
                if content.lacks_line_end {
                    lines.push('\n');
                }
                if !content.has_header {
                    lines.push_str(&self.header.line());
                }
                let lock = match system::LOCKS_SHUT {
                    false => Some(file),
                    // Writing needs an exclusive lock.
                    true => {
                        drop(file);
                        lock(&path, &write)?;
                        None
                    }
                };
                (path, write, content.whole, lock, lines)
            }
        };
        let last_key = self.state.last_key();
        if last_key != Some(&self.header.key) {
            if last_key.is_some() {
                lines.push_str(&format::key(&self.header.key));
            }
            self.state.key(self.header.key.clone());
        }
        let closed = self.state.close();
        lines.extend(closed.iter().map(|(subject, outcome)| format::outcome(subject, outcome)));
        let journal = Journal::alone(&path, file, length, lock)?;
        if !lines.is_empty() {
            let written = journal.write(&lines)?;
            journal.sync(written)?;
        }
        let closed = closed.into_iter().map(|(subject, _)| subject).collect();
        Ok((Record::File { journal, operation: self.header.operation }, self.state, closed))
    }
}

fn create(path: &Path) -> Result<File, CliError> {
    let fail = |error: &io::Error| unwritable(path, error);
    let mut options = File::options();
    options.create_new(true).read(true).append(true);
    system::for_owner(&mut options);
    let file = options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => unusable(path, "another program has just created it"),
        _ => fail(&error),
    })?;
    if file.try_lock().is_err() {
        return Err(unusable(path, "another run is writing to it"));
    }
    sync_folder(path);
    Ok(file)
}

/// Locks a record against other runs.
fn lock(path: &Path, file: &File) -> Result<(), CliError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => unusable(path, "another run is writing to it"),
        TryLockError::Error(error) => unusable(path, &system_text(&error)),
    })
}

/// Opens a record that was read. Its mode and its length change only here, and only if no other program has changed it
/// since it was read. The command may have asked its user a question in between.
fn open_to_write(path: &Path, before: &Metadata, whole: u64) -> Result<File, CliError> {
    let fail = |error: &io::Error| unwritable(path, error);
    let file = File::options().read(true).append(true).open(path).map_err(|error| fail(&error))?;
    let metadata = file.metadata().map_err(|error| fail(&error))?;
    if FileId::of(path, &metadata) != FileId::of(path, before) {
        return Err(unusable(path, "another program has just replaced it"));
    }
    if metadata.len() != before.len() || metadata.modified().ok() != before.modified().ok() {
        let error = unusable(path, "another program has just written to it");
        return Err(error.hint("Nothing was changed. Run the command again."));
    }
    if system::is_open_to_others(&metadata) {
        system::close_to_others(&file).map_err(|error| fail(&error))?;
    }
    if metadata.len() != whole {
        file.set_len(whole).map_err(|error| fail(&error))?;
    }
    Ok(file)
}

/// A record that is open for writing.
#[derive(Debug)]
pub(crate) enum Record {
    /// Outcomes only, as lines on stdout.
    Stdout,
    /// A record in a file.
    File {
        /// The file.
        journal: Journal,
        /// The operation of the batch.
        operation: Operation,
    },
}

impl Record {
    /// Records that a request is about to be sent. When this returns, the entry survives a crash of the machine.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub(crate) fn intend(&self, subject: &Subject) -> Result<(), CliError> {
        match self {
            Self::Stdout => Ok(()),
            Self::File { journal, operation } => {
                let written = journal.write(&format::intent(*operation, subject))?;
                journal.sync(written)
            }
        }
    }

    /// Records the outcome of a request. The next sync makes the entry durable.
    ///
    /// # Errors
    ///
    /// When the file or stdout cannot be written.
    pub(crate) fn settle(&self, subject: &Subject, outcome: &RequestOutcome) -> Result<(), CliError> {
        let line = format::outcome(subject, outcome);
        match self {
            Self::Stdout if *outcome == RequestOutcome::Unsent => Ok(()),
            Self::Stdout => {
                // The lock prevents that lines of several workers are mixed.
                let _stdout = io::stdout().lock();
                stdout::print_part(&line)
            }
            Self::File { journal, .. } => journal.write(&line).map(drop),
        }
    }

    /// Makes all entries durable.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub(crate) fn close(&self) -> Result<(), CliError> {
        match self {
            Self::Stdout => Ok(()),
            Self::File { journal, .. } => journal.close(),
        }
    }

    /// Checks whether the same command can resume from the record.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self, Self::File { .. })
    }
}
