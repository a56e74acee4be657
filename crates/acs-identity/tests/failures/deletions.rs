//! A deletion that is sent again may find nothing to delete.

use acs_identity::CommunicationIdentityClientExt as _;
use acs_identity_emulator::testing::{Emulator, Fault};
use azure_core::http::{RetryOptions, StatusCode};

use crate::server::{Server, Then};
use crate::world::{USER, client, patient, three_retries, trusting};

/// What the service says about an identity that is not there.
const NOT_FOUND: Then = Then::Answer(
    "HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 50\r\n\r\n\
     {\"error\":{\"code\":\"IdentityNotFound\",\"message\":\"\"}}",
);
const NO_PATH: Then = Then::Answer("HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
const TOO_MANY: Then = Then::Answer("HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");

/// Deletes an identity, and returns the status.
async fn deletion(server: &Server, retry: RetryOptions) -> StatusCode {
    match client(server.address, patient(), retry).delete_identity(USER, None).await {
        Ok(response) => response.status(),
        Err(error) => error.http_status().unwrap(),
    }
}

#[tokio::test]
async fn an_identity_that_is_gone_after_a_lost_answer_was_deleted() {
    let server = Server::start(&[Then::Close, NOT_FOUND]);
    assert_eq!(deletion(&server, three_retries()).await, StatusCode::NoContent);
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn an_identity_that_was_never_there_is_an_error() {
    for actions in [&[NOT_FOUND] as &[Then], &[TOO_MANY, NOT_FOUND]] {
        let server = Server::start(actions);
        assert_eq!(deletion(&server, three_retries()).await, StatusCode::NotFound);
        assert_eq!(server.requests(), actions.len());
    }
}

#[tokio::test]
async fn another_404_after_a_lost_answer_is_an_error() {
    let server = Server::start(&[Then::Close, NO_PATH]);
    assert_eq!(deletion(&server, three_retries()).await, StatusCode::NotFound);
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn a_revocation_for_an_identity_that_is_gone_is_an_error() {
    let server = Server::start(&[Then::Close, NOT_FOUND]);
    let error = client(server.address, patient(), three_retries()).revoke_tokens(USER).await.unwrap_err();
    assert_eq!(error.http_status(), Some(StatusCode::NotFound));
    assert_eq!(server.requests(), 2);
}

#[tokio::test]
async fn a_deletion_by_the_emulator_whose_answer_is_lost_succeeds() {
    let emulator = Emulator::start().await.unwrap();
    let client = trusting(&emulator, three_retries());
    let user = client.create_user().await.unwrap();
    emulator.faults().add(Fault::on("deleteIdentity").drop_after().times(1));
    client.delete_user(&user).await.unwrap();
    let statuses: Vec<_> = emulator.requests().into_iter().map(|request| request.status).collect();
    assert_eq!(statuses, [Some(201), None, Some(404)]);
    let error = client.delete_user(&user).await.unwrap_err();
    assert_eq!(error.http_status(), Some(StatusCode::NotFound));
}

#[tokio::test]
async fn an_answer_that_is_lost_over_tls_names_the_closed_connection_only() {
    let emulator = Emulator::start().await.unwrap();
    emulator.faults().add(Fault::on("createIdentity").drop_after());
    let error = trusting(&emulator, three_retries()).create_user().await.unwrap_err();
    let origin = emulator.endpoint();
    let expected = format!(
        "the answer of {origin} is lost: the connection was closed. It is not known whether the identity was created"
    );
    assert_eq!(error.to_string(), expected);
}
