//! Tests of responses in an unusual format: heads, lengths, chunks, codings, and other protocols.

use std::io::{Read as _, Write as _};
use std::process::Command;

use crate::support::Folder;
use crate::support::odd::{Odd, created, created_body};
use crate::{ISSUE, run};

/// Runs `token issue` against this response. Returns stderr if the command did not get the token.
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

/// Returns a response with this head and the body of a created user.
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

/// Returns a chunked response with this text after the last chunk.
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
    for end in ["0\r\n\r\n", "0\r\n", "0", "0\r\nX-Trailer: a\r\n\r\n", "0\r\nX-Trailer: a", "000\r\n"] {
        issue_against(chunked(end)).unwrap_or_else(|error| panic!("{end:?}: {error}"));
    }
    issue_against(chunked("0\r\n\r\n").replacen("HTTP/1.1", "HTTP/1.0", 1)).unwrap();
    for end in ["", "1", "1\r\n", "0\r\nX-Trailer"] {
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
        (with_head("Content-Length: 5\r\nContent-Length: 3"), "several values of Content-Length: '5' and '3'"),
        (with_head("Content-Length: 5, 3"), "several values of Content-Length: '5' and '3'"),
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
        assert!(error.contains("The outcome is unknown: an identity may have been created"), "{error}");
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
    // The program gzip is installed on all test machines.
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
