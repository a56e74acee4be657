//! Values that start with `@` are read from the file of that name, as the reference does before it parses.

use std::fs;
use std::io::{self, Read as _};
use std::path::PathBuf;

use crate::config;
use crate::error::CliError;

/// Replaces `@file` and `--option=@file` by the file's text without the line breaks at its end; `@-` reads stdin. What
/// names no file stays as it is.
///
/// # Errors
///
/// When stdin cannot be read or is not UTF-8.
pub fn expand(arguments: Vec<String>) -> Result<Vec<String>, CliError> {
    arguments.into_iter().map(expand_one).collect()
}

fn expand_one(argument: String) -> Result<String, CliError> {
    let (option, value) = match argument.split_once('=') {
        Some((option, value)) => (Some(option), value),
        None => (None, argument.as_str()),
    };
    let Some(path) = value.strip_prefix('@').filter(|path| !path.is_empty()) else {
        return Ok(argument);
    };
    let Some(text) = load(path)? else {
        return Ok(argument);
    };
    let text = text.trim_end_matches('\n');
    Ok(option.map_or_else(|| text.to_owned(), |option| format!("{option}={text}")))
}

fn load(path: &str) -> Result<Option<String>, CliError> {
    if path == "-" {
        let mut text = String::new();
        let error = |error: io::Error| CliError::new(format!("stdin, named by '@-', cannot be read: {error}"));
        io::stdin().lock().read_to_string(&mut text).map_err(error)?;
        return Ok(Some(text));
    }
    let path = match (path.strip_prefix("~/"), config::home()) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(path),
    };
    Ok(fs::read(path).ok().map(decode))
}

/// UTF-8 with or without a byte order mark, or UTF-16; anything else as base64, as the reference has it.
fn decode(bytes: Vec<u8>) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        bytes.len().is_multiple_of(2).then(|| String::from_utf16(&units).ok()).flatten()
    };
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => Some(text.trim_start_matches('\u{feff}').to_owned()),
        Err(_) => match bytes.get(..2) {
            Some([0xfe, 0xff]) => utf16(&bytes[2..], u16::from_be_bytes),
            Some([0xff, 0xfe]) => utf16(&bytes[2..], u16::from_le_bytes),
            _ => utf16(&bytes, u16::from_le_bytes),
        },
    };
    text.unwrap_or_else(|| {
        use base64::Engine as _;
        base64::engine::general_purpose::STANDARD.encode(&bytes)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        assert_eq!(decode(b"\xef\xbb\xbfx".to_vec()), "x");
        assert_eq!(decode(b"\xff\xfex\0".to_vec()), "x");
        assert_eq!(decode(b"\xfe\xff\0x".to_vec()), "x");
        assert_eq!(decode(b"\xff\xff\xff".to_vec()), "////");
    }
}
