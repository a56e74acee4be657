//! `--version` and `version`. The answer of the real Azure CLI comes first and unchanged, if it is installed. Our
//! versions are added only for `--version`, because the result of `version` is data.

use std::ffi::OsString;

use crate::delegate;
use crate::knack::command_table::{Command, CommandSpec, Table};
use crate::knack::globals::{GLOBALS, SUBSCRIPTION};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::report::printer::Printer;
use crate::report::program::Program;
use crate::report::stdout;

const NAME: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");

const SPEC: CommandSpec = CommandSpec {
    summary: "Show the version of this program.",
    arguments: &[],
    connects: false,
    confirms: false,
    examples: &[],
    run: version,
};

/// The table with `version`, for systems without another `az`. It is separate from the table of our commands, because
/// `version` is not a command of `communication`.
pub const VERSION_TABLE: Table = Table {
    groups: &[],
    commands: &[Command::extension("version", &SPEC)],
    foreign: &[],
    globals: GLOBALS,
    subscription: &SUBSCRIPTION,
    connection: &[],
};

fn version(_: &Invocation<'_>) -> Result<Outcome, CliError> {
    Ok(Outcome::of(crate::service::answer::object([(NAME, VERSION.into())])))
}

/// Prints the versions of the real Azure CLI, then ours. The exit code comes from the real Azure CLI.
///
/// # Errors
///
/// When stdout cannot be written.
pub fn print_versions(raw: &[OsString], printer: &Printer) -> Result<ExitCode, CliError> {
    let code = match Program::current() {
        Program::Own(_) => Ok(ExitCode::Success),
        Program::Az => delegate::run_other_az(raw),
    };
    let code = match code {
        Ok(code) => code,
        Err(why) => why.error().map_or(ExitCode::Success, |error| {
            printer.error(&error);
            error.exit_code
        }),
    };
    stdout::print_line(&format!("{NAME} {VERSION}"))?;
    Ok(code)
}
