//! Clients with a transport or a credential of the caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientOptions, Timeouts, UnknownOutcome};
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};
use azure_core::http::headers::Headers;
use azure_core::http::policies::{Policy, PolicyResult};
use azure_core::http::{
    AsyncRawResponse, ClientOptions, Context, HttpClient, Request, RetryOptions, StatusCode, Transport,
};
use azure_core::time::OffsetDateTime;

use crate::server::{Server, Then};
use crate::world::{self, USER, connection_string, patient, three_retries};

/// A transport that needs no runtime.
#[derive(Debug)]
enum Local {
    Silent,
    Failing,
    Answering,
    Refusing,
}

#[async_trait::async_trait]
impl HttpClient for Local {
    async fn execute_request(&self, _: &Request) -> azure_core::Result<AsyncRawResponse> {
        match self {
            Self::Silent => std::future::pending().await,
            Self::Failing => Err(Error::with_message(ErrorKind::Other, "the pipe is blocked")),
            Self::Refusing => Ok(AsyncRawResponse::from_bytes(StatusCode::InternalServerError, Headers::new(), "")),
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

/// A credential that fails after so many tokens.
#[derive(Debug)]
struct Broken(AtomicUsize);

#[async_trait::async_trait]
impl TokenCredential for Broken {
    async fn get_token(&self, _: &[&str], _: Option<TokenRequestOptions<'_>>) -> azure_core::Result<AccessToken> {
        if self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err() {
            return Err(Error::with_message(ErrorKind::Credential, "nobody is signed in"));
        }
        // The token is used once, because it ends at once.
        Ok(AccessToken::new("token", OffsetDateTime::now_utc()))
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
    let client = CommunicationIdentityClient::new("https://x.test", Arc::new(Broken(0.into())), options).unwrap();
    let error = client.create_identity(None).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Credential);
    assert_eq!(error.to_string(), "nobody is signed in");
    assert!(error.downcast_ref::<UnknownOutcome>().is_none());
}

#[tokio::test]
async fn a_credential_that_fails_before_a_further_try_is_named() {
    let options = options(Local::Refusing, patient(), three_retries());
    let client = CommunicationIdentityClient::new("https://x.test", Arc::new(Broken(1.into())), options).unwrap();
    let error = client.delete_identity(USER, None).await.unwrap_err();
    assert_eq!(error.to_string(), "nobody is signed in");
}

/// A policy of the caller that sends each request twice.
#[derive(Debug)]
struct Twice;

#[async_trait::async_trait]
impl Policy for Twice {
    async fn send(&self, ctx: &Context, request: &mut Request, next: &[Arc<dyn Policy>]) -> PolicyResult {
        let _ = next[0].send(ctx, request, &next[1..]).await;
        next[0].send(ctx, request, &next[1..]).await
    }
}

#[tokio::test]
async fn the_outcome_stays_unknown_if_the_caller_sends_a_creation_again() {
    let server = Server::start(&[
        Then::Close,
        Then::Answer("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"),
    ]);
    let client_options = ClientOptions {
        transport: Some(world::transport()),
        retry: RetryOptions::none(),
        per_call_policies: vec![Arc::new(Twice)],
        ..Default::default()
    };
    let options = Some(CommunicationIdentityClientOptions { client_options, ..Default::default() });
    let address = connection_string(server.address);
    let client = CommunicationIdentityClient::with_connection_string(&address, options).unwrap();
    let error = client.create_identity(None).await.unwrap_err();
    assert!(error.downcast_ref::<UnknownOutcome>().is_some(), "{error:?}");
    assert_eq!(error.http_status(), Some(StatusCode::BadRequest));
}
