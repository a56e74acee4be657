//! Creates 100 users with one token each, with 16 concurrent requests.

use acs_identity::CommunicationIdentityClient;
use acs_identity::models::{CreateIdentityRequest, TokenScope};
use futures::TryStreamExt as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connection_string = std::env::var("AZURE_COMMUNICATION_CONNECTION_STRING")?;
    let client = CommunicationIdentityClient::with_connection_string(&connection_string, None)?;
    let request =
        CreateIdentityRequest { create_token_with_scopes: Some(vec![TokenScope::Chat]), ..Default::default() };
    let mut created = client.create_identities(request, 100, 16);
    let mut count = 0;
    while let Some(result) = created.try_next().await? {
        count += usize::from(result.access_token.is_some());
    }
    println!("{count} tokens");
    Ok(())
}
