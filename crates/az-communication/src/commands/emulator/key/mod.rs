//! `emulator key list|regenerate`: the access keys of a running emulator.

pub(crate) mod list;
pub(crate) mod regenerate;

use serde_json::Value as Json;

use crate::commands::emulator::control::{Body, Control};
use crate::knack::json_value::value_of;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;

/// The columns of a table of keys.
const COLUMNS: &[&str] = &["primaryKey", "secondaryKey", "primaryConnectionString", "secondaryConnectionString"];

/// Asks for the keys by a target and a body, and returns the outcome with them. The emulator is asked over plain HTTP,
/// and names the endpoint in this way, but clients use https, unless it serves plain HTTP only.
fn ask(control: &Control, target: &str, body: Body<'_>) -> Result<Outcome, CliError> {
    // This comes first, because the keys are different afterwards, and the credential may be one of them.
    let is_plain = control.local_host().is_none() || control.serves_plain_http()?;
    let mut keys = control.post(target, body)?;
    for name in ["primaryConnectionString", "secondaryConnectionString"] {
        if let Some(Json::String(text)) = keys.get_mut(name).filter(|_| !is_plain) {
            *text = control.with_https(text);
        }
    }
    Ok(Outcome::of(value_of(keys)).columns(COLUMNS))
}
