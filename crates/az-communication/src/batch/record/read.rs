//! Reads a file that may be a record, and refuses other files.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::Path;

use acs_identity_protocol::jwt::UnverifiedJwt;

use crate::batch::record::format;
use crate::batch::record::state::State;
use crate::batch::record::types::{Header, Line, Operation, scopes_in_words};
use crate::batch::record::unusable;
use crate::report::error::CliError;
use crate::system::system_text;

/// The longest line in bytes. A token has some thousand bytes.
const MAX_LINE: u64 = 1024 * 1024;

/// The part of a file to keep.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Content {
    /// How many bytes are complete lines. The bytes after them are a line of ours that was cut off.
    pub(crate) whole: u64,
    /// Whether the last line is complete except for its line break.
    pub(crate) lacks_line_end: bool,
    /// Whether the file has a header of this version.
    pub(crate) has_header: bool,
}

/// Reads a record into `state`. The file is not changed.
///
/// # Errors
///
/// When the file is not a record, or is the record of another batch.
pub(crate) fn read(path: &Path, file: &File, asked: &Header, state: &mut State) -> Result<Content, CliError> {
    let refuse = |why: &str| unusable(path, why).hint("Nothing was changed. Give another --out-file.");
    let header = asked.line();
    let mut content = Content::default();
    // The differences between the batch of the record and the requested batch.
    let mut differences = Vec::new();
    let mut reader = BufReader::with_capacity(64 * 1024, file);
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line);
        let length = read.map_err(|error: io::Error| unusable(path, &system_text(&error)))?;
        if length == 0 {
            break;
        }
        if length as u64 == MAX_LINE {
            return Err(refuse(&what_it_is(number, b"")));
        }
        let not_ours = || refuse(&what_it_is(number, &line));
        let Some(text) = line.strip_suffix(b"\n") else {
            if content.whole == 0 {
                // Only a partial header of this same command may be overwritten.
                if !header.as_bytes().starts_with(&line) {
                    return Err(not_ours());
                }
            } else if let Some(parsed) = format::parse(&line) {
                take(parsed, number, asked, state, &mut content, &mut differences).map_err(|why| refuse(&why))?;
                content.whole += length as u64;
                content.lacks_line_end = true;
            } else if !format::is_cut_line(&line, &header) {
                return Err(not_ours());
            }
            break;
        };
        let parsed = format::parse(text).ok_or_else(not_ours)?;
        take(parsed, number, asked, state, &mut content, &mut differences).map_err(|why| refuse(&why))?;
        content.whole += length as u64;
    }
    if differences.is_empty() {
        return Ok(content);
    }
    if state.is_blank() {
        // A command with a mistake leaves such a record. It must not prevent the corrected command.
        *state = State::default();
        return Ok(Content::default());
    }
    Err(refuse(&differences.join(", and ")))
}

/// Adds a complete line to the state, or returns the reason why the file cannot be used.
fn take(
    line: Line,
    number: u64,
    asked: &Header,
    state: &mut State,
    content: &mut Content,
    differences: &mut Vec<String>,
) -> Result<(), String> {
    match line {
        Line::Header(header) if !content.has_header => {
            *differences = header.differences(asked);
            if header.operation != asked.operation {
                return Err(differences.join(", and "));
            }
            content.has_header = true;
            state.key(header.key);
            Ok(())
        }
        Line::Former { ref token, .. } if !content.has_header => {
            if asked.operation != Operation::Issue {
                return Err(format!("it is the record of `{}`", Operation::Issue.name()));
            }
            if number == 1 {
                check_scopes(token, &asked.scopes)?;
            }
            state.take(line);
            Ok(())
        }
        Line::Header(_) | Line::Former { .. } => Err(format!("line {number} is not expected there")),
        line if content.has_header && line.belongs_to(asked.operation) => {
            state.take(line);
            Ok(())
        }
        _ => Err(format!("line {number} is not a line of a batch record")),
    }
}

/// Compares the scopes of a token with the requested scopes. Records of the former version do not name the scopes, but
/// their tokens do.
fn check_scopes(token: &str, asked: &[String]) -> Result<(), String> {
    let Ok(jwt) = UnverifiedJwt::decode(token) else { return Ok(()) };
    let Some(scopes) = jwt.claim_str("acsScope") else { return Ok(()) };
    let scopes: Vec<String> = scopes.split(',').map(str::to_owned).collect();
    let same = scopes.iter().all(|scope| asked.contains(scope)) && asked.iter().all(|scope| scopes.contains(scope));
    if same { Ok(()) } else { Err(format!("its tokens have {}", scopes_in_words(&scopes))) }
}

/// Describes why a line is not a line of a record.
fn what_it_is(number: u64, line: &[u8]) -> String {
    let text = line.strip_suffix(b"\n").unwrap_or(line);
    let rewritten = "another program has rewritten it";
    if number == 1 && text.starts_with(b"\xef\xbb\xbf") {
        return format!("it begins with a byte-order mark, so {rewritten}");
    }
    if let Some(before) = text.strip_suffix(b"\r")
        && format::parse(before).is_some()
    {
        return format!("its lines end with a carriage return, so {rewritten}");
    }
    match format::other_version(text) {
        Some(version) if number == 1 => format!(
            "it is a record of format {version}, which this version does not \
            support"
        ),
        _ => format!("line {number} is not a line of a batch record"),
    }
}
