//! A client without options ends within ten seconds, and names the cause. docs/sdk-failures.md compares the other SDKs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientOptions};
use acs_identity_emulator::{Config, Emulator};
use azure_core::error::ErrorKind;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{ClientOptions, Context, Request};

use crate::server::nobody;
use crate::world::{connection_string, transport};

/// Counts the tries.
#[derive(Debug, Default)]
struct Tries(AtomicUsize);

#[async_trait::async_trait]
impl Policy for Tries {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        self.0.fetch_add(1, Ordering::SeqCst);
        next[0].send(ctx, request, &next[1..]).await
    }
}

/// Creates an identity, which must fail within ten seconds. Returns the error and the number of tries.
async fn failed_creation(connection_string: &str) -> (azure_core::Error, usize) {
    let tries = Arc::new(Tries::default());
    let client_options =
        ClientOptions { transport: Some(transport()), per_try_policies: vec![tries.clone()], ..Default::default() };
    let options = CommunicationIdentityClientOptions { client_options, ..Default::default() };
    let client = CommunicationIdentityClient::with_connection_string(connection_string, Some(options)).unwrap();
    let started = Instant::now();
    let error = client.create_identity(None).await.unwrap_err();
    let took = started.elapsed();
    println!("ours: {:.1} s: {error}", took.as_secs_f64());
    assert!(took < Duration::from_secs(10), "{took:?}");
    (error, tries.0.load(Ordering::SeqCst))
}

#[tokio::test]
async fn the_service_is_away() {
    let address = nobody();
    let (error, tries) = failed_creation(&connection_string(address)).await;
    assert_eq!(*error.kind(), ErrorKind::Connection);
    let text = error.to_string();
    let start = format!("no connection to http://{address} within 9 s in {tries} tries: Connection refused");
    assert!(text.starts_with(&start), "{text}");
}

#[tokio::test]
async fn the_certificate_is_not_trusted() {
    let emulator = Emulator::start(Config::in_memory()).unwrap();
    let (error, tries) = failed_creation(emulator.connection_string()).await;
    assert_eq!(*error.kind(), ErrorKind::Connection);
    let text = error.to_string();
    assert!(text.starts_with(&format!("the certificate of {} is refused", emulator.endpoint())), "{text}");
    assert!(text.contains("UnknownIssuer"), "{text}");
    assert_eq!(tries, 1);
}
