//! Revokes a user's tokens, then deletes the user: `cargo run --example sign_out -- 8:acs:…`.

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientExt as _};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let user = std::env::args().nth(1).ok_or("give the raw id of a user: cargo run --example sign_out -- 8:acs:…")?;
    let connection_string = std::env::var("AZURE_COMMUNICATION_CONNECTION_STRING")?;
    let client = CommunicationIdentityClient::with_connection_string(&connection_string, None)?;
    client.revoke_tokens(&user).await?;
    client.delete_user(&user).await?;
    println!("{user} was deleted");
    Ok(())
}
