//! Errors of the system in words.

use std::io;

/// The system's words without Rust's "(os error 111)".
pub fn system_text(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((text, _)) => text.to_owned(),
        None => text,
    }
}
