//! `--version` and `version`: the real CLI's answer first, where there is one, and unchanged. Ours follows on `--version` only,
//! because the result of `version` is data.

use std::ffi::OsString;

use super::{Invocation, own};
use crate::cli::table::{Table, Verb};
use crate::delegate;
use crate::error::CliError;
use crate::exit_code::ExitCode;
use crate::output;
use crate::printer::Printer;
use crate::program::Program;
use pyjmespath::Value;

const NAME: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");

const VERB: Verb = Verb {
    summary: "Show the version of this program.",
    arguments: &[],
    connects: false,
    confirms: false,
    examples: &[],
    run: version,
};

/// `version`, where there is no other `az`. It is not in the table of our commands, because it is not one of `communication`.
pub const VERSION_TABLE: Table = Table {
    groups: &[],
    commands: &[own("version", &VERB)],
    foreign: &[],
    globals: super::GLOBALS,
    subscription: &super::SUBSCRIPTION,
    connection: &[],
};

fn version(_: &Invocation<'_>) -> Result<Option<Value>, CliError> {
    Ok(Some(crate::client::object([(NAME, VERSION.into())])))
}

/// `--version`: what the real CLI says, then ours. The exit code is the real CLI's.
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
    output::print_line(&format!("{NAME} {VERSION}"))?;
    Ok(code)
}
