//! Creates a user and issues a token. Run it offline: `az communication emulator run -- cargo run --example
//! create_user_and_token`.

use acs_identity::models::TokenScope;
use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientExt as _};
use azure_core::time::to_rfc3339;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection_string = std::env::var("AZURE_COMMUNICATION_CONNECTION_STRING")?;
    let client = CommunicationIdentityClient::with_connection_string(&connection_string, None)?;
    let (user, token) = client.create_user_and_token(&[TokenScope::Chat, TokenScope::VoIP], Some(60)).await?;
    println!("{user} has a token until {}", to_rfc3339(&token.expires_on));
    Ok(())
}
