//! Creates a user and issues a token. Run it offline: `az communication emulator run -- cargo run --example
//! create_user_and_token`.

use acs_identity::models::TokenScope;
use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientExt as _};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection_string = std::env::var("AZURE_COMMUNICATION_CONNECTION_STRING")?;
    let client = CommunicationIdentityClient::with_connection_string(&connection_string, None)?;
    let created = client.create_user_and_token(&[TokenScope::Chat, TokenScope::VoIP], Some(60)).await?.into_model()?;
    let user = created.identity.and_then(|identity| identity.id).unwrap_or_default();
    let expires_on = created.access_token.and_then(|token| token.expires_on);
    println!("{user} has a token until {expires_on:?}");
    Ok(())
}
