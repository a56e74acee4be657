//! Reads a file with the whole state. All of it is checked before anything is changed.

use std::collections::HashSet;

use acs_identity_protocol::AccessKey;
use acs_identity_protocol::raw_id::is_guid;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::SETTINGS;
use super::format::{FORMAT, Line, RevocationOfLine, checksum};
use crate::core::identities::MAX_CUSTOM_ID;
use crate::core::service_time::{self, CLOCK};
use crate::keys::signing::SigningKey;
use crate::store::revocation::Revocation;
use crate::store::whole_state::{WholeIdentity, WholeState};
use crate::store::{AccessKeyRow, AccessSlot, AssignmentRow, IdentityRow, Kind, SigningKeyRow, SigningSlot};

/// No key was regenerated more often than this. A larger number would leave no room for further regenerations.
const MAX_GENERATION: i64 = 1 << 53;

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
    let first = content.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    let resource_id = match serde_json::from_slice::<Line>(first) {
        Ok(Line::Head { format: FORMAT, resource_id, .. }) => resource_id,
        _ => return Err(why_not_a_head(first)),
    };
    let body = content.strip_suffix(b"\n").ok_or(CUT)?;
    let start_of_end = body.iter().rposition(|byte| *byte == b'\n').ok_or(CUT)? + 1;
    let (before, end) = body.split_at(start_of_end);
    let Ok(Line::End { identities, assignments, sha256 }) = serde_json::from_slice(end) else {
        return Err(CUT.to_owned());
    };
    if checksum(before) != sha256 {
        return Err("it is damaged or was changed: its checksum is wrong".to_owned());
    }
    if !is_guid(&resource_id) {
        return Err("line 1: resourceId is not a GUID".to_owned());
    }
    let mut reading = Reading::default();
    for (number, line) in before.split(|byte| *byte == b'\n').enumerate().skip(1).filter(|(_, line)| !line.is_empty()) {
        reading.add(line).map_err(|why| format!("line {}: {why}", number + 1))?;
    }
    let state = reading.end()?;
    if (state.identities.len(), state.assignments.len()) != (identities, assignments) {
        return Err("the numbers in its end line are wrong".to_owned());
    }
    Ok(StateFile { resource_id, state })
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

/// The lines that were read so far.
#[derive(Default)]
struct Reading {
    state: WholeState,
    custom_ids: HashSet<String>,
}

impl Reading {
    fn add(&mut self, line: &[u8]) -> Result<(), String> {
        // The error of serde shows values, which may be secret. It has no column for what is found after parsing.
        let line = serde_json::from_slice(line).map_err(|error| match error.column() {
            0 => "a member is missing, unknown or not valid".to_owned(),
            column => format!("column {column} is not valid"),
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
        if self.state.identities.last().is_some_and(|last| last.row.user >= row.user) {
            return Err("'user' is not after the one of the line before".to_owned());
        }
        if let Some(custom_id) = &row.custom_id {
            if !(1..=MAX_CUSTOM_ID).contains(&custom_id.chars().count()) {
                return Err(format!("'customId' must have from 1 to {MAX_CUSTOM_ID} characters"));
            }
            if !self.custom_ids.insert(custom_id.clone()) {
                return Err("'customId' is the one of another line".to_owned());
            }
        }
        let mut below = row.revoked_below;
        if !(0..=MAX_GENERATION).contains(&row.revocation) || !(0..=row.revocation).contains(&below) {
            return Err("'revocation' and 'revokedBelow' do not fit each other".to_owned());
        }
        let mut all = Vec::with_capacity(revocations.len());
        for RevocationOfLine { number, issued_until, in_force_at } in revocations {
            if number <= below || number > row.revocation {
                return Err("the numbers of the revocations do not fit".to_owned());
            }
            below = number;
            all.push(Revocation { number, issued_until, in_force_at });
        }
        self.state.identities.push(WholeIdentity { row, revocations: all });
        Ok(())
    }

    fn add_assignment(&mut self, kind: Kind, row: AssignmentRow) -> Result<(), String> {
        if !is_guid(&row.tenant) || !is_guid(&row.object) {
            return Err("'tenant' and 'object' must be GUIDs".to_owned());
        }
        let key = |kind: Kind, row: &AssignmentRow| (kind, row.object.clone(), row.tenant.clone());
        if self.state.assignments.last().is_some_and(|(last, there)| key(*last, there) >= key(kind, &row)) {
            return Err("the assignment is not after the one of the line before".to_owned());
        }
        self.state.assignments.push((kind, row));
        Ok(())
    }

    /// Returns the state, if it has what every state must have.
    fn end(mut self) -> Result<WholeState, String> {
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
    Err("'generation' is out of range".to_owned())
}
