//! Ends an emulator, and writes what it held to the file of `--export-on-exit`.

use std::path::{Path, absolute};

use acs_identity_emulator::{Error, LastExport, Serving};

use crate::commands::emulator::options::declared::EXPORT_ON_EXIT;
use crate::commands::emulator::options::read;
use crate::commands::emulator::state_file;
use crate::knack::invocation::Invocation;
use crate::knack::variables::Given;
use crate::report::error::CliError;

/// The file for the export at the end, if there is one.
pub(crate) struct AtEnd(Option<String>);

impl AtEnd {
    /// Reads the option or its variable.
    ///
    /// # Errors
    ///
    /// Fails when the value is empty, when the variable is not UTF-8, when there is no folder for the file, or when it
    /// is in the data folder or one of the other files.
    pub(crate) fn of(
        invocation: &Invocation<'_>,
        data: Option<&Path>,
        others: &[&Option<Given>],
    ) -> Result<Self, CliError> {
        let Some(given) = read::option(invocation, &EXPORT_ON_EXIT)? else { return Ok(Self(None)) };
        let same = |other: &&Given| absolute(&other.value).ok() == absolute(&given.value).ok();
        if let Some(other) = others.iter().filter_map(|other| other.as_ref()).find(same) {
            let message = format!("{} and {} name the same file, '{}'.", given.named_by, other.named_by, given.value);
            return Err(CliError::usage(message));
        }
        state_file::check_place(&given, data)?;
        Ok(Self(Some(given.value)))
    }

    /// Stops the emulator. When this returns, the export is on the disk. `then` is called before clients are told that
    /// the emulator has ended.
    ///
    /// # Errors
    ///
    /// Fails when the state cannot be read, or when the file cannot be written.
    pub(crate) async fn close(self, emulator: Serving, then: impl FnOnce()) -> Result<(), CliError> {
        let finish = |last: Result<LastExport, Error>| {
            let written = last.map_err(unread).and_then(|last| self.0.map_or(Ok(()), |file| write(&file, &last)));
            then();
            written
        };
        emulator.close_with(finish).await
    }
}

fn unread(error: Error) -> CliError {
    CliError::new(format!("The emulator has ended, but {error}."))
}

fn write(file: &str, last: &LastExport) -> Result<(), CliError> {
    state_file::write(file, |new| {
        match last.write(|piece| if new.add(piece).is_break() { Err(None) } else { Ok(()) }) {
            Err(Some(error)) => Err(unread(error)),
            // Without an error of the emulator, `new` knows why a piece was not written.
            Ok(()) | Err(None::<Error>) => Ok(()),
        }
    })
    .map(drop)
}
