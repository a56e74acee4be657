//! Messages as lines of JSON, for collectors of logs (docs/decisions/emulator-log.md).

use std::sync::atomic::{AtomicBool, Ordering};

use acs_identity_protocol::time::whole_seconds;
use serde_json::{Map, Value};
use time::OffsetDateTime;

/// Whether the messages of this process are lines of JSON. A command chooses this when the stages before it have
/// copies of the printer already, and one of them prints the error of the command. So it is not a part of the printer.
static CHOSEN: AtomicBool = AtomicBool::new(false);

/// Makes all further messages of this process lines of JSON.
pub(crate) fn choose() {
    CHOSEN.store(true, Ordering::Relaxed);
}

/// Returns whether messages are lines of JSON.
pub(crate) fn are_chosen() -> bool {
    CHOSEN.load(Ordering::Relaxed)
}

/// Returns a line: an object with the time, the level and these fields.
pub(crate) fn line(now: OffsetDateTime, level: &str, fields: Map<String, Value>) -> String {
    let mut object = Map::new();
    object.insert("time".to_owned(), whole_seconds(now).into());
    object.insert("level".to_owned(), level.into());
    object.extend(fields);
    format!("{}\n", Value::Object(object))
}

/// Returns the line of a message with its hints.
pub(crate) fn message(level: &str, message: &str, hints: &[String]) -> String {
    // The events of the emulator have the level names of `tracing`.
    let level = if level == "WARNING" { "WARN" } else { level };
    let mut fields = Map::from_iter([("message".to_owned(), message.into())]);
    if !hints.is_empty() {
        fields.insert("hints".to_owned(), hints.into());
    }
    line(OffsetDateTime::now_utc(), level, fields)
}
