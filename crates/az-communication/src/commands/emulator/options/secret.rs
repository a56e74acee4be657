//! Reads a secret for the emulator from its option, from a variable, or from a file that another variable names. There
//! is no second option for a file, because options read files as `@FILE`.

use std::path::Path;

use crate::commands::emulator::options::read;
use crate::files::text_file;
use crate::knack::argument::Argument;
use crate::knack::invocation::Invocation;
use crate::knack::variables;
use crate::knack::variables::Given;
use crate::report::error::CliError;

/// The description of a secret and the names of its sources.
pub(crate) struct Secret {
    pub(crate) option: &'static Argument,
    /// The name of the secret in messages.
    pub(crate) what: &'static str,
    /// Checks whether a value is a valid secret.
    pub(crate) check: fn(&Given) -> Result<(), CliError>,
}

impl Secret {
    /// Returns the secret, or `None` if none is given.
    ///
    /// # Errors
    ///
    /// Fails when its file cannot be read, when both variables are set, or when one of them is empty.
    pub(crate) fn given(&self, invocation: &Invocation<'_>) -> Result<Option<Given>, CliError> {
        let given = read::option(invocation, self.option)?;
        if invocation.arguments.has(self.option) {
            return Ok(given);
        }
        if let Some(empty) = self.option.variable_names().find(|name| variables::is_empty(name)) {
            return Err(self.refused_as_empty(&empty));
        }
        let file = self.option.file_variable_name().map_or(Ok(None), variables::value)?;
        match (given, file) {
            (Some(secret), Some(file)) => {
                let described = CliError::usage(format!("{} and {} are both set.", secret.named_by, file.named_by));
                Err(described.hint("Set one of them."))
            }
            (given, None) => Ok(given),
            (None, Some(file)) => self.read(&file).map(Some),
        }
    }

    /// Returns the error for an empty variable. Usually its value should come from another variable that is not set.
    /// Without the secret, the emulator would be open to all clients.
    fn refused_as_empty(&self, name: &str) -> CliError {
        CliError::usage(format!("{name} is empty.")).hint(format!("Give it a {}, or unset it.", self.what))
    }

    /// Reads the file, without white space at both ends of its text.
    fn read(&self, file: &Given) -> Result<Given, CliError> {
        let (name, path) = (&file.named_by, &file.value);
        let fail = |why: &str| CliError::new(format!("{name} names '{path}', which {why}."));
        let bytes = text_file::read_or_wait(Path::new(path), text_file::USUAL)
            .map_err(|fault| fail(&format!("cannot be read: {fault}")))?;
        let text = String::from_utf8(bytes).map_err(|_| fail("is not UTF-8"))?;
        match text.trim_ascii() {
            "" => Err(fail("is empty")),
            text => Ok(Given {
                value: text.to_owned(),
                named_by: format!("The {} in the file that {name} names", self.what),
            }),
        }
    }
}
