//! Keeps the identity of each user of an app in SQLite.

use std::error::Error;

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientExt as _};
use sqlx::SqlitePool;

/// Returns the identity of a user of the app. It is created at the first call.
pub async fn identity_of(
    pool: &SqlitePool,
    client: &CommunicationIdentityClient,
    user: &str,
) -> Result<String, Box<dyn Error>> {
    sqlx::query("CREATE TABLE IF NOT EXISTS identities (user TEXT PRIMARY KEY, id TEXT NOT NULL)")
        .execute(pool)
        .await?;
    let kept = sqlx::query_scalar("SELECT id FROM identities WHERE user = ?").bind(user).fetch_optional(pool).await?;
    if let Some(id) = kept {
        return Ok(id);
    }
    let id = String::from(client.create_user().await?);
    sqlx::query("INSERT INTO identities VALUES (?, ?)").bind(user).bind(&id).execute(pool).await?;
    Ok(id)
}
