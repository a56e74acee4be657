//! Tests of connections that end on either side.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use acs_identity_protocol::AccessKey;
use time::OffsetDateTime;

use super::support::running::Running;

/// A timeout that is long enough for every step on a busy machine.
const LIMIT: Duration = Duration::from_secs(30);

pub(super) fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    stream
}

/// Reads until the connection ends.
pub(super) fn rest_of(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

/// Stops the emulator. Returns how long that takes.
fn stop(emulator: Running) -> Duration {
    let started = Instant::now();
    emulator.stop();
    started.elapsed()
}

/// Returns a count: `plain` in a normal run, `long` with AZ_LONG=1.
fn count(plain: usize, long: usize) -> usize {
    if std::env::var_os("AZ_LONG").is_some() { long } else { plain }
}

#[test]
fn a_client_that_has_shut_down_its_side_gets_its_answer() {
    let emulator = Running::in_memory();
    let port = emulator.port;
    let key = AccessKey::development();
    for _ in 0..count(200, 2000) {
        let target = "/identities?api-version=2023-10-01";
        let host = format!("localhost:{port}");
        let signed = key.sign_request("POST", target, &host, b"", OffsetDateTime::now_utc());
        let mut text = format!("POST {target} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\n");
        for (name, value) in signed {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        let mut stream = connect(port);
        stream.write_all(text.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let answer = rest_of(stream);
        assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    }
}

#[test]
fn half_a_request_delays_the_end_for_a_second_at_most() {
    for text in [
        "",
        "GET /hea",
        "POST /identities?api-version=2023-10-01 HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{",
        "\u{16}\u{3}",
    ] {
        let emulator = Running::in_memory();
        let mut stream = connect(emulator.port);
        stream.write_all(text.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(100));
        let took = stop(emulator);
        assert!(took < Duration::from_millis(1500), "{text:?}: {took:?}");
    }
}

#[test]
fn an_idle_connection_does_not_delay_the_end() {
    let emulator = Running::in_memory();
    let mut client = emulator.client();
    client.create();
    let took = stop(emulator);
    assert!(took < Duration::from_millis(500), "{took:?}");
}

#[test]
fn a_request_whose_operation_has_begun_gets_its_answer_at_the_end() {
    let emulator = Running::in_memory();
    let clients: Vec<_> = (0..8)
        .map(|_| {
            let mut client = emulator.client();
            std::thread::spawn(move || {
                let mut answers = 0;
                // The requests continue until the connection has ended.
                while let Ok(answer) = client.try_send("POST", "/identities", "") {
                    assert_eq!(answer.status, 201);
                    answers += 1;
                }
                answers
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(300));
    emulator.stop();
    for client in clients {
        assert!(client.join().unwrap() > 0);
    }
}
