//! Writes. Each one is a value, so that a batch that failed as a whole can be tried one by one.

use rusqlite::{Connection, OptionalExtension as _};

/// A write. Times are nanoseconds since 1970.
#[derive(Debug, Clone)]
pub(crate) enum Write {
    /// Creates an identity, or finds the one that has the custom id already.
    Create { user: String, custom_id: Option<String>, token_issued_at: Option<i64> },
    /// Notes that a token was issued.
    TokenIssued { user: String, at: i64 },
    /// Revokes all tokens of an identity up to that time.
    Revoke { user: String, at: i64 },
    /// Deletes an identity.
    Delete { user: String },
    /// Sets a setting, unless it is there.
    Setting { name: &'static str, value: String },
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
    /// The value that the setting has now.
    Value(String),
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
        Write::Revoke { user, at } => {
            let changed = connection
                .prepare_cached("UPDATE identities SET revoked_at = max(?2, ifnull(revoked_at, ?2)) WHERE user = ?1")?
                .execute((user, at))?;
            Ok(done_if(changed))
        }
        Write::Delete { user } => {
            let changed = connection.prepare_cached("DELETE FROM identities WHERE user = ?1")?.execute([user])?;
            Ok(done_if(changed))
        }
        Write::Setting { name, value } => {
            connection.execute("INSERT OR IGNORE INTO settings (name, value) VALUES (?1, ?2)", (name, value))?;
            let value = connection.query_row("SELECT value FROM settings WHERE name = ?1", [name], |row| row.get(0))?;
            Ok(Outcome::Value(value))
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
