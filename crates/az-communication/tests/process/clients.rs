//! Tests of clients without credentials, and of an emulator that is not ready.

use std::net::TcpStream;

use super::*;

/// Sends bytes without TLS. Returns all bytes until the connection is closed.
fn exchange(port: u16, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    // The emulator may not read the rest of a long body.
    let _ = stream.write_all(bytes);
    let mut text = Vec::new();
    let mut part = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut part) {
        text.extend_from_slice(&part[..read]);
    }
    String::from_utf8_lossy(&text).into_owned()
}

#[test]
fn a_request_with_a_length_and_chunks_is_refused_and_the_connection_closed() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    for headers in
        ["Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"]
    {
        let first = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let both = format!("{first}POST /health HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n0\r\n\r\n{first}");
        let answers = exchange(emulator.port(), both.as_bytes());
        let lines: Vec<&str> = answers.lines().filter(|line| line.starts_with("HTTP/1.1 ")).collect();
        assert_eq!(lines.last(), Some(&"HTTP/1.1 400 Bad Request"), "{answers}");
        assert!(lines.len() <= 2, "nothing after it is answered: {answers}");
    }
}

fn resident_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn bodies_and_device_codes_of_a_client_without_credentials_need_little_memory() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let port = emulator.port();
    let mut long =
        b"POST /identities?api-version=2023-10-01 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048575\r\n\r\n"
            .to_vec();
    long.resize(long.len() + 1_048_575, b' ');
    let scope = "s".repeat(1_048_000);
    let form = format!("client_id=c&scope={scope}");
    let head = "POST /common/oauth2/v2.0/devicecode HTTP/1.1\r\nHost: localhost\r\n";
    let code = format!("{head}Content-Length: {}\r\n\r\n{form}", form.len());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..25 {
                    exchange(port, &long);
                    exchange(port, code.as_bytes());
                }
            });
        }
    });
    let mut client = emulator.client();
    let form = format!("client_id=c&scope={}", "s".repeat(2000));
    for _ in 0..2000 {
        let answer = client.raw("POST", "/common/oauth2/v2.0/devicecode", &[], &form).unwrap();
        assert_eq!(answer.status, 200);
    }
    let resident = resident_kib(emulator.child.id());
    assert!(resident < 64 * 1024, "{resident} KiB");
    client.create();
}

#[test]
fn an_emulator_whose_folder_was_removed_is_alive_and_not_ready() {
    let home = Folder::new();
    let folder = home.path().join("data");
    let emulator = Emulator::start(&home, &["--data-dir", folder.to_str().unwrap()]);
    let mut client = emulator.client();
    let mut status = |path: &str| client.raw("GET", path, &[], "").unwrap();
    assert_eq!((status("/health/live").status, status("/health/ready").status), (200, 200));
    std::fs::remove_dir_all(&folder).unwrap();
    let until = Instant::now() + Duration::from_secs(10);
    while status("/health/ready").status == 200 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(50));
    }
    for path in ["/health/ready", "/health"] {
        let answer = status(path);
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("10")), "{path}");
    }
    assert_eq!(status("/health/live").status, 200);
}
