//! Rows and their checksums. Each row is checked when it is read. SQLite has no checksums, so it would return flipped
//! bits as values.

use crc32fast::Hasher;
use rusqlite::Row;

use super::fault::Fault;
use crate::store::revocation::Revocation;
use crate::store::rows::{AccessKeyRow, AccessSlot, AssignmentRow, IdentityRow, SigningKeyRow, SigningSlot};

/// The checksum of a row. It covers the table's name and all columns with their types and lengths.
struct Checksum(Hasher);

impl Checksum {
    fn of(table: &str) -> Self {
        Self(Hasher::new()).text(Some(table))
    }

    fn bytes(mut self, kind: u8, bytes: &[u8]) -> Self {
        self.0.update(&[kind]);
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
        self
    }

    fn text(self, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.bytes(b't', value.as_bytes()),
            None => self.bytes(b'n', &[]),
        }
    }

    fn number(self, value: Option<i64>) -> Self {
        match value {
            Some(value) => self.bytes(b'i', &value.to_le_bytes()),
            None => self.bytes(b'n', &[]),
        }
    }

    fn end(self) -> u32 {
        self.0.finalize()
    }
}

pub(super) fn identity_checksum(row: &IdentityRow) -> u32 {
    let checksum = Checksum::of("identities")
        .text(Some(&row.user))
        .text(row.custom_id.as_deref())
        .number(row.last_token_issued_at)
        .number(Some(row.revocation))
        .number(Some(row.revoked_below));
    // Schema 4 did not have this column. Without a value, the checksum is the same as in that schema, so that its rows
    // need not be written again.
    match row.created_at {
        Some(at) => checksum.number(Some(at)).end(),
        None => checksum.end(),
    }
}

pub(super) fn revocation_checksum(user: &str, row: &Revocation) -> u32 {
    Checksum::of("revocations")
        .text(Some(user))
        .number(Some(row.number))
        .number(row.issued_until)
        .number(row.in_force_at)
        .end()
}

pub(super) fn assignment_checksum(kind: &str, row: &AssignmentRow, client_ids: Option<&str>) -> u32 {
    Checksum::of("assignments")
        .text(Some(kind))
        .text(Some(&row.object))
        .text(Some(&row.tenant))
        .text(Some(&row.principal_type))
        .text(client_ids)
        .end()
}

pub(super) fn setting_checksum(name: &str, value: &str) -> u32 {
    Checksum::of("settings").text(Some(name)).text(Some(value)).end()
}

pub(super) fn access_key_checksum(row: &AccessKeyRow) -> u32 {
    Checksum::of("access_keys").text(Some(row.slot.name())).number(Some(row.generation)).text(Some(&row.key)).end()
}

pub(super) fn signing_key_checksum(row: &SigningKeyRow) -> u32 {
    Checksum::of("signing_keys").text(Some(row.slot.name())).number(Some(row.generation)).bytes(b'b', &row.pkcs8).end()
}

/// Returns a row if its checksum is right.
fn checked<T>(value: T, ours: u32, stored: i64, name: impl FnOnce(&T) -> String) -> Result<T, Fault> {
    if i64::from(ours) == stored {
        return Ok(value);
    }
    Err(Fault::Damaged(name(&value)))
}

fn named(table: &str, key: &str) -> String {
    format!("the row {key:?} of the table {table} differs from the data that was written")
}

pub(super) const IDENTITY: &str =
    "user, custom_id, last_token_issued_at, revocation, revoked_below, checksum, created_at";

pub(super) fn identity(row: &Row<'_>) -> Result<IdentityRow, Fault> {
    let value = IdentityRow {
        user: row.get(0)?,
        custom_id: row.get(1)?,
        last_token_issued_at: row.get(2)?,
        revocation: row.get(3)?,
        revoked_below: row.get(4)?,
        created_at: row.get(6)?,
    };
    let ours = identity_checksum(&value);
    checked(value, ours, row.get(5)?, |value| named("identities", &value.user))
}

pub(super) const REVOCATION: &str = "user, number, issued_until, in_force_at, checksum";

pub(super) fn revocation(row: &Row<'_>) -> Result<Revocation, Fault> {
    let user: String = row.get(0)?;
    let value = Revocation { number: row.get(1)?, issued_until: row.get(2)?, in_force_at: row.get(3)? };
    checked(value, revocation_checksum(&user, &value), row.get(4)?, |_| named("revocations", &user))
}

pub(super) const ASSIGNMENT: &str = "kind, object, tenant, principal_type, client_ids, checksum";

pub(super) fn assignment(row: &Row<'_>) -> Result<AssignmentRow, Fault> {
    let kind: String = row.get(0)?;
    let client_ids: Option<String> = row.get(4)?;
    let mut value =
        AssignmentRow { object: row.get(1)?, tenant: row.get(2)?, principal_type: row.get(3)?, client_ids: None };
    let ours = assignment_checksum(&kind, &value, client_ids.as_deref());
    value = checked(value, ours, row.get(5)?, |value| named("assignments", &value.object))?;
    value.client_ids =
        client_ids_of(client_ids.as_deref()).map_err(|()| Fault::Damaged(named("assignments", &value.object)))?;
    Ok(value)
}

/// Parses a list of applications. A list that cannot be parsed is an error, so it grants no access.
pub(super) fn client_ids_of(text: Option<&str>) -> Result<Option<Vec<String>>, ()> {
    text.map(|text| serde_json::from_str(text).map_err(drop)).transpose()
}

/// Formats a list of applications.
pub(super) fn client_ids_text(row: &AssignmentRow) -> Option<String> {
    row.client_ids.as_ref().map(|ids| serde_json::Value::from(ids.clone()).to_string())
}

pub(super) const SETTING: &str = "name, value, checksum";

pub(super) fn setting(row: &Row<'_>) -> Result<(String, String), Fault> {
    let value: (String, String) = (row.get(0)?, row.get(1)?);
    let ours = setting_checksum(&value.0, &value.1);
    checked(value, ours, row.get(2)?, |(name, _)| named("settings", name))
}

pub(super) const ACCESS_KEY: &str = "slot, generation, key, checksum";

pub(super) fn access_key(row: &Row<'_>) -> Result<AccessKeyRow, Fault> {
    let name: String = row.get(0)?;
    let slot = AccessSlot::of_name(&name).ok_or_else(|| Fault::Damaged(named("access_keys", &name)))?;
    let value = AccessKeyRow { slot, generation: row.get(1)?, key: row.get(2)? };
    let ours = access_key_checksum(&value);
    checked(value, ours, row.get(3)?, |_| named("access_keys", &name))
}

pub(super) const SIGNING_KEY: &str = "slot, generation, pkcs8, checksum";

pub(super) fn signing_key(row: &Row<'_>) -> Result<SigningKeyRow, Fault> {
    let name: String = row.get(0)?;
    let slot = SigningSlot::of_name(&name).ok_or_else(|| Fault::Damaged(named("signing_keys", &name)))?;
    let value = SigningKeyRow { slot, generation: row.get(1)?, pkcs8: row.get(2)? };
    let ours = signing_key_checksum(&value);
    checked(value, ours, row.get(3)?, |_| named("signing_keys", &name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_column_of_an_assignment_changes_its_checksum() {
        let row = |tenant: &str, object: &str, principal_type: &str| AssignmentRow {
            tenant: tenant.into(),
            object: object.into(),
            principal_type: principal_type.into(),
            client_ids: None,
        };
        let all = [
            assignment_checksum("entra", &row("t", "o", "user"), None),
            assignment_checksum("teams", &row("t", "o", "user"), None),
            assignment_checksum("entra", &row("u", "o", "user"), None),
            assignment_checksum("entra", &row("t", "p", "user"), None),
            assignment_checksum("entra", &row("t", "o", "group"), None),
            assignment_checksum("entra", &row("t", "o", "user"), Some("")),
            assignment_checksum("entra", &row("t", "o", "user"), Some("a")),
        ];
        assert_eq!(std::collections::HashSet::from(all).len(), all.len());
    }
}
