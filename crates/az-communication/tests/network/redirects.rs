//! Tests of redirects and of credentials, also for key sets.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::Folder;
use crate::support::odd::{Odd, created, json_answer};
use crate::{ISSUE, run};

/// Returns the value of a header of a received request.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

#[test]
fn credentials_do_not_follow_a_redirect_to_another_server() {
    let home = Folder::new();
    let other = Odd::answering(created(1));
    // Both the name and the port differ from the first server, or only the port.
    for host in ["localhost", "127.0.0.1"] {
        for status in ["307 Temporary Redirect", "308 Permanent Redirect", "303 See Other"] {
            let location = format!("https://{host}:{}/elsewhere", other.port);
            let server =
                Odd::answering(format!("HTTP/1.1 {status}\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"));
            let before = other.requests().len();
            run(server.az(&home).args(ISSUE));
            let first = &server.requests()[0];
            assert!(header(&first.head, "authorization").is_some_and(|value| value.starts_with("HMAC-SHA256 ")));
            for request in &other.requests()[before..] {
                assert_eq!(header(&request.head, "authorization"), None, "{}", request.head);
                assert_eq!(header(&request.head, "x-ms-content-sha256"), None, "{}", request.head);
            }
        }
    }
    assert_eq!(other.requests().len(), 6);
}

#[test]
fn a_redirect_within_the_server_is_signed_again() {
    for location in ["/elsewhere?x=1#fragment", "elsewhere?x=1", "https://localhost:{port}/elsewhere?x=1"] {
        let home = Folder::new();
        let server = Odd::start(move |connection| {
            let port = connection.socket().local_addr()?.port();
            if connection.request()?.is_some_and(|request| request.path.starts_with("/elsewhere")) {
                return connection.send(created(1));
            }
            let location = location.replace("{port}", &port.to_string());
            connection.send(format!("HTTP/1.1 307 Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"))
        });
        let (code, _, stderr) = run(server.az(&home).args(ISSUE));
        assert_eq!(code, 0, "{location}: {stderr}");
        let requests = server.requests();
        assert_eq!(requests[1].path, "/elsewhere?x=1", "{location}");
        let [first, second] = [0, 1].map(|at| header(&requests[at].head, "authorization").map(str::to_owned));
        assert!(second.is_some() && first != second, "{location}");
    }
}

#[test]
fn an_empty_location_is_an_error_and_another_host_is_another_server() {
    for (answer, expected) in [
        ("HTTP/1.1 303 See Other\r\nLocation:\r\nContent-Length: 0\r\n\r\n", "invalid status 'See Other'"),
        ("HTTP/1.1 307 Moved\r\nLocation: \r\nContent-Length: 0\r\n\r\n", "invalid status 'Moved'"),
        (
            "HTTP/1.1 307 Moved\r\nLocation: //no-such-host.invalid/r\r\nContent-Length: 0\r\n\r\n",
            "no-such-host.invalid",
        ),
        ("HTTP/1.1 307 Moved\r\nLocation: http://localhost/r\r\nContent-Length: 0\r\n\r\n", "is not followed"),
    ] {
        let home = Folder::new();
        let server = Odd::answering(answer);
        let (code, _, stderr) = run(server.az(&home).args(ISSUE));
        assert_eq!((code, server.requests().len()), (1, 1), "{stderr}");
        assert!(stderr.contains(expected), "{stderr}");
    }
}

#[test]
fn a_token_in_a_body_stays_at_its_server() {
    let home = Folder::new();
    let other = Odd::answering(created(1));
    let server = Odd::answering(format!(
        "HTTP/1.1 307 Moved\r\nLocation: https://localhost:{}/\r\nContent-Length: 0\r\n\r\n",
        other.port
    ));
    let (code, _, stderr) = run(server.az(&home).args([
        "communication",
        "user-identity",
        "token",
        "get-for-teams-user",
        "--aad-token",
        "secret",
        "--client",
        "c",
        "--aad-user",
        "u",
        "--only-show-errors",
    ]));
    assert_eq!((code, other.requests().len()), (1, 0), "{stderr}");
    assert!(stderr.contains("redirects to another server") && !stderr.contains("secret"), "{stderr}");
}

#[test]
fn a_key_set_comes_by_redirects_with_a_bom_and_after_a_503() {
    let home = Folder::new();
    let token = format!("{}.{}.c2ln", "eyJhbGciOiJSUzI1NiIsImtpZCI6ImEifQ", "e30");
    let count = AtomicUsize::new(0);
    let keys = Odd::start(move |connection| {
        while connection.request()?.is_some() {
            connection.send(match count.fetch_add(1, Ordering::SeqCst) {
                0 => "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n".to_owned(),
                1 => "HTTP/1.1 302 Found\r\nLocation: /keys\r\nContent-Length: 0\r\n\r\n".to_owned(),
                _ => json_answer("200 OK", "\u{feff}{\"keys\":[]}"),
            })?;
        }
        Ok(())
    });
    let url = format!("https://us%65r:pass%2Fword@localhost:{}/", keys.port);
    let verify = |url: &str| {
        run(keys.az(&home).args([
            "communication",
            "user-identity",
            "token",
            "verify",
            "--token",
            &token,
            "--jwks",
            url,
        ]))
    };
    let (code, stdout, stderr) = verify(&url);
    assert!(code == 1 && stdout.contains("of an unknown key"), "{stdout}{stderr}");
    let requests = keys.requests();
    assert_eq!(requests.len(), 3);
    assert_eq!(header(&requests[2].head, "authorization"), Some("Basic dXNlcjpwYXNzL3dvcmQ="));
    let elsewhere = Odd::answering("HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n");
    for url in [
        format!("https://user:password@localhost:{}/", elsewhere.port),
        "https://user:password@no-such-host.invalid/".into(),
        "https://user:password@localhost:x/".into(),
        "https://user:pass/password@localhost/".into(),
    ] {
        let (code, _, stderr) = verify(&url);
        assert!(code == 1 && !stderr.contains("password"), "{stderr}");
    }
}
