//! Prints usage errors.

use std::ffi::OsString;

use crate::commands::table::TABLE;
use crate::knack::config::Config;
use crate::knack::pasted;
use crate::knack::usage_error::{Recommendation, Unknown, UsageError};
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::report::printer::Printer;
use crate::report::program::Program;

/// Prints a usage error, with suggestions and hints.
///
/// # Errors
///
/// When the configuration has an invalid value.
pub(crate) fn print(
    mut error: UsageError,
    raw: &[OsString],
    config: &Config,
    printer: &Printer,
) -> Result<ExitCode, CliError> {
    if matches!(error.unknown, Some(Unknown::FirstWord | Unknown::BelowGroup)) && !error.suggests() {
        error.hints.push(format!(
            "This az has {}. It passes all other commands to the Azure CLI, which was not found further down PATH.",
            own_commands()
        ));
    }
    error.hints.extend(raw.iter().filter_map(|word| pasted::hidden_in_word(word.to_str()?)));
    let dynamic_install = config.get("extension", "use_dynamic_install").ok().flatten();
    if matches!(error.unknown, Some(Unknown::FirstWord | Unknown::Value))
        && error.recommendation.is_none()
        && Program::current().is_az()
        && dynamic_install.is_some_and(|value| value.eq_ignore_ascii_case("no"))
    {
        error.recommendation = Some(Recommendation::ExtensionReference);
    }
    let recommends = config.get("core", "error_recommendation")?;
    if recommends.is_some_and(|value| value.eq_ignore_ascii_case("off")) {
        error.examples = None;
    }
    error.print(printer);
    Ok(ExitCode::Usage)
}

/// Returns the names of our commands in `az communication`, as part of a sentence.
fn own_commands() -> String {
    let mut names = TABLE.children("communication");
    names.sort_unstable();
    let last = names.pop().unwrap_or_default();
    format!("`az communication` {} and {last}", names.join(", "))
}
