//! Issues another token for an existing user. This is what the token refresher of an app asks its backend for:
//! `cargo run --example refresh_token -- 8:acs:…`.

use acs_identity::models::TokenScope;
use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientExt as _};
use azure_core::http::StatusCode;
use azure_core::time::to_rfc3339;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let user =
        std::env::args().nth(1).ok_or("give the raw id of a user: cargo run --example refresh_token -- 8:acs:…")?;
    let connection_string = std::env::var("AZURE_COMMUNICATION_CONNECTION_STRING")?;
    let client = CommunicationIdentityClient::with_connection_string(&connection_string, None)?;
    match client.get_token(&user, &[TokenScope::Chat], None).await {
        Ok(token) => println!("{}", to_rfc3339(&token.expires_on)),
        // The user does not exist any more. An app would create another one.
        Err(error) if error.http_status() == Some(StatusCode::NotFound) => println!("{error}"),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
