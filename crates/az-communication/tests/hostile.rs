//! Tests of malicious or broken clients: many connections, slow ones, half-open ones, and large requests. The next
//! honest request must succeed.
#![cfg(target_os = "linux")]

mod support;

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use support::Folder;
use support::emulator::Emulator;

/// The largest allowed memory of the emulator in these tests. The measured value is about 60 MB.
const MEMORY_LIMIT_KIB: u64 = 256 * 1024;

/// The usual limit of 1,024 open files is too low for the clients, too.
fn raise_file_limit() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).unwrap();
}

fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// Returns the status of the response, or `None` if the connection was closed without one.
fn status(stream: &mut TcpStream) -> Option<u16> {
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while !answer.windows(2).any(|end| end == b"\r\n") {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => answer.extend_from_slice(&buffer[..count]),
        }
    }
    String::from_utf8_lossy(&answer).split(' ').nth(1)?.parse().ok()
}

fn peak_memory_kib(pid: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = text.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn honest(emulator: &Emulator) {
    let started = Instant::now();
    emulator.client().create();
    assert!(started.elapsed() < Duration::from_secs(5), "an honest request took {:?}", started.elapsed());
}

#[test]
fn a_thousand_connections() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let port = emulator.port();
    raise_file_limit();
    // One third of the connections sends nothing, one third stops within its headers, and one third within its body.
    let mut streams: Vec<TcpStream> = (0..1000).map(|_| connect(port)).collect();
    for (index, stream) in streams.iter_mut().enumerate() {
        match index % 3 {
            0 => {}
            1 => stream.write_all(b"POST /identities?api-version=2023-10-01 HTTP/1.1\r\nHost: localh").unwrap(),
            _ => stream
                .write_all(b"POST /identities HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
                .unwrap(),
        }
    }
    honest(&emulator);
    // These clients close their sending side.
    for stream in streams.iter().skip(1).step_by(3) {
        stream.shutdown(Shutdown::Write).unwrap();
    }
    honest(&emulator);
    // A connection whose request waits for its turn is not idle. After a second, the connections above are idle and can
    // be closed instead.
    std::thread::sleep(std::time::Duration::from_secs(1));
    // Other clients send a request and read the response. There are fewer than the limit, because a connection that is
    // ending counts until it has ended.
    let mut askers: Vec<TcpStream> = (0..900).map(|_| connect(port)).collect();
    for stream in &mut askers {
        stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    }
    let answered = askers.iter_mut().filter_map(status).filter(|status| *status == 200).count();
    assert_eq!(answered, 900);
    drop((streams, askers));
    honest(&emulator);
    let peak = peak_memory_kib(emulator.child.id());
    println!("1,900 connections: {peak} KiB at most");
    assert!(peak < MEMORY_LIMIT_KIB, "{peak} KiB");
}

#[test]
fn readers_that_never_read() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let port = emulator.port();
    // Each client sends requests without reading until its buffers are full.
    let mut streams = Vec::new();
    for _ in 0..12 {
        let mut stream = connect(port);
        stream.set_write_timeout(Some(Duration::from_millis(50))).unwrap();
        let request = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(200);
        while stream.write(&request).is_ok_and(|count| count > 0) {}
        streams.push(stream);
    }
    honest(&emulator);
    let peak = peak_memory_kib(emulator.child.id());
    println!("12 readers that never read: {peak} KiB at most");
    assert!(peak < MEMORY_LIMIT_KIB, "{peak} KiB");
}

#[test]
fn bodies_of_20_mb() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let port = emulator.port();
    let body = vec![b' '; 20 * 1024 * 1024];
    for (head, expected) in [
        ("Content-Length: 20971520\r\n\r\n", 413),
        // The length is not stated, and the request is not signed.
        ("Transfer-Encoding: chunked\r\n\r\n1400000\r\n", 401),
    ] {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let mut stream = connect(port);
                    stream.write_all(b"POST /identities HTTP/1.1\r\nHost: localhost\r\n").unwrap();
                    stream.write_all(head.as_bytes()).unwrap();
                    // The request is refused long before its end.
                    let _ = stream.write_all(&body);
                    let status = status(&mut stream);
                    assert!(status.is_none_or(|status| status == expected), "{status:?}");
                });
            }
        });
        honest(&emulator);
    }
    let peak = peak_memory_kib(emulator.child.id());
    println!("16 bodies of 20 MB: {peak} KiB at most");
    assert!(peak < MEMORY_LIMIT_KIB, "{peak} KiB");
}

#[test]
fn ten_thousand_headers() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let port = emulator.port();
    let many: String = (0..10_000).map(|index| format!("x-{index}: y\r\n")).collect();
    let long = format!("x-long: {}\r\n", "y".repeat(10 * 1024 * 1024));
    for headers in [many, long] {
        let mut stream = connect(port);
        let request = format!("GET /health HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
        let _ = stream.write_all(request.as_bytes());
        let status = status(&mut stream);
        assert!(matches!(status, Some(400 | 431) | None), "{status:?}");
        honest(&emulator);
    }
    // These are invalid bytes of all kinds, for TLS and plain HTTP.
    for rubbish in
        [&b"\x16\x03\x01\xff\xff"[..], b"\0\0\0\0", b"GET", b"GET / HTTP/9.9\r\n\r\n", b"\x16", b"\r\n\r\n\r\n"]
    {
        let mut stream = connect(port);
        stream.write_all(rubbish).unwrap();
        let _ = stream.shutdown(Shutdown::Write);
        let status = status(&mut stream);
        assert!(matches!(status, Some(400..=599) | None), "{rubbish:?}: {status:?}");
    }
    honest(&emulator);
}
