//! Limits of time and size.

use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientOptions, Timeouts, UnknownOutcome};
use azure_core::error::ErrorKind;
use azure_core::http::{ClientOptions, ExponentialRetryOptions, RetryOptions};

use crate::server::{Server, Then, nobody};
use crate::world::{USER, client, patient, three_retries, transport};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
const ATTEMPT: Duration = Duration::from_millis(150);

/// Returns options whose first wait is 0.4 s.
fn long_waits() -> RetryOptions {
    RetryOptions::exponential(ExponentialRetryOptions { max_retries: 9, ..Default::default() })
}

/// Sends a request that each server here leaves without a complete answer. Checks that the limit of a try ends it.
async fn the_limit_of_a_try_ends(action: &'static [Then]) {
    let server = Server::start(action);
    let timeouts = Timeouts { attempt: Some(ATTEMPT), ..patient() };
    let started = Instant::now();
    let error = client(server.address, timeouts, RetryOptions::none()).delete_identity(USER, None).await.unwrap_err();
    assert!(started.elapsed() >= ATTEMPT);
    assert_eq!(*error.kind(), ErrorKind::Io);
    let expected = format!("the answer of http://{} is lost: no complete answer within 0.15 s", server.address);
    assert_eq!(error.to_string(), expected);
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_silent_server() {
    the_limit_of_a_try_ends(&[Then::Stall("")]).await;
}

#[tokio::test]
async fn a_dripping_head() {
    the_limit_of_a_try_ends(&[Then::Drip("HTTP/1.1 200 OK\r\nx-long: ")]).await;
}

#[tokio::test]
async fn a_dripping_body() {
    the_limit_of_a_try_ends(&[Then::Drip("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")]).await;
}

#[tokio::test]
async fn a_body_that_stops() {
    the_limit_of_a_try_ends(&[Then::Stall("HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n{")]).await;
}

#[tokio::test]
async fn an_endless_body_is_read_up_to_a_limit_and_not_asked_for_again() {
    let server = Server::start(&[Then::Endless(HEAD)]);
    let error = client(server.address, patient(), three_retries()).delete_identity(USER, None).await.unwrap_err();
    assert!(error.to_string().ends_with("the answer is larger than 4 MiB"), "{error}");
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn the_limit_of_a_call_ends_all_tries() {
    let server = Server::start(&[Then::Stall("")]);
    let operation = ATTEMPT * 3;
    let timeouts = Timeouts { attempt: Some(ATTEMPT), operation: Some(operation), ..patient() };
    let started = Instant::now();
    let error = client(server.address, timeouts, three_retries()).delete_identity(USER, None).await.unwrap_err();
    assert!(started.elapsed() >= operation);
    assert_eq!(*error.kind(), ErrorKind::Io);
    let text = error.to_string();
    assert!(text.starts_with(&format!("no complete answer of http://{} within 0.45 s", server.address)), "{text}");
    assert!(server.requests() > 1);
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_and_named() {
    let address = nobody();
    let error = client(address, patient(), three_retries()).delete_identity(USER, None).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Connection);
    let text = error.to_string();
    assert!(text.starts_with(&format!("no connection to http://{address} in 4 tries: Connection refused")), "{text}");
}

#[tokio::test]
async fn the_limit_of_a_call_names_the_failure_of_the_last_try() {
    let address = nobody();
    let timeouts = Timeouts { operation: Some(ATTEMPT * 2), ..patient() };
    // The second of these tries comes after the limit.
    let error = client(address, timeouts, long_waits()).delete_identity(USER, None).await.unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Connection);
    let text = error.to_string();
    assert!(text.starts_with(&format!("no connection to http://{address} within 0.3 s: Connection refused")), "{text}");
}

#[tokio::test]
async fn the_limit_of_a_call_keeps_the_last_answer_of_the_service() {
    let server = Server::start(&[Then::Answer("HTTP/1.1 500 Oops\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")]);
    let timeouts = Timeouts { operation: Some(ATTEMPT * 2), ..patient() };
    let error = client(server.address, timeouts, long_waits()).delete_identity(USER, None).await.unwrap_err();
    assert_eq!(error.http_status().map(u16::from), Some(500));
}

#[tokio::test]
async fn a_refused_request_shows_status_code_and_message() {
    const BODY: &str = r#"{"error":{"code":"ValidationError","message":"Too short."}}"#;
    assert_eq!(BODY.len(), 59);
    let server = Server::start(&[Then::Answer(
        "HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 59\r\n\r\n\
         {\"error\":{\"code\":\"ValidationError\",\"message\":\"Too short.\"}}",
    )]);
    let error = client(server.address, patient(), three_retries()).delete_identity(USER, None).await.unwrap_err();
    assert_eq!(error.to_string(), "400 ValidationError: Too short.");
    assert_eq!(error.http_status().map(u16::from), Some(400));
}

#[tokio::test]
async fn l8_too_large_a_head_is_not_asked_for_again() {
    let server = Server::start(&[Then::Endless("HTTP/1.1 200 OK\r\nx-long: ")]);
    let error = client(server.address, patient(), three_retries()).delete_identity(USER, None).await.unwrap_err();
    assert!(error.to_string().contains("too large"), "{error}");
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn l9_a_server_that_does_not_speak_tls_is_named_and_tried_once() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let connections = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; 100]).unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").unwrap();
        listener.set_nonblocking(true).unwrap();
        (stream, listener)
    });
    let client_options = ClientOptions { retry: three_retries(), transport: Some(transport()), ..Default::default() };
    let options = CommunicationIdentityClientOptions { timeouts: patient(), client_options, ..Default::default() };
    let text = format!("endpoint=https://{address};accesskey=aGk=");
    let client = CommunicationIdentityClient::with_connection_string(&text, Some(options)).unwrap();
    let error = client.create_identity(None).await.unwrap_err();
    let start = format!("the server of https://{address} does not speak TLS: ");
    assert!(error.to_string().starts_with(&start), "{error}");
    assert!(error.downcast_ref::<UnknownOutcome>().is_none(), "{error:?}");
    let (_stream, listener) = connections.join().unwrap();
    assert_eq!(listener.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
}
