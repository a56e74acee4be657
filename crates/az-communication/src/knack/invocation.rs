//! What a command gets: its arguments, the configuration, and where to say things.

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

/// What a command gets.
pub struct Invocation<'a> {
    /// All commands.
    pub table: &'static Table,
    /// The command.
    pub command: &'static Command,
    /// Its arguments.
    pub arguments: Arguments,
    /// The user's configuration.
    pub config: &'a Config,
    /// Where to say things.
    pub printer: Printer,
    /// All words behind `az` as they came.
    pub raw: &'a [OsString],
}

impl Invocation<'_> {
    /// Says what went wrong after a request that was carried out, so that its result is still shown. The exit code to end
    /// with.
    pub fn report(&self, result: Result<(), CliError>) -> ExitCode {
        match result {
            Ok(()) => ExitCode::Success,
            Err(error) => {
                self.printer.error(&error);
                error.exit_code
            }
        }
    }

    /// Asks, unless `--yes` or the configuration says not to.
    ///
    /// # Errors
    ///
    /// When the answer is no, or there is nobody to ask.
    pub fn confirm(&self, question: &str) -> Result<(), CliError> {
        if self.arguments.has(&YES) || self.config.get_bool("core", "disable_confirm_prompt")? {
            return Ok(());
        }
        prompt::confirm(question, &self.printer)
    }

    /// The value of an option, unless it is empty.
    pub fn given(&self, argument: &Argument) -> Option<&str> {
        self.arguments.get(argument).filter(|value| !value.is_empty())
    }

    /// The value of a required argument that must not be empty.
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
