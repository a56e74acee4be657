//! Clients with a transport or a credential of the caller.

use std::sync::Arc;
use std::time::{Duration, Instant};

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientOptions, Timeouts, UnknownOutcome};
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::Headers;
use azure_core::http::{AsyncRawResponse, ClientOptions, HttpClient, Request, RetryOptions, StatusCode, Transport};
use azure_core::time::OffsetDateTime;

use crate::world::{USER, patient};

/// A transport that needs no runtime.
#[derive(Debug)]
enum Local {
    Silent,
    Failing,
    Answering,
}

#[async_trait::async_trait]
impl HttpClient for Local {
    async fn execute_request(&self, _: &Request) -> azure_core::Result<AsyncRawResponse> {
        match self {
            Self::Silent => std::future::pending().await,
            Self::Failing => Err(Error::with_message(ErrorKind::Other, "the pipe is blocked")),
            Self::Answering => Ok(AsyncRawResponse::from_bytes(StatusCode::NoContent, Headers::new(), "")),
        }
    }
}

/// A credential that a user answers after some time.
#[derive(Debug)]
struct Slow(Duration);

#[async_trait::async_trait]
impl TokenCredential for Slow {
    async fn get_token(&self, _: &[&str], _: Option<TokenRequestOptions<'_>>) -> azure_core::Result<AccessToken> {
        tokio::time::sleep(self.0).await;
        Ok(AccessToken::new("token", OffsetDateTime::now_utc() + azure_core::time::Duration::hours(1)))
    }
}

/// A credential that fails.
#[derive(Debug)]
struct Broken;

#[async_trait::async_trait]
impl TokenCredential for Broken {
    async fn get_token(&self, _: &[&str], _: Option<TokenRequestOptions<'_>>) -> azure_core::Result<AccessToken> {
        Err(Error::with_message(ErrorKind::Credential, "nobody is signed in"))
    }
}

fn options(transport: Local, timeouts: Timeouts, retry: RetryOptions) -> Option<CommunicationIdentityClientOptions> {
    let transport = Some(Transport::new(Arc::new(transport)));
    let client_options = ClientOptions { transport, retry, ..Default::default() };
    Some(CommunicationIdentityClientOptions { timeouts, client_options, ..Default::default() })
}

fn client(transport: Local, timeouts: Timeouts) -> CommunicationIdentityClient {
    let options = options(transport, timeouts, RetryOptions::none());
    CommunicationIdentityClient::with_connection_string("endpoint=https://x.test;accesskey=aGk=", options).unwrap()
}

#[test]
fn the_limits_need_no_runtime() {
    let limit = Duration::from_millis(50);
    for timeouts in
        [Timeouts { attempt: Some(limit), ..Timeouts::none() }, Timeouts { operation: Some(limit), ..Timeouts::none() }]
    {
        let client = client(Local::Silent, timeouts);
        let started = Instant::now();
        let error = futures::executor::block_on(client.delete_identity(USER, None)).unwrap_err();
        assert!(started.elapsed() >= limit);
        assert!(error.to_string().contains("no complete answer"), "{error}");
    }
}

#[test]
fn the_outcome_of_a_creation_is_unknown_whatever_the_transport_calls_its_error() {
    let client = client(Local::Failing, patient());
    let error = futures::executor::block_on(client.create_identity(None)).unwrap_err();
    assert!(error.downcast_ref::<UnknownOutcome>().is_some(), "{error:?}");
    assert!(error.to_string().starts_with("the answer of https://x.test is lost: the pipe is blocked"), "{error}");
}

#[tokio::test]
async fn the_time_of_a_sign_in_does_not_count() {
    let sign_in = Duration::from_millis(600);
    let timeouts = Timeouts { operation: Some(sign_in - Duration::from_millis(50)), ..patient() };
    let options = options(Local::Answering, timeouts, RetryOptions::default());
    let client = CommunicationIdentityClient::new("https://x.test", Arc::new(Slow(sign_in)), options).unwrap();
    client.delete_identity(USER, None).await.unwrap();
}

#[tokio::test]
async fn a_credential_that_fails_is_named_and_leaves_nothing_unknown() {
    let options = options(Local::Answering, patient(), RetryOptions::default());
    let client = CommunicationIdentityClient::new("https://x.test", Arc::new(Broken), options).unwrap();
    let error = client.create_identity(None).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Credential);
    assert_eq!(error.to_string(), "nobody is signed in");
    assert!(error.downcast_ref::<UnknownOutcome>().is_none());
}
