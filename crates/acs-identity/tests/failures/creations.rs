//! Requests are sent again only if this does no harm.

use std::time::Duration;

use acs_identity::models::{IssueAccessTokenRequest, TokenScope};
use acs_identity::{Timeouts, UnknownOutcome};
use azure_core::Error;
use azure_core::error::ErrorKind;
use azure_core::http::{RetryOptions, StatusCode};

use crate::server::{Server, Then, nobody};
use crate::world::{USER, client, patient, three_retries};

const CREATED: Then = Then::Answer(
    "HTTP/1.1 201 Created\r\nconnection: close\r\ncontent-length: 29\r\n\r\n{\"identity\":{\"id\":\"8:acs:x\"}}",
);
const NO_CONTENT: Then = Then::Answer("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
const UNAVAILABLE: Then =
    Then::Answer("HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
const TOO_MANY: Then = Then::Answer("HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
const CUT: Then = Then::Answer("HTTP/1.1 201 Created\r\ncontent-length: 27\r\n\r\n{\"identity\":");

/// Creates an identity, which must fail.
async fn failed_creation(server: &Server, timeouts: Timeouts, retry: RetryOptions) -> Error {
    client(server.address, timeouts, retry).create_identity(None).await.unwrap_err()
}

fn assert_unknown(error: &Error, server: &Server) {
    assert!(error.downcast_ref::<UnknownOutcome>().is_some(), "{error:?}");
    assert!(error.to_string().ends_with(". It is not known whether the identity was created"), "{error}");
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_creation_without_an_answer_is_sent_once_and_its_outcome_is_unknown() {
    let server = Server::start(&[Then::Close]);
    let error = failed_creation(&server, patient(), three_retries()).await;
    assert_unknown(&error, &server);
    assert_eq!(*error.kind(), ErrorKind::Io);
    let start = format!("the answer of http://{} is lost: connection closed before message completed", server.address);
    assert!(error.to_string().starts_with(&start), "{error}");
}

#[tokio::test]
async fn the_outcome_is_unknown_without_retries_as_well() {
    let server = Server::start(&[Then::Close]);
    assert_unknown(&failed_creation(&server, patient(), RetryOptions::none()).await, &server);
}

#[tokio::test]
async fn the_outcome_is_unknown_if_the_answer_is_cut() {
    let server = Server::start(&[CUT]);
    assert_unknown(&failed_creation(&server, patient(), three_retries()).await, &server);
}

#[tokio::test]
async fn the_outcome_is_unknown_if_the_limit_of_a_try_ends_it() {
    let server = Server::start(&[Then::Stall("")]);
    let timeouts = Timeouts { attempt: Some(Duration::from_millis(100)), ..patient() };
    assert_unknown(&failed_creation(&server, timeouts, three_retries()).await, &server);
}

#[tokio::test]
async fn the_outcome_is_unknown_if_the_limit_of_the_call_ends_it() {
    let server = Server::start(&[Then::Stall("")]);
    let timeouts = Timeouts { operation: Some(Duration::from_millis(100)), ..patient() };
    assert_unknown(&failed_creation(&server, timeouts, three_retries()).await, &server);
}

#[tokio::test]
async fn the_outcome_is_unknown_if_the_service_fails_and_the_status_is_kept() {
    let server = Server::start(&[UNAVAILABLE]);
    let error = failed_creation(&server, patient(), three_retries()).await;
    assert_unknown(&error, &server);
    assert_eq!(error.http_status(), Some(StatusCode::ServiceUnavailable));
    let outcome = error.into_downcast::<UnknownOutcome>().unwrap();
    assert_eq!(outcome.cause().http_status(), Some(StatusCode::ServiceUnavailable));
}

#[tokio::test]
async fn a_sentence_of_the_service_ends_with_one_full_stop() {
    let server = Server::start(&[Then::Answer(
        "HTTP/1.1 500 Oops\r\nconnection: close\r\ncontent-length: 48\r\n\r\n\
         {\"error\":{\"code\":\"Oops\",\"message\":\"It failed.\"}}",
    )]);
    let error = failed_creation(&server, patient(), three_retries()).await;
    let expected = "500 Oops: It failed. It is not known whether the identity was created";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn a_refused_creation_is_not_unknown() {
    let server =
        Server::start(&[Then::Answer("HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")]);
    let error = failed_creation(&server, patient(), three_retries()).await;
    assert!(error.downcast_ref::<UnknownOutcome>().is_none());
    assert_eq!(error.http_status(), Some(StatusCode::BadRequest));
}

#[tokio::test]
async fn a_creation_is_sent_again_after_429() {
    let server = Server::start(&[TOO_MANY, CREATED]);
    client(server.address, patient(), three_retries()).create_identity(None).await.unwrap();
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn a_creation_is_sent_again_while_there_is_no_connection() {
    let error = client(nobody(), patient(), three_retries()).create_identity(None).await.unwrap_err();
    assert!(error.downcast_ref::<UnknownOutcome>().is_none());
    assert!(error.to_string().contains(" in 4 tries: Connection refused"), "{error}");
}

#[tokio::test]
async fn a_revocation_without_an_answer_is_sent_again() {
    let server = Server::start(&[Then::Close, UNAVAILABLE, NO_CONTENT]);
    client(server.address, patient(), three_retries()).revoke_access_tokens(USER, None).await.unwrap();
    assert_eq!(server.requests(), 3);
}

#[tokio::test]
async fn an_issue_without_an_answer_is_sent_again() -> azure_core::Result<()> {
    const ISSUED: Then =
        Then::Answer("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 13\r\n\r\n{\"token\":\"a\"}");
    let server = Server::start(&[Then::Close, UNAVAILABLE, ISSUED]);
    let body = IssueAccessTokenRequest { scopes: Some(vec![TokenScope::Chat]), ..Default::default() };
    client(server.address, patient(), three_retries()).issue_access_token(USER, body.try_into()?, None).await?;
    assert_eq!(server.requests(), 3);
    Ok(())
}
