//! Tests of requests that are refused while they are still being sent.

use std::io::Write as _;
use std::time::Duration;

use super::connections::{connect, rest_of};
use super::support::running::Running;

/// More bytes than the buffers of both sides can hold.
const BODY: usize = 20 * 1024 * 1024;

#[test]
fn a_client_that_sends_too_much_sees_the_refusal() {
    let emulator = Running::in_memory();
    let port = emulator.port;
    let head = format!(
        "POST /identities?api-version=2023-10-01 HTTP/1.1\r\nhost: localhost:{port}\r\ncontent-length: {BODY}\r\n\r\n"
    );
    for _ in 0..5 {
        let mut stream = connect(port);
        stream.write_all(head.as_bytes()).unwrap();
        for _ in 0..BODY / 65536 {
            stream.write_all(&[b'x'; 65536]).unwrap();
        }
        let answer = rest_of(stream);
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    }
}

#[test]
fn the_connection_of_a_refused_client_that_goes_on_sending_ends() {
    let emulator = Running::in_memory();
    let mut stream = connect(emulator.port);
    let head =
        "POST /identities?api-version=2023-10-01 HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut chunk = b"10000\r\n".to_vec();
    chunk.extend([b'x'; 65536]);
    chunk.extend(b"\r\n");
    let sent = (0..3000).take_while(|_| stream.write_all(&chunk).is_ok()).count();
    assert!((16..2000).contains(&sent), "{sent} chunks");
}

/// Sends a request with a head of that length in several pieces. Returns the status line of the response.
fn status_of_head(emulator: &Running, length: usize, pieces: usize) -> String {
    let mut head = String::from("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Large: ");
    head.push_str(&"x".repeat(length - head.len() - 4));
    head.push_str("\r\n\r\n");
    let mut stream = connect(emulator.port);
    for piece in head.as_bytes().chunks(length.div_ceil(pieces)) {
        stream.write_all(piece).unwrap();
        std::thread::sleep(Duration::from_millis(2));
    }
    rest_of(stream).lines().next().unwrap_or_default().to_owned()
}

#[test]
fn a_head_of_32_kib_is_answered_in_one_piece_or_several() {
    let emulator = Running::in_memory();
    for pieces in [1, 7] {
        assert_eq!(status_of_head(&emulator, 32 * 1024, pieces), "HTTP/1.1 200 OK");
    }
}

#[test]
fn a_head_of_more_than_32_kib_is_refused_in_one_piece_or_several() {
    let emulator = Running::in_memory();
    for pieces in [1, 7] {
        let status = status_of_head(&emulator, 32 * 1024 + 1, pieces);
        assert_eq!(status, "HTTP/1.1 431 Request Header Fields Too Large");
    }
}
