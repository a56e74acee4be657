//! The ledger: a file of the user that lists which users were created and deleted. It exists because the service cannot
//! list them.

pub(crate) mod contents;

use std::fs::File;
use std::io;
use std::path::Path;

use acs_identity_protocol::time::whole_seconds;
use serde_json::json;
use time::OffsetDateTime;

use crate::files::journal::{Journal, sync_folder, unwritable};
use crate::files::place::{self, FileId, Other, Which};
use crate::knack::config::Config;
use crate::knack::invocation::Invocation;
use crate::report::error::CliError;
use crate::service::calls::Service;
use crate::system;

/// What happened to a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The user was created.
    Created,
    /// The user was deleted.
    Deleted,
}

/// The configured ledger, open for writing.
#[derive(Debug)]
pub struct Ledger {
    journal: Journal,
    command: &'static str,
    host: String,
}

fn hinted(error: CliError) -> CliError {
    error.hint("AZURE_COMMUNICATION_LEDGER, or [communication] ledger in the config file, names this ledger.")
}

impl Ledger {
    /// Opens the configured ledger before anything is sent. Returns `None` if no ledger is configured.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be written.
    pub fn of(invocation: &Invocation<'_>, service: &Service) -> Result<Option<Self>, CliError> {
        Self::beside(invocation, service, &[])
    }

    /// Opens the configured ledger for a command that uses other files.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be written, or is one of these files.
    pub fn beside(
        invocation: &Invocation<'_>,
        service: &Service,
        others: &[Other<'_>],
    ) -> Result<Option<Self>, CliError> {
        Self::open(invocation.config, invocation.command.path, service.connection().service(), others)
    }

    /// Opens the configured ledger. A file with other lines is not changed, and a file that the command uses for
    /// something else is refused.
    ///
    /// # Errors
    ///
    /// When the ledger cannot be written, or is another file.
    pub fn open(
        config: &Config,
        command: &'static str,
        service: String,
        others: &[Other<'_>],
    ) -> Result<Option<Self>, CliError> {
        let Some(path) = config.get("communication", "ledger")?.filter(|path| !path.is_empty()) else {
            return Ok(None);
        };
        let path: &Path = &system::expand_user(&path);
        let fail = |error: &io::Error| hinted(unwritable(path, error));
        let refuse = |why: &str| CliError::new(format!("{} cannot be used: {why}.", path.display()));
        let replaced = || hinted(refuse("another program has just replaced it"));
        let streams = [("stdout", FileId::of_stream(&io::stdout())), ("stderr", FileId::of_stream(&io::stderr()))];
        let streams = streams.into_iter().filter_map(|(named_by, id)| {
            let file = Which::Id(id?);
            Some(Other { named_by, file })
        });
        if let Some(other) = others.iter().copied().chain(streams).find(|other| other.is(path)) {
            let error = refuse(&format!("{} is the same file", other.named_by));
            return Err(hinted(error).hint("Nothing was changed. Name another file."));
        }
        let id = match path.metadata() {
            Ok(metadata) if !metadata.is_file() => {
                let error =
                    CliError::new(format!("{} cannot be written: it is {}.", path.display(), place::kind(&metadata)));
                return Err(hinted(error));
            }
            Ok(_) => {
                let read = place::open_quietly(path).map_err(|error| fail(&error))?;
                let metadata = read.metadata().map_err(|error| fail(&error))?;
                if !metadata.is_file() {
                    return Err(replaced());
                }
                if !contents::is_ledger(&read).map_err(|error| fail(&error))? {
                    let error = refuse("it has lines that do not belong to a ledger");
                    return Err(hinted(error).hint("Nothing was changed. Name another file."));
                }
                Some(FileId::of(path, &metadata))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => match place::dangling(path) {
                Some((why, _)) => return Err(hinted(refuse(why)).hint("Name a file by its own path.")),
                None => None,
            },
            Err(error) => return Err(fail(&error)),
        };
        let is_new = id.is_none();
        let mut options = File::options();
        options.create(is_new).read(true).append(true);
        system::for_owner(&mut options);
        let file = options.open(path).map_err(|error| fail(&error))?;
        if let Some(id) = id {
            let opened = file.metadata().map_err(|error| fail(&error))?;
            if FileId::of(path, &opened) != id {
                return Err(replaced());
            }
        } else {
            sync_folder(path);
        }
        let journal = Journal::shared(path, file).map_err(hinted)?;
        Ok(Some(Self { journal, command, host: service }))
    }

    /// Adds a line. When this returns, the line survives a crash of the machine.
    ///
    /// # Errors
    ///
    /// When the file cannot be written. The message also says what happened to the user.
    pub fn note(&self, event: Event, user: &str, name: Option<&str>) -> Result<(), CliError> {
        let event = match event {
            Event::Created => "created",
            Event::Deleted => "deleted",
        };
        let mut line = json!({
            "time": whole_seconds(OffsetDateTime::now_utc()),
            "event": event,
            "user_id": user,
            "command": self.command.strip_prefix("communication ").unwrap_or(self.command),
            "host": self.host,
        });
        if let Some(name) = name {
            line["custom_id"] = name.into();
        }
        let noted = self.journal.write(&format!("{line}\n")).and_then(|written| self.journal.sync(written));
        noted.map_err(|mut error| {
            error.message = format!("{user} was {event}, and {}", error.message);
            // The hints are removed because running the command again would create another user.
            error.hints.clear();
            hinted(error)
        })
    }
}
