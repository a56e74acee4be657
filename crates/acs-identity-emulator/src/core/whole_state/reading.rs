//! Reads a file with the whole state as it arrives. All of it is checked before anything is changed.

use acs_identity_protocol::raw_id::is_guid;

use super::format::{Checksum, FORMAT, Line};
use super::rows::Rows;
use crate::store::whole_state::WholeState;
use crate::store::{AccessKeyRow, AccessSlot};

/// The longest line, in bytes. The row of a request with the largest body fits.
const MAX_LINE: usize = 8 * 1024 * 1024;

/// A file that was read and checked.
pub(crate) struct StateFile {
    pub(crate) resource_id: String,
    pub(super) state: WholeState,
}

impl StateFile {
    /// Returns the primary access key in base64.
    pub(crate) fn primary_key(&self) -> &str {
        let is_primary = |row: &&AccessKeyRow| row.slot == AccessSlot::Primary;
        self.state.access_keys.iter().find(is_primary).map_or("", |row| &row.key)
    }
}

const CUT: &str = "it is incomplete: its last line is not an end line";

/// Reads the content of a file.
///
/// # Errors
///
/// Fails with the reason when the file is not complete, was changed, or does not fit this emulator.
pub(crate) fn read(content: &[u8]) -> Result<StateFile, String> {
    let mut reading = Reading::new(true);
    reading.add(content);
    Ok(reading.end()?.file)
}

/// A file of which a part was read.
#[derive(Clone)]
pub(super) struct Reading {
    rows: Rows,
    checksum: Checksum,
    /// The number of lines in the checksum.
    number: usize,
    /// A complete line, if it is not in the checksum because it may be the last one.
    waiting: Vec<u8>,
    /// The begin of a line.
    begun: Vec<u8>,
    resource_id: String,
    /// Why the first line is not a head.
    wrong_head: Option<String>,
    /// What is wrong with the first wrong line. A wrong checksum explains it better.
    wrong_line: Option<String>,
}

/// A file that was read, and its numbers.
pub(super) struct Read {
    pub(super) file: StateFile,
    pub(super) identities: usize,
    pub(super) assignments: usize,
}

impl Reading {
    /// Begins. Identities and assignments are kept, or only checked.
    pub(super) fn new(keeps: bool) -> Self {
        Self {
            rows: Rows::new(keeps),
            checksum: Checksum::new(),
            number: 0,
            waiting: Vec::new(),
            begun: Vec::new(),
            resource_id: String::new(),
            wrong_head: None,
            wrong_line: None,
        }
    }

    /// Reads the next bytes.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.begun.len() + part.len() > MAX_LINE {
                // The rest of such a file is not read.
                self.wrong_head.get_or_insert_with(|| format!("a line has more than {} MiB", MAX_LINE >> 20));
            }
            if self.wrong_head.is_some() {
                return;
            }
            self.begun.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.line();
            }
        }
    }

    /// Takes the line that is complete now. Only then, the line before is not the last one.
    fn line(&mut self) {
        std::mem::swap(&mut self.waiting, &mut self.begun);
        let before = std::mem::take(&mut self.begun);
        if !before.is_empty() {
            self.checked(&before);
        }
        // The memory of the line is used again.
        self.begun = before;
        self.begun.clear();
    }

    /// Checks a line that is not the last one.
    fn checked(&mut self, line: &[u8]) {
        self.number += 1;
        self.checksum.add(line);
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        if self.number == 1 {
            match serde_json::from_slice(text) {
                Ok(Line::Head { format: FORMAT, resource_id, .. }) => self.resource_id = resource_id,
                _ => self.wrong_head = Some(why_not_a_head(text)),
            }
        } else if self.wrong_line.is_none() && !text.is_empty() {
            self.wrong_line = self.rows.add(text).err().map(|why| format!("line {}: {why}", self.number));
        }
    }

    /// Ends the file.
    pub(super) fn end(mut self) -> Result<Read, String> {
        if self.number == 0 {
            // There is at most one line, and it may be half a head.
            let first = std::mem::take(if self.waiting.is_empty() { &mut self.begun } else { &mut self.waiting });
            self.checked(&first);
            return Err(self.wrong_head.unwrap_or_else(|| CUT.to_owned()));
        }
        if let Some(why) = self.wrong_head {
            return Err(why);
        }
        let Some(Line::End { identities, assignments, sha256 }) =
            serde_json::from_slice(&self.waiting).ok().filter(|_| self.begun.is_empty())
        else {
            return Err(CUT.to_owned());
        };
        if self.checksum.end() != sha256 {
            return Err("it is damaged or was changed: its checksum is wrong".to_owned());
        }
        if !is_guid(&self.resource_id) {
            return Err("line 1: resourceId is not a GUID".to_owned());
        }
        if let Some(why) = self.wrong_line {
            return Err(why);
        }
        if (self.rows.identities, self.rows.assignments) != (identities, assignments) {
            return Err("the numbers in its end line are wrong".to_owned());
        }
        let file = StateFile { resource_id: self.resource_id, state: self.rows.end()? };
        Ok(Read { file, identities, assignments })
    }
}

/// Returns why a first line is not the head of this format.
fn why_not_a_head(line: &[u8]) -> String {
    let head: serde_json::Value = serde_json::from_slice(line).unwrap_or_default();
    match (head["kind"].as_str(), head["format"].as_u64()) {
        (Some("head"), Some(format)) if format != u64::from(FORMAT) => {
            format!("it has the format {format}, and this emulator reads the format {FORMAT}: use a newer emulator")
        }
        _ => "it is not an export of the emulator".to_owned(),
    }
}
