//! What a command gets: its arguments, the configuration, and where to say things.

use std::cell::Cell;
use std::ffi::OsString;

use crate::knack::command_table::{Command, Table};
use crate::knack::config::Config;
use crate::knack::grammar::argparse::Arguments;
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
    /// The exit code of a command that has a result and failed all the same: a token that has expired, say.
    pub exit_code: Cell<ExitCode>,
    /// The columns of a table of the result, in the order in which people read them. Without them: all members, sorted.
    pub columns: Cell<Option<&'static [&'static str]>>,
}

impl Invocation<'_> {
    /// Says what went wrong behind a request that was carried out, so that its result is still shown.
    pub fn report(&self, result: Result<(), CliError>) {
        if let Err(error) = result {
            self.printer.error(&error);
            self.exit_code.set(error.exit_code);
        }
    }

    /// Asks, unless `--yes` or the configuration says not to.
    ///
    /// # Errors
    ///
    /// When the answer is no, or there is nobody to ask.
    pub fn confirm(&self, question: &str) -> Result<(), CliError> {
        if self.arguments.has("--yes") || self.config.get_bool("core", "disable_confirm_prompt")? {
            return Ok(());
        }
        prompt::confirm(question, &self.printer)
    }

    /// The value of an option, unless it is empty.
    pub fn given(&self, key: &str) -> Option<&str> {
        self.arguments.get(key).filter(|value| !value.is_empty())
    }

    /// The value of a required argument that must not be empty.
    ///
    /// # Errors
    ///
    /// When it is empty.
    pub fn required(&self, key: &str) -> Result<&str, CliError> {
        let value = self.arguments.get(key).unwrap_or_default();
        if value.is_empty() {
            let error = CliError::new(format!("{key} is empty."));
            return Err(if self.command.extension { error.exit_code(ExitCode::Usage) } else { error });
        }
        Ok(value)
    }
}
