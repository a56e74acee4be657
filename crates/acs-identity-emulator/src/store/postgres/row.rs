//! Rows of the tables, and texts as the database keeps them.

use std::borrow::Cow;

use tokio_postgres::Row;
use tokio_postgres::types::FromSql;

use super::fault::Fault;
use super::secret::Secrets;
use crate::store::revocation::Revocation;
use crate::store::rows::{AccessKeyRow, AccessSlot, AssignmentRow, IdentityRow, SigningKeyRow, SigningSlot};

/// Reads the columns of a row from left to right.
pub(super) struct Columns<'a> {
    row: &'a Row,
    next: usize,
}

impl<'a> Columns<'a> {
    pub(super) fn of(row: &'a Row) -> Self {
        Self { row, next: 0 }
    }

    pub(super) fn next<T: FromSql<'a>>(&mut self) -> Result<T, Fault> {
        self.next += 1;
        self.row.try_get(self.next - 1).map_err(|error| Fault::of_value(&error))
    }
}

/// Returns the value of a result with one row and one column.
pub(super) fn single<T: for<'a> FromSql<'a>>(rows: &[Row]) -> Result<T, Fault> {
    let row = rows.first().ok_or_else(|| Fault::Damaged("a table that has one row is empty".to_owned()))?;
    Columns::of(row).next()
}

/// The character that stands for U+0000, which PostgreSQL does not store, and the one before each of the two.
const NUL: char = '\u{2}';
const MARK: char = '\u{1}';

/// Returns a custom id as the database keeps it. It may contain any character.
pub(super) fn kept(custom_id: &str) -> Cow<'_, str> {
    if !custom_id.contains(['\0', MARK]) {
        return Cow::Borrowed(custom_id);
    }
    let mut kept = String::with_capacity(custom_id.len() + 1);
    for character in custom_id.chars() {
        match character {
            '\0' => kept.extend([MARK, NUL]),
            MARK => kept.extend([MARK, MARK]),
            other => kept.push(other),
        }
    }
    Cow::Owned(kept)
}

/// Returns the custom id that is kept as this text.
fn meant(kept: String) -> String {
    if !kept.contains(MARK) {
        return kept;
    }
    let mut characters = kept.chars();
    let mut meant = String::with_capacity(kept.len());
    while let Some(character) = characters.next() {
        meant.push(match character {
            MARK => characters.next().map_or(MARK, |second| if second == NUL { '\0' } else { second }),
            other => other,
        });
    }
    meant
}

/// The columns of [`identity`], of a table `i`.
pub(super) const IDENTITY: &str =
    "i.user_id, i.custom_id, i.last_token_issued_at, i.revocation, i.revoked_below, i.created_at";

/// Returns the join that adds the identity of a row as `i`, by one of its names. The planner cannot merge a subquery
/// with a limit into the statement, so the index is used for each row, and the whole table is never read.
pub(super) fn join_identity(name: &str, of: &str) -> String {
    format!("LEFT JOIN LATERAL (SELECT * FROM identities WHERE {name} = {of} LIMIT 1) i ON true")
}

/// Returns an identity. Returns `None` if there is none, which is so if an outer join found nothing.
pub(super) fn identity_or_none(columns: &mut Columns<'_>) -> Result<Option<IdentityRow>, Fault> {
    let user: Option<String> = columns.next()?;
    let custom_id: Option<String> = columns.next()?;
    let last_token_issued_at = columns.next()?;
    let (revocation, revoked_below): (Option<i64>, Option<i64>) = (columns.next()?, columns.next()?);
    let created_at = columns.next()?;
    let (Some(user), Some(revocation), Some(revoked_below)) = (user, revocation, revoked_below) else {
        return Ok(None);
    };
    let custom_id = custom_id.map(meant);
    Ok(Some(IdentityRow { user, custom_id, last_token_issued_at, revocation, revoked_below, created_at }))
}

/// Returns an identity.
pub(super) fn identity(columns: &mut Columns<'_>) -> Result<IdentityRow, Fault> {
    identity_or_none(columns)?.ok_or_else(|| Fault::Damaged("a row of the table identities is empty".to_owned()))
}

/// The join that adds the revocations of an identity `i` as `r`. If all are merged into the identity, it has no rows of
/// them, and the table is not read.
pub(super) const JOIN_REVOCATIONS: &str = "LEFT JOIN LATERAL (\
    SELECT array_agg(number ORDER BY number) AS numbers, array_agg(issued_until ORDER BY number) AS untils, \
        array_agg(in_force_at ORDER BY number) AS times \
    FROM revocations WHERE user_id = i.user_id AND i.revocation > i.revoked_below) r ON true";

/// The columns of [`revocations`].
pub(super) const REVOCATIONS: &str = "r.numbers, r.untils, r.times";

/// Returns the revocations of an identity.
pub(super) fn revocations(columns: &mut Columns<'_>) -> Result<Vec<Revocation>, Fault> {
    let numbers: Option<Vec<i64>> = columns.next()?;
    let untils: Option<Vec<Option<i64>>> = columns.next()?;
    let times: Option<Vec<Option<i64>>> = columns.next()?;
    let rest = untils.unwrap_or_default().into_iter().zip(times.unwrap_or_default());
    let all = numbers.unwrap_or_default().into_iter().zip(rest);
    Ok(all.map(|(number, (issued_until, in_force_at))| Revocation { number, issued_until, in_force_at }).collect())
}

/// The columns of [`assignment`], of a table `x`.
pub(super) const ASSIGNMENT: &str = "x.object, x.tenant, x.principal_type, x.client_ids";

/// Returns an assignment. A list of applications that cannot be parsed is an error, so it grants no access.
pub(super) fn assignment(columns: &mut Columns<'_>) -> Result<AssignmentRow, Fault> {
    let (object, tenant, principal_type): (String, String, String) =
        (columns.next()?, columns.next()?, columns.next()?);
    let client_ids: Option<String> = columns.next()?;
    let parsed = client_ids.map(|text| serde_json::from_str(&text)).transpose();
    let client_ids =
        parsed.map_err(|_| Fault::Damaged(format!("the list of applications of the assignment of {object:?}")))?;
    Ok(AssignmentRow { tenant, object, principal_type, client_ids })
}

/// Formats a list of applications.
pub(super) fn client_ids_text(row: &AssignmentRow) -> Option<String> {
    row.client_ids.as_ref().map(|ids| serde_json::Value::from(ids.clone()).to_string())
}

/// The names under which secrets are encrypted. That of a key has its generation, so that a former key cannot be put
/// back.
pub(super) fn name_of_access_key(slot: AccessSlot, generation: i64) -> String {
    format!("access_keys {} {generation}", slot.name())
}

pub(super) fn name_of_signing_key(slot: SigningSlot, generation: i64) -> String {
    format!("signing_keys {} {generation}", slot.name())
}

pub(super) fn name_of_setting(name: &str) -> String {
    format!("settings {name}")
}

/// Returns an access key from its slot, generation and key.
pub(super) fn access_key(secrets: &Secrets, slot: &str, generation: i64, key: &[u8]) -> Result<AccessKeyRow, Fault> {
    let damaged = || Fault::Damaged(format!("the row {slot:?} of the table access_keys"));
    let slot = AccessSlot::of_name(slot).ok_or_else(damaged)?;
    let key = secrets.open(&name_of_access_key(slot, generation), key)?;
    Ok(AccessKeyRow { slot, generation, key: String::from_utf8(key).map_err(|_| damaged())? })
}

/// Returns a signing key from its slot, generation and key.
pub(super) fn signing_key(
    secrets: &Secrets,
    slot: &str,
    generation: i64,
    pkcs8: &[u8],
) -> Result<SigningKeyRow, Fault> {
    let damaged = || Fault::Damaged(format!("the row {slot:?} of the table signing_keys"));
    let slot = SigningSlot::of_name(slot).ok_or_else(damaged)?;
    Ok(SigningKeyRow { slot, generation, pkcs8: secrets.open(&name_of_signing_key(slot, generation), pkcs8)? })
}

/// Returns the value of a setting.
pub(super) fn setting(secrets: &Secrets, name: &str, value: &[u8]) -> Result<String, Fault> {
    let value = secrets.open(&name_of_setting(name), value)?;
    String::from_utf8(value).map_err(|_| Fault::Damaged(format!("the row {name:?} of the table settings")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_custom_id_with_any_character_is_kept_without_nul() {
        for custom_id in ["", "a", "\0", "\u{1}", "\u{2}", "\0\u{1}\u{2}", "a\0b\u{1}\u{1}\u{2}é", "\u{1}\u{2}"] {
            assert!(!kept(custom_id).contains('\0'));
            assert_eq!(meant(kept(custom_id).into_owned()), custom_id, "{custom_id:?}");
        }
        assert_ne!(kept("\0"), kept("\u{1}\u{2}"));
    }
}
