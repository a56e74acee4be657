//! Keeps the identity of each user of an app in SQLite.

use std::error::Error;

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientExt as _};
use rusqlite::{Connection, OptionalExtension as _};

/// Returns the identity of a user of the app. It is created at the first call.
pub async fn identity_of(
    database: &Connection,
    client: &CommunicationIdentityClient,
    user: &str,
) -> Result<String, Box<dyn Error>> {
    database.execute("CREATE TABLE IF NOT EXISTS identities (user TEXT PRIMARY KEY, id TEXT NOT NULL)", ())?;
    let kept = database.query_row("SELECT id FROM identities WHERE user = ?", [user], |row| row.get(0)).optional()?;
    if let Some(id) = kept {
        return Ok(id);
    }
    let id = String::from(client.create_user().await?);
    database.execute("INSERT INTO identities VALUES (?, ?)", [user, &id])?;
    Ok(id)
}
