//! `emulator open`: opens the page of a running emulator in a browser.

use serde_json::json;

use crate::commands::emulator::control::{self, Control};
use crate::commands::emulator::page::{self, browser};
use crate::knack::command_table::{CommandSpec, Example};
use crate::knack::invocation::Invocation;
use crate::knack::json_value::value_of;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Open the page of a running emulator in a browser.\n\nThe page is signed in by a code that works once. The \
        variable BROWSER names the browser: a command, or several with `:` between them (`;` on Windows), in which %s \
        stands for the URL. Without it, the browser of the system is opened. If no browser can be started, the URL \
        with the code is printed on the terminal. Without a terminal, the exit code is then 1.",
    arguments: control::arguments![],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "Open the page of the emulator on the default port, or in the background", command: "{}" },
        Example { name: "Open the page of the emulator on a port", command: "{} --port 10200" },
    ],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let control = Control::find(invocation)?;
    let url = page::signed_in(&control)?;
    let opened = browser::open(&url);
    if let Err(why) = &opened {
        if !invocation.printer.has_user() {
            return Err(page::error(why, &url));
        }
        page::not_opened(&invocation.printer, why, &url);
    }
    let result = json!({"dashboard": control.dashboard(), "opened": opened.is_ok()});
    Ok(Outcome::of(value_of(result)).columns(&["dashboard", "opened"]))
}
