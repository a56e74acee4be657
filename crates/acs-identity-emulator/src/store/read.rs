//! Reads.

use rusqlite::OptionalExtension as _;

use super::{Store, StoreError};

/// An identity as it is stored. Times are nanoseconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct IdentityRow {
    /// The user's GUID.
    pub(crate) user: String,
    pub(crate) custom_id: Option<String>,
    pub(crate) last_token_issued_at: Option<i64>,
    /// Tokens issued up to this time are revoked.
    pub(crate) revoked_at: Option<i64>,
    /// The revocation before that one.
    pub(crate) revoked_before: Option<i64>,
}

/// An assignment as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AssignmentRow {
    pub(crate) tenant: String,
    pub(crate) object: String,
    pub(crate) principal_type: String,
    /// JSON.
    pub(crate) client_ids: Option<String>,
}

const IDENTITY: &str =
    "SELECT user, custom_id, last_token_issued_at, revoked_at, revoked_before FROM identities WHERE user = ?1";

fn identity(row: &rusqlite::Row<'_>) -> rusqlite::Result<IdentityRow> {
    Ok(IdentityRow {
        user: row.get(0)?,
        custom_id: row.get(1)?,
        last_token_issued_at: row.get(2)?,
        revoked_at: row.get(3)?,
        revoked_before: row.get(4)?,
    })
}

impl Store {
    /// The identity of that user GUID.
    pub(crate) fn identity(&self, user: &str) -> Result<Option<IdentityRow>, StoreError> {
        self.read(|connection| connection.prepare_cached(IDENTITY)?.query_row([user], identity).optional())
    }

    /// All assignments of a kind, or those of one object.
    pub(crate) fn assignments(&self, kind: &str, object: Option<&str>) -> Result<Vec<AssignmentRow>, StoreError> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT tenant, object, principal_type, client_ids FROM assignments
                     WHERE kind = ?1 AND (?2 IS NULL OR object = ?2) ORDER BY object, tenant",
                )?
                .query_map((kind, object), |row| {
                    Ok(AssignmentRow {
                        tenant: row.get(0)?,
                        object: row.get(1)?,
                        principal_type: row.get(2)?,
                        client_ids: row.get(3)?,
                    })
                })?
                .collect()
        })
    }

    /// A setting.
    pub(crate) fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.read(|connection| {
            connection.query_row("SELECT value FROM settings WHERE name = ?1", [name], |row| row.get(0)).optional()
        })
    }
}
