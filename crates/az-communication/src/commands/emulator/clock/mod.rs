//! `emulator clock`: shows and changes the clock of a running emulator.

pub(crate) mod advance;
pub(crate) mod freeze;
pub(crate) mod reset;
pub(crate) mod resume;
pub(crate) mod set;
pub(crate) mod show;

use crate::commands::emulator::control::{Body, Control};
use crate::knack::invocation::Invocation;
use crate::knack::json_value::value_of;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;

/// The columns of a table.
const COLUMNS: &[&str] = &["now", "frozen", "offsetSeconds", "machine"];

/// Changes the clock, and returns what it shows then.
fn change(invocation: &Invocation<'_>, name: &str, body: Body<'_>) -> Result<Outcome, CliError> {
    let shown = Control::find(invocation)?.post(&format!("/emulator/clock/{name}"), body)?;
    Ok(Outcome::of(value_of(shown)).columns(COLUMNS))
}
