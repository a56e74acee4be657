//! Seeds: what an emulator has from its start, as a user writes it down in YAML or JSON.
//!
//! docs/emulator/seed.schema.json describes the format. Everything is checked before the emulator starts, so an error
//! names the line and the field.

mod document;
mod faults;
mod reading;
#[cfg(test)]
mod tests;

use std::fmt;

use acs_identity_protocol::AccessKey;
use acs_identity_protocol::visible::inert;
use time::OffsetDateTime;

use crate::faults::Rule;

/// The largest number of characters of a custom id (docs/service.md, section 5).
pub(crate) const MAX_CUSTOM_ID: usize = 256;

/// What an emulator has from its start. What the data folder has already is not changed.
///
/// It may contain keys, so `Debug` shows numbers only.
#[derive(Clone)]
pub struct Seed {
    /// The GUID of the resource, with its place.
    pub(crate) resource_id: Option<(String, At)>,
    /// The primary and the secondary access key.
    pub(crate) keys: [Option<AccessKey>; 2],
    pub(crate) clock: Option<SeedClock>,
    pub(crate) identities: Vec<SeedIdentity>,
    pub(crate) teams_extension: Vec<SeedAssignment>,
    pub(crate) entra: Vec<SeedAssignment>,
    /// The faults. They are in memory, so each start has them.
    pub(crate) faults: Vec<Rule>,
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seed")
            .field("identities", &self.identities.len())
            .field("assignments", &(self.teams_extension.len() + self.entra.len()))
            .finish_non_exhaustive()
    }
}

/// The clock of a new folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SeedClock {
    /// The time that it shows. `None` means the machine's time.
    pub(crate) now: Option<OffsetDateTime>,
    pub(crate) is_frozen: bool,
}

/// An identity. It has an id, a custom id, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeedIdentity {
    pub(crate) at: At,
    /// The user's GUID, in lower case.
    pub(crate) user: Option<String>,
    pub(crate) custom_id: Option<String>,
    /// Each revokes the tokens that were issued until that time, or until now.
    pub(crate) revocations: Vec<Option<OffsetDateTime>>,
}

/// An assignment. GUIDs are in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SeedAssignment {
    pub(crate) tenant: String,
    pub(crate) object: String,
    pub(crate) principal_type: String,
    pub(crate) client_ids: Option<Vec<String>>,
}

/// A place in a seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct At {
    /// The line, from 1.
    pub(crate) line: usize,
    /// The field, such as `identities[0].customId`. It is empty for the whole seed.
    pub(crate) field: String,
}

impl At {
    /// Returns the error for this place. The text follows the name of the field.
    pub(crate) fn error(&self, what: impl Into<String>) -> SeedError {
        SeedError { at: self.clone(), what: what.into() }
    }
}

/// The reason why a seed cannot be used. Its text names the line and the field, and has no full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeedError {
    at: At,
    what: String,
}

impl SeedError {
    /// Returns the line, from 1.
    pub fn line(&self) -> usize {
        self.at.line
    }

    /// Returns the field, such as `identities[0].customId`. It is empty for the whole seed.
    pub fn field(&self) -> &str {
        &self.at.field
    }
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let At { line, field } = &self.at;
        let separator = if field.is_empty() { "" } else { " " };
        // Names and values of the file may have control characters.
        f.write_str(&inert(&format!("line {line}: {field}{separator}{}", self.what)))
    }
}

impl std::error::Error for SeedError {}

impl Seed {
    /// Reads a seed in YAML or JSON.
    ///
    /// # Errors
    ///
    /// Fails with the place of the first mistake.
    pub fn parse(content: &[u8]) -> Result<Self, SeedError> {
        reading::read(&document::parse(content)?)
    }
}
