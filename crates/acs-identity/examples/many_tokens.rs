//! Creates 100 users with one token each, with 16 concurrent requests.

use acs_identity::CommunicationIdentityClient;
use acs_identity::models::{CreateIdentityRequest, TokenScope};
use futures::StreamExt as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection_string = std::env::var("AZURE_COMMUNICATION_CONNECTION_STRING")?;
    let client = CommunicationIdentityClient::with_connection_string(&connection_string, None)?;
    let request =
        CreateIdentityRequest { create_token_with_scopes: Some(vec![TokenScope::Chat]), ..Default::default() };
    let mut created = client.create_identities(request, 100, 16);
    // Each id is kept as it comes. The users exist, whatever happens to the other requests.
    let mut users = Vec::new();
    while let Some(result) = created.next().await {
        match result {
            Ok((user, Some(token))) => users.push((user, token)),
            Ok((user, None)) => eprintln!("{user} has no token"),
            Err(error) => eprintln!("one user was not created: {error}"),
        }
    }
    println!("{} tokens", users.len());
    Ok(())
}
