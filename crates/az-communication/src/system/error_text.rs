//! Texts for errors of the system.

use std::io;

/// Returns the system's text without Rust's suffix "(os error 111)".
pub fn system_text(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((text, _)) => text.to_owned(),
        None => text,
    }
}
