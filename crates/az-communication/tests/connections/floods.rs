//! Tests of thousands of connections that never authenticate, and of one client that does.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::*;

/// Waits until no other flood runs. Several at once need more open files than a process may have.
fn alone() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The bytes that are sent on each connection, and the number of connections.
struct Flood {
    text: Vec<u8>,
    attempts: usize,
}

/// Opens the connections and sends signed requests meanwhile. Checks that each is answered in time, and that the memory
/// stays below the limit.
fn withstands(flood: &Flood, megabytes: usize) {
    let _alone = alone();
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let port = emulator.port();
    let mut kept = Vec::new();
    let mut slowest = Duration::ZERO;
    let mut largest = 0;
    let mut signed = emulator.client();
    signed.create();
    for attempt in 0..flood.attempts {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { continue };
        stream.set_nonblocking(true).unwrap();
        // Bytes that do not fit into the buffers are not sent.
        let _ = stream.write(&flood.text);
        kept.push(stream);
        if attempt % 100 == 99 {
            let started = Instant::now();
            signed.create();
            // A new client can connect, too.
            emulator.client().create();
            slowest = slowest.max(started.elapsed());
            largest = largest.max(resident(&emulator));
        }
        if kept.len() > 4100 {
            kept.remove(0);
        }
    }
    println!("{} attempts: slowest {slowest:?}, {largest} MB", flood.attempts);
    assert!(largest < megabytes, "{largest} MB");
    assert!(slowest < bound(), "{slowest:?}");
}

/// Returns how long a signed request may take meanwhile. Without optimization and next to other tests, the value only
/// shows that clients are not locked out.
fn bound() -> Duration {
    Duration::from_millis(if cfg!(debug_assertions) { 10_000 } else { 100 })
}

/// Raises the limit on open files of this process.
fn raise() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).unwrap();
}

const HEAD: &str = "POST /identities?api-version=2023-10-01 HTTP/1.1\r\nhost: localhost\r\n";

fn flood(text: impl Into<Vec<u8>>) {
    raise();
    withstands(&Flood { text: text.into(), attempts: count(1200, 10_000) }, 64);
}

#[test]
fn silent_connections_are_withstood() {
    flood("");
}

#[test]
fn half_heads_are_withstood() {
    flood(format!("{HEAD}x: {}", "x".repeat(31 * 1024)));
}

#[test]
fn half_handshakes_are_withstood() {
    flood([&[0x16, 3, 1, 0x40, 0][..], &[0; 8000]].concat());
}

#[test]
fn exchanges_with_long_tokens_are_withstood() {
    let token = "a".repeat(15_000);
    flood(format!(
        "POST /access/entra/:exchangeAccessToken?api-version=2025-03-02-preview HTTP/1.1\r\nhost: localhost\r\n\
         authorization: Bearer {token}\r\ncontent-length: 16000\r\n\r\n{token}"
    ));
}

#[test]
#[ignore = "takes a minute of processor time without optimization"]
fn answers_that_are_not_read_are_withstood() {
    flood("GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(100));
}

#[test]
fn bodies_that_are_not_complete_are_withstood() {
    let length = 1024 * 1024;
    flood(format!("{HEAD}content-length: {length}\r\n\r\n{}", "x".repeat(length - 1)));
}

#[test]
fn of_those_who_do_not_read_their_answers_so_many_are_kept() {
    let _alone = alone();
    raise();
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let text = "GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(100);
    let mut kept = Vec::new();
    for _ in 0..300 {
        let mut stream = connect(emulator.port());
        // With a small buffer, a few responses fill it.
        rustix::net::sockopt::set_socket_recv_buffer_size(&stream, 4096).unwrap();
        stream.set_nonblocking(true).unwrap();
        let _ = stream.write(text.as_bytes());
        kept.push(stream);
    }
    let until = Instant::now() + 2 * LIMIT;
    let mut reset = 0;
    while reset < 300 - 128 {
        // The received bytes are not read here, so the end of a connection is an error of its stream, once.
        reset += kept.iter().filter(|stream| stream.take_error().unwrap().is_some()).count();
        assert!(Instant::now() < until, "{reset} ended");
        std::thread::sleep(Duration::from_millis(50));
    }
    emulator.client().create();
}

#[test]
#[ignore = "takes a minute of processor time without optimization"]
fn clients_that_do_not_read_do_not_block_others() {
    let _alone = alone();
    raise();
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let text = "GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(200);
    let mut kept = Vec::new();
    for _ in 0..4100 {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", emulator.port())) else { continue };
        stream.set_nonblocking(true).unwrap();
        let _ = stream.write(text.as_bytes());
        kept.push(stream);
    }
    let started = Instant::now();
    emulator.client().create();
    assert!(started.elapsed() < bound(), "{:?}", started.elapsed());
    assert!(resident(&emulator) < 64, "{} MB", resident(&emulator));
}
