//! Connections that end, on either side.

use super::*;

#[test]
fn a_client_that_has_shut_down_its_side_gets_its_answer() {
    let home = Folder::new();
    let emulator = Emulator::start(&home, &[]);
    let port = emulator.port();
    let key = acs_identity_protocol::AccessKey::development();
    for _ in 0..count(200, 2000) {
        let target = "/identities?api-version=2023-10-01";
        let host = format!("localhost:{port}");
        let date = azure_core::time::OffsetDateTime::now_utc();
        let signed = key.sign_request("POST", target, &host, b"", date);
        let mut text = format!("POST {target} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\n");
        for (name, value) in signed {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        let mut stream = connect(port);
        stream.write_all(text.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let answer = rest_of(stream);
        assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    }
}

#[test]
fn half_a_request_holds_up_the_end_for_a_second_at_most() {
    let home = Folder::new();
    for text in [
        "",
        "GET /hea",
        "POST /identities?api-version=2023-10-01 HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{",
        "\u{16}\u{3}",
    ] {
        let mut emulator = Emulator::in_memory(&home);
        let mut stream = connect(emulator.port());
        stream.write_all(text.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(100));
        let took = terminate(&mut emulator);
        assert!(took < Duration::from_millis(1500), "{text:?}: {took:?}");
    }
}

#[test]
fn an_idle_connection_does_not_hold_up_the_end() {
    let home = Folder::new();
    let mut emulator = Emulator::in_memory(&home);
    let mut client = emulator.client();
    client.create();
    let took = terminate(&mut emulator);
    assert!(took < Duration::from_millis(500), "{took:?}");
}

#[test]
fn a_request_whose_operation_has_begun_gets_its_answer_at_the_end() {
    let home = Folder::new();
    let mut emulator = Emulator::start(&home, &[]);
    let port = emulator.port();
    let pid = emulator.child.id().to_string();
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(move || {
                    let mut client = Client::new(port);
                    let mut answers = 0;
                    loop {
                        match client.try_send("POST", "/identities", "") {
                            Ok(answer) => assert_eq!(answer.status, 201),
                            Err(error) => return (answers, error),
                        }
                        answers += 1;
                    }
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(300));
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        for client in clients {
            let (answers, _) = client.join().unwrap();
            assert!(answers > 0);
        }
    });
    assert_eq!(emulator.child.wait().unwrap().code(), Some(0));
}
