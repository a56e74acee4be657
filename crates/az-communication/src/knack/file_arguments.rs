//! Reads values that start with `@` from the file of that name. As in the reference, this happens before the command
//! line is parsed.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use crate::files::text_file::{self, TextFault};
use crate::files::text_mode::universal_newlines;
use crate::report::error::CliError;
use crate::system;
use crate::system::system_text;

/// The size limit of a file, in bytes. It is larger than any command line.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

/// Replaces `@file` and `--option=@file` by the text of the file, without the line breaks at its end. `@-` reads stdin.
/// A value whose file does not exist stays unchanged.
///
/// # Errors
///
/// When stdin cannot be read or is not UTF-8, or when a file is larger than 16 MiB.
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

/// Returns the file that a value names with `@`, and the reason why it cannot be read. Returns `None` if the value
/// names no file, or if the file can be read. After parsing, a value starts with `@` only if its file could not be read
/// before.
pub fn unreadable(value: &str) -> Option<(&str, String)> {
    let path = value.strip_prefix('@').filter(|path| !path.is_empty() && *path != "-")?;
    let file = system::expand_user(path);
    let read = match fs::metadata(&file) {
        // Opening a pipe again could block forever.
        Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => Ok(()),
        Ok(_) => File::open(&file).and_then(|mut file| file.read(&mut [0]).map(drop)),
        Err(error) => Err(error),
    };
    read.err().map(|error| (path, system_text(&error)))
}

fn load(path: &str) -> Result<Option<String>, CliError> {
    if path == "-" {
        let fail = |why: &str| CliError::new(format!("stdin, named by '@-', cannot be read: {why}."));
        let bytes = read(io::stdin().lock(), path)?.map_err(|error| fail(&system_text(&error)))?;
        return String::from_utf8(bytes).map(Some).map_err(|_| fail("it is not UTF-8"));
    }
    let file = match text_file::open(Path::new(&system::expand_user(path))) {
        Ok(file) => file,
        Err(fault @ TextFault::NoWriter) => return Err(CliError::new(format!("'@{path}' cannot be read: {fault}."))),
        Err(_) => return Ok(None),
    };
    // Line breaks of stdin are kept, as in Python.
    Ok(read(file, path)?.ok().map(decode).map(universal_newlines))
}

/// Reads everything from a reader, up to the size limit.
fn read(reader: impl Read, path: &str) -> Result<io::Result<Vec<u8>>, CliError> {
    let mut bytes = Vec::new();
    let read = reader.take(MAX_BYTES + 1).read_to_end(&mut bytes);
    if bytes.len() as u64 > MAX_BYTES {
        let limit = MAX_BYTES / 1024 / 1024;
        return Err(CliError::new(format!("'@{path}' names a file of more than {limit} MiB."))
            .hint("Name the file whose text is the value of the argument."));
    }
    Ok(read.map(|_| bytes))
}

/// Decodes text with the first encoding that fits, in the order of the reference: UTF-8 with or without a byte order
/// mark, UTF-16 with a byte order mark, UTF-16 little-endian, UTF-16 big-endian. Other bytes are encoded as base64.
fn decode(bytes: Vec<u8>) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        bytes.len().is_multiple_of(2).then(|| String::from_utf16(&units).ok()).flatten()
    };
    let text = match std::str::from_utf8(&bytes) {
        Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()),
        Err(_) => match bytes.get(..2) {
            Some([0xfe, 0xff]) => utf16(&bytes[2..], u16::from_be_bytes),
            Some([0xff, 0xfe]) => utf16(&bytes[2..], u16::from_le_bytes),
            _ => None,
        }
        .or_else(|| utf16(&bytes, u16::from_le_bytes))
        .or_else(|| utf16(&bytes, u16::from_be_bytes)),
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
    fn files_are_decoded_as_by_the_reference() {
        // The expected values are the results of Python's open() with 'utf-8-sig', 'utf-8', 'utf-16', 'utf-16le' and
        // 'utf-16be' in turn.
        assert_eq!(decode(b"\xef\xbb\xbfx".to_vec()), "x");
        assert_eq!(decode(b"\xef\xbb\xbf\xef\xbb\xbfx".to_vec()), "\u{feff}x");
        assert_eq!(decode(b"\xff\xfex\0".to_vec()), "x");
        assert_eq!(decode(b"\xfe\xff\0x".to_vec()), "x");
        assert_eq!(decode(b"\xff\xff\xff".to_vec()), "////");
        assert_eq!(decode(b"\xfe\xff\xd8\x00".to_vec()), "\u{fffe}\u{d8}");
        assert_eq!(decode(b"\x00\xdcx\xff".to_vec()), "\u{dc}\u{78ff}");
    }

    #[test]
    fn a_text_of_more_than_16_mib_is_refused() {
        let error = read(std::io::repeat(b'x'), "long").unwrap_err();
        assert_eq!(error.message, "'@long' names a file of more than 16 MiB.");
    }
}
