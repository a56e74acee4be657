//! Clients for the tests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientOptions, Timeouts};
use acs_identity_emulator::testing::Emulator;
use azure_core::http::{ClientOptions, FixedRetryOptions, RetryOptions, Transport};

/// The raw id of a user that no server here knows.
pub const USER: &str = "8:acs:11111111-1111-1111-1111-111111111111_22222222-2222-2222-2222-222222222222";

/// A time that is long enough for a server on this machine.
pub const LONG: Duration = Duration::from_secs(60);

/// The retries of the tests: three, with short waits.
pub fn three_retries() -> RetryOptions {
    let delay = azure_core::time::Duration::milliseconds(1);
    RetryOptions::fixed(FixedRetryOptions { delay, max_retries: 3, ..Default::default() })
}

/// Timeouts that end nothing.
pub fn patient() -> Timeouts {
    Timeouts { attempt: Some(LONG), operation: Some(LONG), pause: Some(LONG) }
}

pub fn connection_string(address: SocketAddr) -> String {
    format!("endpoint=http://{address}/;accesskey=c2VjcmV0IGtleQ==")
}

/// Returns a transport that takes no proxy from the environment.
pub fn transport() -> Transport {
    Transport::new(Arc::new(reqwest::Client::builder().no_proxy().build().unwrap()))
}

pub fn client(address: SocketAddr, timeouts: Timeouts, retry: RetryOptions) -> CommunicationIdentityClient {
    let client_options = ClientOptions { retry, transport: Some(transport()), ..Default::default() };
    let options = CommunicationIdentityClientOptions { timeouts, client_options, ..Default::default() };
    CommunicationIdentityClient::with_connection_string(&connection_string(address), Some(options)).unwrap()
}

/// Returns a client that trusts an emulator.
pub fn trusting(emulator: &Emulator, retry: RetryOptions) -> CommunicationIdentityClient {
    let authority = reqwest::Certificate::from_pem(emulator.ca_certificate().as_bytes()).unwrap();
    let http = reqwest::Client::builder().tls_certs_only([authority]).no_proxy().build().unwrap();
    let client_options = ClientOptions { retry, transport: Some(Transport::new(Arc::new(http))), ..Default::default() };
    let options = CommunicationIdentityClientOptions { timeouts: patient(), client_options, ..Default::default() };
    CommunicationIdentityClient::with_connection_string(emulator.connection_string(), Some(options)).unwrap()
}
