//! Tests the app with the kit.

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientOptions};
use acs_identity_emulator::testing::Emulator;
use sqlx::sqlite::SqlitePoolOptions;

#[tokio::test]
async fn a_user_of_the_app_has_one_identity() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = Emulator::start().await?;
    let options =
        CommunicationIdentityClientOptions { client_options: emulator.client_options(), ..Default::default() };
    let client = CommunicationIdentityClient::with_connection_string(emulator.connection_string(), Some(options))?;
    // Each connection has a database of its own in memory.
    let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
    let first = app_with_sqlx::identity_of(&pool, &client, "ann").await?;
    assert!(first.starts_with("8:acs:"));
    assert_eq!(app_with_sqlx::identity_of(&pool, &client, "ann").await?, first);
    assert_eq!(emulator.requests().len(), 1);
    Ok(())
}
