//! `--version` and `version`: ours first, then the real CLI's.

use std::ffi::OsString;

use crate::delegate;
use crate::error::CliError;
use crate::exit_code::ExitCode;
use crate::output::{self, Context, Format};
use crate::printer::Printer;

const NAME: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Says our version and passes on. The result of `version` is data, so ours goes to stderr where another one follows.
///
/// # Errors
///
/// None so far; the signature is that of all commands.
pub fn version(raw: &[OsString], words: &[String], printer: &Printer, plain: &Printer) -> Result<ExitCode, CliError> {
    let is_command = words.first().is_some_and(|word| word == "version");
    if delegate::find().is_some() {
        if is_command {
            plain.lines(&format!("{NAME} {VERSION}\n"));
        } else {
            output::print_line(&format!("{NAME} {VERSION}"))?;
        }
        delegate::to_other_az(raw, printer);
    }
    if is_command {
        let value = crate::client::object([(NAME, VERSION.into())]);
        output::print_line(output::format(&value, Format::Json, Context::default())?.trim_end())?;
    } else {
        output::print_line(&format!("{NAME} {VERSION}"))?;
    }
    Ok(ExitCode::Success)
}
