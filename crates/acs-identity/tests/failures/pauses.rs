//! Waits that the service asks for.

use std::time::{Duration, Instant};

use acs_identity::Timeouts;
use azure_core::http::{FixedRetryOptions, RetryOptions, StatusCode};

use crate::server::{Server, Then};
use crate::world::{USER, client, patient, three_retries};

const NO_CONTENT: Then = Then::Answer("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
/// Asks to wait as long as `WAIT`.
const SHORT: Then = Then::Answer(
    "HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\nretry-after-ms: 1000\r\ncontent-length: 0\r\n\r\n",
);
const HOUR: Then = Then::Answer(
    "HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n",
);
const UNAVAILABLE_FOR_AN_HOUR: Then = Then::Answer(
    "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n",
);
const WAIT: Duration = Duration::from_millis(1000);

#[tokio::test]
async fn a_wait_after_429_does_not_count_to_the_limit_of_the_call() {
    let server = Server::start(&[SHORT, NO_CONTENT]);
    let timeouts = Timeouts { operation: Some(WAIT - Duration::from_millis(50)), ..patient() };
    let started = Instant::now();
    client(server.address, timeouts, three_retries()).delete_identity(USER, None).await.unwrap();
    assert!(started.elapsed() >= WAIT);
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn other_requests_of_the_client_wait_as_well() {
    let server = Server::start(&[SHORT, NO_CONTENT]);
    // The first request is not sent again, but its answer is known to the client.
    let retry = RetryOptions::fixed(FixedRetryOptions { max_retries: 0, ..Default::default() });
    let client = client(server.address, patient(), retry);
    let started = Instant::now();
    let error = client.delete_identity(USER, None).await.unwrap_err();
    assert_eq!(error.http_status(), Some(StatusCode::TooManyRequests));
    client.delete_identity(USER, None).await.unwrap();
    assert!(started.elapsed() >= WAIT);
}

#[tokio::test]
async fn without_retries_nothing_waits() {
    let server = Server::start(&[HOUR, NO_CONTENT]);
    let timeouts = Timeouts { pause: None, ..patient() };
    let client = client(server.address, timeouts, RetryOptions::none());
    let error = client.delete_identity(USER, None).await.unwrap_err();
    assert_eq!(error.http_status(), Some(StatusCode::TooManyRequests));
    client.delete_identity(USER, None).await.unwrap();
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn too_long_a_wait_is_an_error_at_once_and_no_other_request_waits() {
    let server = Server::start(&[HOUR, NO_CONTENT]);
    let client = client(server.address, patient(), three_retries());
    let error = client.delete_identity(USER, None).await.unwrap_err();
    assert_eq!(error.http_status(), Some(StatusCode::TooManyRequests));
    assert_eq!(server.requests(), 1);
    client.delete_identity(USER, None).await.unwrap();
}

#[tokio::test]
async fn the_waits_of_a_call_are_limited_together() {
    let server = Server::start(&[SHORT]);
    let timeouts = Timeouts { pause: Some(WAIT * 2 - Duration::from_millis(50)), ..patient() };
    let error = client(server.address, timeouts, three_retries()).delete_identity(USER, None).await.unwrap_err();
    assert_eq!(error.http_status(), Some(StatusCode::TooManyRequests));
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn waits_can_be_turned_off() {
    let server = Server::start(&[SHORT, NO_CONTENT]);
    let timeouts = Timeouts { pause: Some(Duration::ZERO), ..patient() };
    let client = client(server.address, timeouts, three_retries());
    let error = client.delete_identity(USER, None).await.unwrap_err();
    assert_eq!(error.http_status(), Some(StatusCode::TooManyRequests));
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_503_that_asks_for_a_longer_wait_than_is_left_is_an_error_at_once() {
    let server = Server::start(&[UNAVAILABLE_FOR_AN_HOUR]);
    let client = client(server.address, patient(), three_retries());
    let error = client.delete_identity(USER, None).await.unwrap_err();
    assert_eq!(error.http_status(), Some(StatusCode::ServiceUnavailable));
    assert_eq!(server.requests(), 1);
}
