//! Requests that are refused while they are still being sent.

use super::*;

/// More than the buffers of both sides hold.
const BODY: usize = 20 * 1024 * 1024;

fn send_body(stream: &mut impl std::io::Write, port: u16) -> std::io::Result<()> {
    let head = format!(
        "POST /identities?api-version=2023-10-01 HTTP/1.1\r\nhost: localhost:{port}\r\ncontent-length: {BODY}\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    for _ in 0..BODY / 65536 {
        stream.write_all(&[b'x'; 65536])?;
    }
    Ok(())
}

#[test]
fn whoever_sends_too_much_sees_the_refusal() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    for _ in 0..5 {
        let mut stream = connect(emulator.port());
        send_body(&mut stream, emulator.port()).unwrap();
        let answer = rest_of(stream);
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    }
}

#[test]
fn whoever_sends_too_much_over_tls_sees_the_refusal_and_an_orderly_end() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let body = home.write("body", vec![b'x'; BODY]);
    for _ in 0..3 {
        let output = Command::new("curl")
            .args(["-sS", "--http1.1", "-H", "Expect:", "--data-binary", &format!("@{}", body.display())])
            .args(["--cacert", &emulator.ca_certificate(), "-w", "\n%{http_code}"])
            .arg(format!("https://localhost:{}/identities?api-version=2023-10-01", emulator.port()))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.ends_with("\n413"), "{text}{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn pythons_requests_see_the_refusal() {
    let python = std::env::var("AZ_TEST_PYTHON").expect("AZ_TEST_PYTHON: run scripts/test.sh");
    let home = Folder::new();
    let script = "import os, requests; \
                  url = os.environ['AZURE_COMMUNICATION_ENDPOINT'] + '/identities?api-version=2023-10-01'; \
                  print([requests.post(url, data=b'x' * 20_000_000).status_code for _ in range(5)])";
    let output = az(&home).args(["communication", "emulator", "run", "--", &python, "-c", script]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(text, "[413, 413, 413, 413, 413]\n", "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn what_a_refused_client_goes_on_sending_ends_some_time() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let mut stream = connect(emulator.port());
    let head =
        "POST /identities?api-version=2023-10-01 HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut chunk = b"10000\r\n".to_vec();
    chunk.extend([b'x'; 65536]);
    chunk.extend(b"\r\n");
    let sent = (0..3000).take_while(|_| stream.write_all(&chunk).is_ok()).count();
    assert!((16..2000).contains(&sent), "{sent} chunks");
}

#[test]
fn a_head_of_32_kib_is_answered_and_a_longer_one_is_refused_however_it_comes() {
    let home = Folder::new();
    let emulator = Emulator::in_memory(&home);
    let status = |length: usize, pieces: usize| {
        let mut head = String::from("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Large: ");
        head.push_str(&"x".repeat(length - head.len() - 4));
        head.push_str("\r\n\r\n");
        let mut stream = connect(emulator.port());
        for piece in head.as_bytes().chunks(length.div_ceil(pieces)) {
            stream.write_all(piece).unwrap();
            std::thread::sleep(Duration::from_millis(2));
        }
        rest_of(stream).lines().next().unwrap_or_default().to_owned()
    };
    for pieces in [1, 7] {
        assert_eq!(status(32 * 1024, pieces), "HTTP/1.1 200 OK");
        assert_eq!(status(32 * 1024 + 1, pieces), "HTTP/1.1 431 Request Header Fields Too Large");
    }
}
