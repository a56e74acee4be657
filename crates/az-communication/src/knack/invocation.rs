//! The input of a command: its arguments, the configuration and the printer.

use std::ffi::OsString;

use crate::knack::argument::Argument;
use crate::knack::arguments::Arguments;
use crate::knack::command_table::{Command, Table};
use crate::knack::config::Config;
use crate::knack::globals::YES;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::report::printer::Printer;
use crate::report::prompt;

/// The input of a command.
pub struct Invocation<'a> {
    /// The table of all commands.
    pub table: &'static Table,
    /// The command that runs.
    pub command: &'static Command,
    /// The arguments of the command.
    pub arguments: Arguments,
    /// The configuration of the user.
    pub config: &'a Config,
    /// The printer for messages.
    pub printer: Printer,
    /// All words after `az`, as they were given.
    pub raw: &'a [OsString],
}

impl Invocation<'_> {
    /// Prints an error that occurred after the request succeeded, so that the result is still shown. Returns the exit
    /// code.
    pub fn report(&self, result: Result<(), CliError>) -> ExitCode {
        match result {
            Ok(()) => ExitCode::Success,
            Err(error) => {
                self.printer.error(&error);
                error.exit_code
            }
        }
    }

    /// Asks for confirmation, unless `--yes` or the configuration disables it.
    ///
    /// # Errors
    ///
    /// When the user declines, or when there is no terminal to ask on.
    pub fn confirm(&self, question: &str) -> Result<(), CliError> {
        if self.arguments.has(&YES) || self.config.get_bool("core", "disable_confirm_prompt")? {
            return Ok(());
        }
        prompt::confirm(question, &self.printer)
    }

    /// Returns the value of an option, or `None` if it is empty.
    pub fn given(&self, argument: &Argument) -> Option<&str> {
        self.arguments.get(argument).filter(|value| !value.is_empty())
    }

    /// Returns the value of a required argument that must not be empty.
    ///
    /// # Errors
    ///
    /// When it is empty.
    pub fn required(&self, argument: &Argument) -> Result<&str, CliError> {
        let value = self.arguments.get(argument).unwrap_or_default();
        if value.is_empty() {
            let error = CliError::new(format!("{} is empty.", argument.key()));
            return Err(if self.command.extension { error.exit_code(ExitCode::Usage) } else { error });
        }
        Ok(value)
    }
}
