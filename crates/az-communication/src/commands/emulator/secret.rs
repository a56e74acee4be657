//! A secret that the emulator is given: by its option, by a variable, or in a file that another variable names. The option
//! needs no file of its own: it reads files as all options do (`@FILE`).

use std::path::Path;

use crate::commands::emulator::given;
use crate::files::text_file;
use crate::knack::argument::Argument;
use crate::knack::invocation::Invocation;
use crate::knack::variables;
use crate::knack::variables::Given;
use crate::report::error::CliError;

/// A secret, and what its names are.
pub(crate) struct Secret {
    pub(crate) option: &'static Argument,
    /// In words.
    pub(crate) what: &'static str,
    /// Whether a value can be one.
    pub(crate) check: fn(&Given) -> Result<(), CliError>,
}

impl Secret {
    /// What is given of it; `None` where nothing is.
    ///
    /// # Errors
    ///
    /// When its file cannot be read, both variables are set, or one of them is empty.
    pub(crate) fn given(&self, invocation: &Invocation<'_>) -> Result<Option<Given>, CliError> {
        let given = given::option(invocation, self.option)?;
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

    /// An empty variable is most likely one that was to get its value from another one, which is not set. Without the secret, the
    /// emulator would be open to everybody.
    fn refused_as_empty(&self, name: &str) -> CliError {
        CliError::usage(format!("{name} is empty.")).hint(format!("Give it a {}, or unset it.", self.what))
    }

    /// The text of the file, without blanks and line ends around it.
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
