//! Fifty tests at once: thirty plain ones, ten with a clock of their own, and ten with faults. One more fails, and one
//! is killed. The driver runs them in other processes, and looks at what they leave behind.
#![cfg(unix)]

mod driver;
mod ending;
mod fifty;

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientOptions};
use acs_identity_emulator::testing::Emulator;
use acs_identity_kit_example::Tokens;

/// Starts an emulator, and connects the app to it.
async fn start() -> (Emulator, Tokens) {
    let emulator = Emulator::start().await.unwrap();
    let options =
        CommunicationIdentityClientOptions { client_options: emulator.client_options(), ..Default::default() };
    let client =
        CommunicationIdentityClient::with_connection_string(emulator.connection_string(), Some(options)).unwrap();
    (emulator, Tokens(client))
}
