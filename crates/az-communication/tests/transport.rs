//! Answers that are odd, late, doubled or cut off, byte by byte as a server may send them.
#![cfg(unix)]

mod support;

use std::io::{Read as _, Write as _};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;
use support::Folder;
use support::odd::{Odd, created, created_body, json_answer, user};

const ISSUE: [&str; 7] = ["communication", "user-identity", "token", "issue", "--scope", "chat", "--only-show-errors"];
const CREATE: [&str; 5] = ["communication", "identity", "user", "create", "--only-show-errors"];

fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

/// `token issue` against this answer: what the command says on stderr, and whether it has the token.
fn issue_against(answer: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<(), String> {
    let home = Folder::new();
    let server = Odd::start(move |connection| {
        connection.request()?;
        connection.send(answer.as_ref())?;
        connection.cut()
    });
    let (code, stdout, stderr) = run(server.az(&home).args(ISSUE));
    assert_eq!(server.requests().len(), 1, "{stderr}");
    match code {
        0 => {
            assert!(stdout.contains("token-of-1"), "{stdout}");
            Ok(())
        }
        _ => {
            assert_eq!((code, stdout.as_str()), (1, ""), "{stderr}");
            Err(stderr)
        }
    }
}

/// An answer with this head, whose body is that of a created user.
fn with_head(head: &str) -> String {
    let body = created_body(1);
    let length = body.len().to_string();
    format!("HTTP/1.1 201 Created\r\n{}\r\n\r\n{body}", head.replace("{length}", &length))
}

#[test]
fn heads_that_python_and_curl_read_are_read() {
    let many: String = (0..300).map(|number| format!("x-{number}: y\r\n")).collect();
    let long = format!("x-long: {}\r\n", "y".repeat(100_000));
    for head in [
        "Content-Length: {length}",
        "X-Folded: a\r\n b\r\n\tc\r\nContent-Length: {length}",
        "X-Blank : a\r\nContent-Length : {length}",
        "x(odd: a\r\n: nothing\r\nContent-Length: {length}",
        "X-Control: a\u{1}b\r\nContent-Length: {length}",
        "Content-Length: {length}, {length}",
        "Content-Length: {length}\r\nContent-Length: {length}",
        "Content-Length: +{length}",
        "Content-Length: -5",
        "Content-Length: twelve",
        "Content-Length:",
        "Transfer-Encoding: identity\r\nContent-Length: {length}",
        "X-Nothing: a",
        &format!("{many}Content-Length: {{length}}"),
        &format!("{long}Content-Length: {{length}}"),
        &format!("{many}{long}Content-Length: +{{length}}"),
    ] {
        issue_against(with_head(head)).unwrap_or_else(|error| panic!("{}: {error}", &head[..head.len().min(80)]));
    }
}

#[test]
fn status_lines_that_python_reads_are_read() {
    let rest = with_head("Content-Length: {length}").split_once("\r\n").unwrap().1.to_owned();
    for line in
        ["HTTP/1.1 201", "HTTP/1.0 201 Created", "HTTP/1.1 201 ", "HTTP/1.2 201 Created", "\r\nHTTP/1.1 201 Created"]
    {
        issue_against(format!("{line}\r\n{rest}")).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
}

#[test]
fn lines_may_end_without_a_carriage_return() {
    issue_against(with_head("Content-Length: {length}").replace("\r\n", "\n")).unwrap();
}

/// A chunked answer, with what stands behind the last chunk.
fn chunked(end: &str) -> String {
    let body = created_body(1);
    let (first, second) = body.split_at(20);
    format!(
        "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{first}\r\n{:X};name=value\r\n{second}\r\n{end}",
        first.len(),
        second.len()
    )
}

#[test]
fn a_chunked_answer_is_complete_with_its_last_chunk() {
    for end in ["0\r\n\r\n", "0\r\n", "0\r\nX-Trailer: a\r\n\r\n", "000\r\n"] {
        issue_against(chunked(end)).unwrap_or_else(|error| panic!("{end:?}: {error}"));
    }
    issue_against(chunked("0\r\n\r\n").replacen("HTTP/1.1", "HTTP/1.0", 1)).unwrap();
    for end in ["", "0", "1\r\n", "0\r\nX-Trailer: a", "0\r\nX-Trailer"] {
        let error = issue_against(chunked(end)).expect_err(end);
        assert!(error.contains("was cut off") && error.contains("outcome is unknown"), "{end:?}: {error}");
    }
    let error = issue_against(chunked("zz\r\n")).unwrap_err();
    assert!(error.contains("is not valid HTTP") && error.contains("outcome is unknown"), "{error}");
}

#[test]
fn interim_answers_are_skipped() {
    let answer = created(1);
    for interim in [
        "HTTP/1.1 100 Continue\r\n\r\n".to_owned(),
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".to_owned(),
        "HTTP/1.1 102 Processing\r\n\r\n".repeat(50),
    ] {
        issue_against(format!("{interim}{answer}")).unwrap();
    }
}

#[test]
fn what_is_not_an_answer_is_named() {
    for (answer, expected) in [
        (with_head("Content-Length: 5\r\nContent-Length: 3"), "different lengths, Content-Length: '5' and '3'"),
        (with_head("Content-Length: 5, 3"), "different lengths, Content-Length: '5' and '3'"),
        ("SSH-2.0-OpenSSH_9.2\r\n".into(), "it starts with 'SSH-2.0-OpenSSH_9.2'"),
        ("220 mail.example ESMTP\r\n".into(), "it starts with '220 mail.example ESMTP'"),
        ("\u{1b}[2J\u{1b}]0;title\u{7}\r\n".into(), r"it starts with '\x1b[2J\x1b]0;title\x07'"),
        ("HTTP/1.1 abc\r\n\r\n".into(), "its first line is 'HTTP/1.1 abc'"),
        ("HTTP/1.1 099 Low\r\n\r\n".into(), "its first line is 'HTTP/1.1 099 Low'"),
        ("HTTP/2 200\r\n\r\n".into(), "its first line is 'HTTP/2 200'"),
        (with_head("Content-Encoding: br\r\nContent-Length: {length}"), "its Content-Encoding is 'br'"),
        (with_head("Content-Encoding: gzip\r\nContent-Length: {length}"), "its body is not gzip"),
        (with_head("Content-Length: 99999999999"), "was cut off"),
    ] {
        let error = issue_against(answer.clone()).expect_err(&answer);
        assert!(error.starts_with("ERROR: The response of localhost:"), "{error}");
        assert!(error.contains(expected) && !error.contains('\u{1b}'), "{error}");
        assert!(error.contains("The outcome is unknown: an identity may exist now"), "{error}");
    }
}

#[test]
fn a_body_is_not_larger_than_64_mib() {
    let home = Folder::new();
    let server = Odd::start(|connection| {
        connection.request()?;
        connection.send("HTTP/1.1 201 Created\r\n\r\n")?;
        let page = vec![b' '; 1 << 20];
        (0..80).try_for_each(|_| connection.send(&page))
    });
    let (code, _, stderr) = run(server.az(&home).args(ISSUE));
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("its body is larger than 64 MiB"), "{stderr}");
}

#[test]
fn compressed_answers_are_read() {
    use std::process::Stdio;
    // gzip's format, by the program that everybody has.
    let mut gzip = Command::new("gzip").arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    gzip.stdin.take().unwrap().write_all(created_body(1).as_bytes()).unwrap();
    let body = gzip.wait_with_output().unwrap().stdout;
    for coding in ["Content-Encoding: gzip", "Content-Encoding: x-gzip, identity"] {
        let mut answer =
            format!("HTTP/1.1 201 Created\r\n{coding}\r\nContent-Length: {}\r\n\r\n", body.len()).into_bytes();
        answer.extend_from_slice(&body);
        issue_against(answer).unwrap();
    }
}

/// The lines of a batch's file that hold a token.
fn tokens_in(file: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line.get("token").is_some()).collect()
}

/// Two users and a server whose answers to the first one are followed by something. Each user gets its own token.
fn batch_behind(first: impl Fn(&str) -> Vec<Vec<u8>> + Send + Sync + 'static) {
    let home = Folder::new();
    let users: Vec<String> = (1..=4).map(user).collect();
    let list = home.write("users.txt", users.join("\n"));
    let token_of = |path: &str| {
        let number = path.split('_').nth(1).and_then(|rest| rest.get(..8)).unwrap_or_default();
        json_answer("200 OK", &format!(r#"{{"token":"token-of-{number}","expiresOn":"2026-11-24T02:26:58+00:00"}}"#))
    };
    let server = Odd::start(move |connection| {
        while let Some(request) = connection.request()? {
            connection.send(token_of(&request.path))?;
            for bytes in first(&token_of(&request.path)) {
                connection.send(bytes)?;
            }
        }
        Ok(())
    });
    let out = home.path().join("tokens.jsonl");
    let (code, stdout, stderr) = run(server
        .az(&home)
        .args(["communication", "user-identity", "token", "issue-batch", "--scope", "chat", "--concurrency", "1"])
        .arg("--users-from")
        .arg(&list)
        .arg("--out-file")
        .arg(&out));
    assert_eq!(code, 0, "{stdout}{stderr}");
    let lines = tokens_in(&out);
    assert_eq!(lines.len(), 4);
    for line in lines {
        let user = line["user_id"].as_str().unwrap();
        let number = user.split('_').nth(1).unwrap().get(..8).unwrap();
        assert_eq!(line["token"].as_str().unwrap(), format!("token-of-{number}"), "{user}");
    }
}

#[test]
fn no_user_gets_the_token_of_another_one() {
    // The answer again, in the same record as its end and in one of its own.
    batch_behind(|answer| vec![answer.as_bytes().to_vec()]);
    batch_behind(|answer| answer.as_bytes().chunks(7).map(<[u8]>::to_vec).collect());
    batch_behind(|_| vec![b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".to_vec()]);
    batch_behind(|_| vec![b"\r\n".to_vec()]);
    batch_behind(|_| vec![b"HTTP/1.1 102 Processing\r\n\r\n".to_vec()]);
}

#[test]
fn a_204_may_have_a_body() {
    let home = Folder::new();
    let list = home.write("users.txt", (1..=4).map(user).collect::<Vec<_>>().join("\n"));
    let server = Odd::start(|connection| {
        while let Some(request) = connection.request()? {
            connection.send(match request.path.contains("00000003") {
                true => json_answer("403 Forbidden", r#"{"error":{"code":"Denied","message":"no"}}"#),
                false => "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello".to_owned(),
            })?;
        }
        Ok(())
    });
    let (_, stdout, stderr) = run(server
        .az(&home)
        .args([
            "communication",
            "user-identity",
            "token",
            "revoke-batch",
            "--yes",
            "--concurrency",
            "1",
            "--users-from",
        ])
        .arg(list));
    let paths: Vec<String> = server.requests().into_iter().map(|request| request.path).collect();
    assert_eq!(paths.len(), 3, "{paths:?} {stdout} {stderr}");
    assert!(stderr.contains("(Denied) no"), "{stderr}");
}

#[test]
fn an_idle_connection_that_the_server_closed_is_replaced() {
    // By a good-bye, without one, and with a 408 before.
    for way in 0..3 {
        let home = Folder::new();
        let server = Odd::start(move |connection| {
            let number = connection.number + 1;
            connection.request()?;
            connection.send(created(number))?;
            match way {
                0 => connection.reset(),
                1 => connection.cut(),
                _ => connection.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"),
            }
        });
        let out = home.path().join("tokens.jsonl");
        let (code, _, stderr) = run(server
            .az(&home)
            .args(["communication", "user-identity", "token", "issue-batch", "--scope", "chat"])
            .args(["--count", "3", "--concurrency", "1", "--out-file"])
            .arg(&out));
        // A reset may come when the request is on its way already. Then the outcome is unknown, and nothing is repeated.
        if code == 0 {
            assert_eq!(tokens_in(&out).len(), 3);
            assert_eq!(server.requests().len(), 3);
        } else {
            assert!(stderr.contains("outcome is unknown"), "{way}: {stderr}");
        }
    }
}

#[test]
fn a_creation_is_not_repeated_when_its_answer_is_cut_off() {
    let home = Folder::new();
    let server = Odd::start(|connection| {
        for number in 1.. {
            if connection.request()?.is_none() {
                break;
            }
            let answer = created(number);
            match number {
                2 => {
                    connection.send(&answer[..answer.len() - 10])?;
                    return connection.cut();
                }
                _ => connection.send(answer)?,
            }
        }
        Ok(())
    });
    let out = home.path().join("tokens.jsonl");
    let (code, _, stderr) = run(server
        .az(&home)
        .args(["communication", "user-identity", "token", "issue-batch", "--scope", "chat"])
        .args(["--count", "3", "--concurrency", "1", "--out-file"])
        .arg(&out));
    assert_ne!(code, 0, "{stderr}");
    assert!(stderr.contains("not known") && stderr.contains("was cut off"), "{stderr}");
    // Three users were asked for: the lost one is not made up for.
    let requests = server.requests().len();
    assert!(requests <= 3 && tokens_in(&out).len() == requests - 1, "{requests} {stderr}");
}

#[test]
fn other_protocols_on_the_port_are_named() {
    for greeting in
        ["SSH-2.0-OpenSSH_9.2\r\n", "220 mail.example ESMTP\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", "\0\0\0\0\0\0"]
    {
        let home = Folder::new();
        let server = Odd::start_plain(move |mut stream| {
            let _ = stream.write_all(greeting.as_bytes());
            let _ = stream.read(&mut [0; 4096]);
        });
        let (code, _, stderr) = run(server.az(&home).args(ISSUE));
        assert_eq!(code, 1);
        let expected = format!("ERROR: The server at localhost:{} does not speak TLS.", server.port);
        assert!(stderr.starts_with(&expected), "{stderr}");
        assert!(!stderr.contains("InvalidContentType") && !stderr.contains("carried"), "{stderr}");
    }
}

#[test]
fn what_ends_in_the_handshake_was_not_sent() {
    for reset in [false, true] {
        let home = Folder::new();
        let server = Odd::start_plain(move |mut stream| {
            let _ = stream.read(&mut [0; 4096]);
            if reset {
                rustix::net::sockopt::set_socket_linger(&stream, Some(Duration::ZERO)).unwrap();
            }
        });
        let (code, _, stderr) = run(server.az(&home).args(ISSUE));
        assert_eq!(code, 1);
        assert!(stderr.contains("before the request was sent"), "{stderr}");
        assert!(stderr.contains("Nothing was changed") && !stderr.contains("unknown"), "{stderr}");
    }
}

#[test]
fn a_wait_that_is_too_long_is_given_up() {
    for value in ["inf", "1e400", "Infinity", "99999999999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let home = Folder::new();
        let server = Odd::answering(format!(
            "HTTP/1.1 429 Too Many Requests\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n"
        ));
        let started = Instant::now();
        let (code, _, stderr) = run(server.az(&home).args(&ISSUE[..6]).arg("--verbose"));
        assert_eq!((code, server.requests().len()), (1, 1), "{value}: {stderr}");
        assert!(stderr.contains("asks to wait") && stderr.contains("too long"), "{value}: {stderr}");
        assert!(started.elapsed() < Duration::from_secs(30));
    }
}

/// Runs a command whose answer, or whose request, is cut after so many bytes. Users that exist must be known, or be
/// reported as unknown.
fn cut_after(command: &[&str], of_request: Option<usize>, of_answer: usize, reset: bool) {
    let home = Folder::new();
    let made = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let server = Odd::start({
        let made = std::sync::Arc::clone(&made);
        move |connection| {
            if let Some(bytes) = of_request {
                if connection.read_up_to(bytes)? {
                    made.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                }
            } else if connection.request()?.is_some() {
                let number = made.fetch_add(1, std::sync::atomic::Ordering::SeqCst) + 1;
                let answer = created(number);
                connection.send(&answer[..of_answer.min(answer.len())])?;
            }
            if reset { connection.reset() } else { connection.cut() }
        }
    });
    let (code, stdout, stderr) = run(server.az(&home).args(command));
    let made = made.load(std::sync::atomic::Ordering::SeqCst);
    let context = format!("request {of_request:?}, answer {of_answer}: {code} {stdout} {stderr}");
    let recorded = usize::from(code == 0 && stdout.contains(&user(1)));
    let unknown = usize::from(stderr.contains("outcome is unknown"));
    assert!(made <= 1, "{context}");
    assert!(recorded <= made && made <= recorded + unknown, "made {made}, {context}");
    assert!(recorded + unknown == 1 || stderr.contains("Nothing was changed"), "{context}");
    // What was sent as a whole is either known or unknown.
    if of_request.is_none() {
        assert_eq!(made, 1, "{context}");
        let complete = of_answer >= created(1).len();
        assert_eq!(recorded == 1, complete, "{context}");
        assert_eq!(of_answer > 0 && !complete && !reset, stderr.contains("was cut off"), "{context}");
    }
}

fn cut_everywhere(step: usize) {
    let whole = created(1).len();
    std::thread::scope(|scope| {
        for (command, offset) in [(ISSUE.as_slice(), 0), (CREATE.as_slice(), 1)] {
            scope.spawn(move || {
                // Requests have about 600 bytes.
                for bytes in (offset..800).step_by(step) {
                    cut_after(command, Some(bytes), 0, bytes % 2 == 1);
                }
                for bytes in (offset..whole).step_by(step).chain([whole - 1, whole]) {
                    cut_after(command, None, bytes, false);
                }
            });
        }
    });
}

#[test]
fn a_cut_loses_no_user_silently() {
    cut_everywhere(41);
}

#[test]
#[ignore = "takes minutes: scripts/test.sh"]
fn a_cut_at_any_byte_loses_no_user_silently() {
    cut_everywhere(1);
}

/// The value of a header of a request, from what the server saw of it.
fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

#[test]
fn credentials_do_not_follow_a_redirect_to_another_server() {
    let home = Folder::new();
    let other = Odd::answering(created(1));
    // The name is another one, and so is the port.
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
fn a_redirect_within_the_server_is_signed_anew() {
    for location in ["/elsewhere?x=1#fragment", "elsewhere?x=1", "https://localhost:{port}/elsewhere?x=1"] {
        let home = Folder::new();
        let server = Odd::start(move |connection| {
            let port = connection.socket().local_addr()?.port();
            connection.request()?;
            let location = location.replace("{port}", &port.to_string());
            connection.send(format!("HTTP/1.1 307 Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"))?;
            connection.request()?;
            connection.send(created(1))
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
    let keys = Odd::start(|connection| {
        connection.request()?;
        connection.send("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")?;
        connection.request()?;
        connection.send("HTTP/1.1 302 Found\r\nLocation: /keys\r\nContent-Length: 0\r\n\r\n")?;
        connection.request()?;
        connection.send(json_answer("200 OK", "\u{feff}{\"keys\":[]}"))
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
