//! Creates a user without an access key, with the managed identity of this machine or of the emulator
//! (`az communication emulator run -- cargo run --example entra_id`).

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientExt as _};
use azure_identity::ManagedIdentityCredential;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let endpoint = std::env::var("AZURE_COMMUNICATION_ENDPOINT")?;
    let credential = ManagedIdentityCredential::new(None)?;
    let client = CommunicationIdentityClient::new(&endpoint, credential, None)?;
    println!("{}", client.create_user().await?);
    Ok(())
}
