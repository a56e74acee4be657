//! Reads the configuration, and serves.

use std::env;
use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientOptions};
use chat_backend::{App, Store, TIMEOUTS, router};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();

    let name = "AZURE_COMMUNICATION_CONNECTION_STRING";
    let connection_string = env::var(name).map_err(|error| format!("{name}: {error}"))?;
    let database = env::var("CHAT_DATABASE").unwrap_or_else(|_| "chat.db".into());
    let address: SocketAddr = env::var("CHAT_LISTEN").unwrap_or_else(|_| "127.0.0.1:8080".into()).parse()?;
    if !address.ip().is_loopback() {
        return Err("CHAT_LISTEN must be an address of this machine only, because sign-in checks no password.".into());
    }

    let options = CommunicationIdentityClientOptions { timeouts: TIMEOUTS, ..Default::default() };
    let client = CommunicationIdentityClient::with_connection_string(&connection_string, Some(options))?;
    let app = App::new(Store::open(Path::new(&database)).await?, client);

    let listener = TcpListener::bind(address).await?;
    tracing::info!("listening on http://{}", listener.local_addr()?);
    let ended = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    axum::serve(listener, router(app)).with_graceful_shutdown(ended).await?;
    Ok(())
}
