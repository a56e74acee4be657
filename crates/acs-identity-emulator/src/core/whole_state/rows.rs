//! Checks the lines of a file with the whole state.

use std::collections::HashSet;

use acs_identity_protocol::AccessKey;
use acs_identity_protocol::raw_id::is_guid;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use super::SETTINGS;
use super::format::{Line, RevocationOfLine};
use crate::core::assignments;
use crate::core::identities::MAX_CUSTOM_ID;
use crate::core::service_time::{self, CLOCK};
use crate::keys::signing::SigningKey;
use crate::store::revocation::{MAX_NUMBER, Revocation};
use crate::store::whole_state::{WholeIdentity, WholeState};
use crate::store::{AccessKeyRow, AccessSlot, AssignmentRow, IdentityRow, Kind, SigningKeyRow, SigningSlot};

/// No key was regenerated more often than this. Not all readers of JSON tell larger numbers apart.
const MAX_GENERATION: i64 = MAX_NUMBER;

const NANOS: i64 = 1_000_000_000;

/// The earliest time, in nanoseconds since 1970: the second before the earliest one that the clock can show.
const EARLIEST_NANOS: i64 = -NANOS;

/// The lines that were read so far.
#[derive(Clone)]
pub(super) struct Rows {
    /// The rows, except for identities and assignments that are only checked.
    state: WholeState,
    /// Whether identities and assignments are kept.
    keeps: bool,
    pub(super) identities: usize,
    pub(super) assignments: usize,
    last_user: String,
    last_assignment: Option<(Kind, String, String)>,
    custom_ids: HashSet<String>,
}

impl Rows {
    pub(super) fn new(keeps: bool) -> Self {
        Self {
            state: WholeState::default(),
            keeps,
            identities: 0,
            assignments: 0,
            last_user: String::new(),
            last_assignment: None,
            custom_ids: HashSet::new(),
        }
    }

    /// Adds the row of a line.
    pub(super) fn add(&mut self, line: &[u8]) -> Result<(), String> {
        // The error of serde shows values, which may be secret. It has no column for what is found after parsing.
        let line = serde_json::from_slice(line).map_err(|error| match (error.column(), not_a_number(line)) {
            (_, Some(name)) => format!("'{name}' is not a whole number, or is too large"),
            (0, None) => "a member is missing, unknown or not valid".to_owned(),
            (column, None) => format!("column {column} is not valid"),
        })?;
        match line {
            Line::Head { .. } | Line::End { .. } => return Err("a head or an end is in the middle".to_owned()),
            Line::Setting { name, value } => self.add_setting(name, value)?,
            Line::AccessKey { slot, generation, key } => self.add_access_key(&slot, generation, key)?,
            Line::SigningKey { slot, generation, pkcs8 } => self.add_signing_key(&slot, generation, &pkcs8)?,
            Line::Identity {
                user,
                custom_id,
                created_at,
                last_token_issued_at,
                revocation,
                revoked_below,
                revocations,
            } => {
                let row = IdentityRow { user, custom_id, last_token_issued_at, revocation, revoked_below, created_at };
                self.add_identity(row, revocations)?;
            }
            Line::Assignment { of, tenant, object, principal_type, client_ids } => {
                let kind = Kind::of_name(&of).ok_or("'of' is not a kind of assignments")?;
                self.add_assignment(kind, AssignmentRow { tenant, object, principal_type, client_ids })?;
            }
        }
        Ok(())
    }

    fn add_setting(&mut self, name: String, value: String) -> Result<(), String> {
        if !SETTINGS.contains(&name.as_str()) {
            return Err("the name of the setting is not known".to_owned());
        }
        if self.state.settings.iter().any(|(there, _)| *there == name) {
            return Err("the setting is given twice".to_owned());
        }
        if name == CLOCK && !service_time::is_state(&value) {
            return Err("'value' is not a state of the clock".to_owned());
        }
        self.state.settings.push((name, Some(value)));
        Ok(())
    }

    fn add_access_key(&mut self, slot: &str, generation: i64, key: String) -> Result<(), String> {
        let slot = AccessSlot::of_name(slot).ok_or("'slot' is neither primary nor secondary")?;
        check_generation(generation, 1)?;
        key.parse::<AccessKey>().map_err(|_| "'key' is not an access key")?;
        if self.state.access_keys.iter().any(|row| row.slot == slot) {
            return Err("the access key is given twice".to_owned());
        }
        self.state.access_keys.push(AccessKeyRow { slot, generation, key });
        Ok(())
    }

    fn add_signing_key(&mut self, slot: &str, generation: i64, pkcs8: &str) -> Result<(), String> {
        let slot = SigningSlot::of_name(slot).ok_or("'slot' is not the name of a signing key")?;
        check_generation(generation, 0)?;
        let pkcs8 = STANDARD.decode(pkcs8).map_err(|_| "'pkcs8' is not base64")?;
        SigningKey::from_pkcs8(&pkcs8).map_err(|_| "'pkcs8' is not an RSA private key")?;
        if self.state.signing_keys.iter().any(|row| row.slot == slot) {
            return Err("the signing key is given twice".to_owned());
        }
        self.state.signing_keys.push(SigningKeyRow { slot, generation, pkcs8 });
        Ok(())
    }

    fn add_identity(&mut self, row: IdentityRow, revocations: Vec<RevocationOfLine>) -> Result<(), String> {
        if !is_guid(&row.user) || row.user.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err("'user' is not a GUID in lower case".to_owned());
        }
        if self.last_user >= row.user {
            return Err("'user' is not after the one of the line before".to_owned());
        }
        if let Some(custom_id) = &row.custom_id {
            if !(1..=MAX_CUSTOM_ID).contains(&custom_id.chars().count()) {
                return Err(format!("'customId' must have from 1 to {MAX_CUSTOM_ID} characters"));
            }
            if self.keeps && !self.custom_ids.insert(custom_id.clone()) {
                return Err("'customId' is the one of another line".to_owned());
            }
        }
        if [row.created_at, row.last_token_issued_at].into_iter().flatten().any(|nanos| nanos < EARLIEST_NANOS) {
            return Err("a time is before 1970".to_owned());
        }
        let mut below = row.revoked_below;
        if !(0..=MAX_NUMBER).contains(&row.revocation) {
            return Err(format!("'revocation' must be from 0 to {MAX_NUMBER}"));
        }
        if !(0..=row.revocation).contains(&below) {
            return Err("'revokedBelow' must be from 0 to 'revocation'".to_owned());
        }
        let mut all = Vec::with_capacity(revocations.len());
        for (place, RevocationOfLine { number, issued_until, in_force_at }) in revocations.into_iter().enumerate() {
            if number <= below || number > row.revocation {
                return Err(format!(
                    "'revocations[{place}].number' must be above the number before and 'revokedBelow', and at most \
                     'revocation'"
                ));
            }
            // Both are times that the clock can have.
            let seconds = EARLIEST_NANOS / NANOS..=i64::MAX / NANOS;
            if issued_until.is_some_and(|until| !seconds.contains(&until))
                || in_force_at.is_some_and(|at| at < EARLIEST_NANOS)
            {
                return Err(format!("a time of 'revocations[{place}]' is out of range"));
            }
            below = number;
            all.push(Revocation { number, issued_until, in_force_at });
        }
        self.identities += 1;
        self.last_user.clone_from(&row.user);
        if self.keeps {
            self.state.identities.push(WholeIdentity { row, revocations: all });
        }
        Ok(())
    }

    fn add_assignment(&mut self, kind: Kind, row: AssignmentRow) -> Result<(), String> {
        if let Some(why) = assignments::problem_of(kind, &row) {
            return Err(why.to_owned());
        }
        let key = Some((kind, row.object.clone(), row.tenant.clone()));
        if self.last_assignment >= key {
            return Err("the assignment is not after the one of the line before".to_owned());
        }
        self.last_assignment = key;
        self.assignments += 1;
        if self.keeps {
            self.state.assignments.push((kind, row));
        }
        Ok(())
    }

    /// Returns the state, if it has what every state must have.
    pub(super) fn end(mut self) -> Result<WholeState, String> {
        if self.state.access_keys.len() != AccessSlot::ALL.len() {
            return Err("it lacks an access key".to_owned());
        }
        // A setting that the file does not have must not keep its value.
        for name in SETTINGS {
            if !self.state.settings.iter().any(|(there, _)| there == name) {
                self.state.settings.push(((*name).to_owned(), None));
            }
        }
        Ok(self.state)
    }
}

fn check_generation(generation: i64, least: i64) -> Result<(), String> {
    if (least..=MAX_GENERATION).contains(&generation) {
        return Ok(());
    }
    Err(format!("'generation' must be from {least} to {MAX_GENERATION}"))
}

/// Returns the numeric member of a line that is not an integer of the type.
fn not_a_number(line: &[u8]) -> Option<String> {
    const NAMES: [&str; 5] = ["generation", "createdAt", "lastTokenIssuedAt", "revocation", "revokedBelow"];
    const NAMES_OF_REVOCATIONS: [&str; 3] = ["number", "issuedUntil", "inForceAt"];
    let line: Json = serde_json::from_slice(line).ok()?;
    let is_wrong = |value: &Json| value.is_number() && value.as_i64().is_none();
    if let Some(name) = NAMES.into_iter().find(|name| is_wrong(&line[*name])) {
        return Some(name.to_owned());
    }
    line["revocations"].as_array()?.iter().enumerate().find_map(|(place, revocation)| {
        let name = NAMES_OF_REVOCATIONS.into_iter().find(|name| is_wrong(&revocation[*name]))?;
        Some(format!("revocations[{place}].{name}"))
    })
}
