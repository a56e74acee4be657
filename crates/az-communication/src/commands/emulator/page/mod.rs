//! The emulator's page in a browser: its URL with a one-time code, which signs the page in.
//!
//! The code goes to a browser or to a terminal only. Whoever has it can exchange it for the control secret, so pipes,
//! logs and files do not get it.

pub(crate) mod browser;
mod choice;

use serde_json::Value as Json;

use crate::commands::emulator::control::{Body, Control};
use crate::report::error::CliError;
use crate::report::printer::Printer;

/// Returns the URL that signs the page in.
pub(crate) fn with_code(dashboard: &str, code: &str) -> String {
    format!("{dashboard}#code={code}")
}

/// Asks a running emulator for a new code, and returns the URL that signs its page in.
///
/// # Errors
///
/// Fails when the emulator cannot be reached, or refuses.
pub(crate) fn signed_in(control: &Control) -> Result<String, CliError> {
    let answer = control.post("/emulator/page/code", Body::Nothing)?;
    // The code becomes a part of a command line.
    let is_code = |code: &&str| {
        !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let code = answer.get("code").and_then(Json::as_str).filter(is_code);
    let code = code.ok_or_else(|| CliError::new("The response of the emulator has no code for its page."))?;
    Ok(with_code(control.dashboard(), code))
}

/// Says that no browser shows the page, and what the user can do.
pub(crate) fn not_opened(printer: &Printer, why: &str, url: &str) {
    let has_user = printer.has_user();
    let advice = if has_user { "Open it yourself by this URL, which works once.".to_owned() } else { advice(url) };
    let said = format!("{} {advice}", message(why));
    printer.warning(&said);
    if has_user {
        // The log file of the configuration has all warnings, so the URL is not a part of the warning.
        printer.lines(&format!("{url}\n"));
    }
}

/// Returns the error for a page that no browser shows, where the URL with the code cannot be printed.
pub(crate) fn error(why: &str, url: &str) -> CliError {
    CliError::new(message(why)).hint(advice(url))
}

fn message(why: &str) -> String {
    format!("The page was not opened: {why}.")
}

fn advice(url: &str) -> String {
    let page = url.split('#').next().unwrap_or_default();
    format!("Name your browser in the variable BROWSER, or open {page} and sign in with the connection string.")
}

/// Opens the page while this process goes on.
pub(crate) fn open_beside(printer: Printer, url: String) {
    browser::open_beside(url, move |why, url| not_opened(&printer, why, url));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_may_be_stored_has_the_url_without_the_code() {
        let error = error("x was not found on PATH", &with_code("http://localhost:1/emulator/", "c0de"));
        let shown = format!("{}\n{}", error.message, error.hints.join("\n"));
        insta::assert_snapshot!(shown, @r"
        The page was not opened: x was not found on PATH.
        Name your browser in the variable BROWSER, or open http://localhost:1/emulator/ and sign in with the connection string.
        ");
    }
}
