//! Writes. Each one is a value, so that a batch that failed as a whole can be tried one by one.

use rusqlite::{Connection, OptionalExtension as _};

use super::AssignmentRow;

/// A write. Times are nanoseconds since 1970.
#[derive(Debug, Clone)]
pub(crate) enum Write {
    /// Creates an identity, or finds the one that has the custom id already.
    Create { user: String, custom_id: Option<String>, token_issued_at: Option<i64> },
    /// Notes that a token was issued.
    TokenIssued { user: String, at: i64 },
    /// Revokes all tokens of an identity up to that time. Revocations up to `in_force` are in force already.
    Revoke { user: String, at: i64, in_force: i64 },
    /// Deletes an identity.
    Delete { user: String },
    /// Sets a setting; one that is there stays, unless it is to be replaced.
    Setting { name: &'static str, value: String, replace: bool },
    /// Makes or replaces an assignment.
    Assign { kind: &'static str, row: AssignmentRow },
    /// Removes an assignment; without a tenant, of whichever tenant.
    Unassign { kind: &'static str, tenant: Option<String>, object: String },
    /// Several writes, all or none.
    All(Vec<Write>),
}

impl Write {
    /// Whether it changes the database by one statement at most, which is a transaction of its own.
    pub(super) fn is_atomic(&self) -> bool {
        !matches!(self, Self::All(_))
    }
}

/// What a write did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was carried out.
    Done,
    /// There is no such identity.
    Missing,
    /// The custom id belonged to this identity already; when its last token was issued before.
    Existing { user: String, last_token_issued_at: Option<i64> },
    /// Those of several writes, in their order.
    All(Vec<Outcome>),
    /// Something of that name was there before and was replaced.
    Replaced,
}

fn done_if(changed: usize) -> Outcome {
    if changed > 0 { Outcome::Done } else { Outcome::Missing }
}

pub(super) fn apply(connection: &Connection, write: &Write) -> rusqlite::Result<Outcome> {
    match write {
        Write::Create { user, custom_id, token_issued_at } => {
            if let Some(custom_id) = custom_id
                && let Some(existing) = find_custom_id(connection, custom_id)?
            {
                if let (Outcome::Existing { user, .. }, Some(at)) = (&existing, token_issued_at) {
                    touch(connection, user, *at)?;
                }
                return Ok(existing);
            }
            connection
                .prepare_cached("INSERT INTO identities (user, custom_id, last_token_issued_at) VALUES (?1, ?2, ?3)")?
                .execute((user, custom_id, token_issued_at))?;
            Ok(Outcome::Done)
        }
        Write::TokenIssued { user, at } => Ok(done_if(touch(connection, user, *at)?)),
        Write::Revoke { user, at, in_force } => {
            let changed = connection
                .prepare_cached(
                    "UPDATE identities SET
                        revoked_before = CASE WHEN revoked_at <= ?3 THEN revoked_at ELSE revoked_before END,
                        revoked_at = max(?2, ifnull(revoked_at, ?2))
                     WHERE user = ?1",
                )?
                .execute((user, at, in_force))?;
            Ok(done_if(changed))
        }
        Write::Delete { user } => {
            let changed = connection.prepare_cached("DELETE FROM identities WHERE user = ?1")?.execute([user])?;
            Ok(done_if(changed))
        }
        Write::Setting { name, value, replace } => {
            let verb = if *replace { "REPLACE" } else { "IGNORE" };
            let statement = format!("INSERT OR {verb} INTO settings (name, value) VALUES (?1, ?2)");
            connection.execute(&statement, (name, value))?;
            Ok(Outcome::Done)
        }
        Write::Assign { kind, row } => {
            let existed = connection
                .prepare_cached("SELECT 1 FROM assignments WHERE kind = ?1 AND tenant = ?2 AND object = ?3")?
                .exists((kind, &row.tenant, &row.object))?;
            connection
                .prepare_cached(
                    "INSERT OR REPLACE INTO assignments (kind, tenant, object, principal_type, client_ids)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute((kind, &row.tenant, &row.object, &row.principal_type, &row.client_ids))?;
            Ok(if existed { Outcome::Replaced } else { Outcome::Done })
        }
        Write::Unassign { kind, tenant, object } => {
            let changed = connection
                .prepare_cached(
                    "DELETE FROM assignments WHERE kind = ?1 AND (?2 IS NULL OR tenant = ?2) AND object = ?3",
                )?
                .execute((kind, tenant, object))?;
            Ok(done_if(changed))
        }
        Write::All(writes) => {
            let outcomes: rusqlite::Result<Vec<Outcome>> =
                writes.iter().map(|write| apply(connection, write)).collect();
            outcomes.map(Outcome::All)
        }
    }
}

fn touch(connection: &Connection, user: &str, at: i64) -> rusqlite::Result<usize> {
    connection.prepare_cached("UPDATE identities SET last_token_issued_at = ?2 WHERE user = ?1")?.execute((user, at))
}

fn find_custom_id(connection: &Connection, custom_id: &str) -> rusqlite::Result<Option<Outcome>> {
    connection
        .prepare_cached("SELECT user, last_token_issued_at FROM identities WHERE custom_id = ?1")?
        .query_row([custom_id], |row| Ok(Outcome::Existing { user: row.get(0)?, last_token_issued_at: row.get(1)? }))
        .optional()
}
