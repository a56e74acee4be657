//! `emulator key list|regenerate`: the access keys of a running emulator.

pub(crate) mod list;
pub(crate) mod regenerate;

use serde_json::Value as Json;

use crate::commands::emulator::control::Control;
use crate::knack::json_value::value_of;
use crate::knack::outcome::Outcome;

/// The columns of a table of keys.
const COLUMNS: &[&str] = &["primaryKey", "secondaryKey", "primaryConnectionString", "secondaryConnectionString"];

/// Returns the outcome with the keys. The emulator was asked over plain HTTP, and names the endpoint in this way, but
/// clients use https.
fn shown(control: &Control, mut keys: Json) -> Outcome {
    for name in ["primaryConnectionString", "secondaryConnectionString"] {
        if let Some(Json::String(text)) = keys.get_mut(name) {
            *text = control.with_https(text);
        }
    }
    Outcome::of(value_of(keys)).columns(COLUMNS)
}
