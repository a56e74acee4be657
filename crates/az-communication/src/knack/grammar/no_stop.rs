//! `emulator stop`: a command that people look for, and that the emulator does not need.

use crate::system::platform::Platform;

/// How to stop the emulator.
const STOP: &str = Platform::HERE.stop_emulator();

/// How to find out whether the emulator runs.
const STATUS: &str = "{communication doctor} shows whether the emulator of the connection string answers. Programs \
    can use GET /health.";

/// Returns what to do instead of the command that this word below a group asks for.
pub fn hint(group: &str, word: &str) -> Option<&'static str> {
    match word.to_ascii_lowercase().as_str() {
        _ if group != "communication emulator" => None,
        "stop" => Some(STOP),
        "status" => Some(STATUS),
        _ => None,
    }
}
