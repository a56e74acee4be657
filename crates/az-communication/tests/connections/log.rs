//! The log that nobody reads.

use super::*;

#[test]
fn a_log_that_nobody_reads_holds_up_neither_answers_nor_the_end() {
    let home = Folder::new();
    let mut emulator = Emulator::in_memory(&home);
    let mut client = emulator.client();
    for _ in 0..5000 {
        let answer = client.raw("POST", "/identities?api-version=2023-10-01", &[], "").unwrap();
        assert_eq!(answer.status, 401);
    }
    assert_eq!(client.raw("GET", "/health", &[], "").unwrap().status, 200);
    let took = terminate(&mut emulator);
    assert!(took < Duration::from_secs(2), "{took:?}");
}

#[test]
fn lines_that_nobody_read_are_counted() {
    let home = Folder::new();
    let mut emulator = Emulator::start(&home, &["--in-memory", "--log-requests"]);
    let mut client = emulator.client();
    for _ in 0..6500 {
        client.raw("GET", "/health", &[], "").unwrap();
    }
    let mut stderr = emulator.child.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).unwrap();
        text
    });
    terminate(&mut emulator);
    let text = reader.join().unwrap();
    let lines = text.lines().filter(|line| line.contains("GET /health")).count();
    let dropped: usize = text
        .lines()
        .filter_map(|line| {
            line.split_once("WARN  ")?.1.split_once(" lines of the log were dropped")?.0.parse::<usize>().ok()
        })
        .sum();
    assert!(dropped > 100 && lines + dropped == 6500, "{lines} lines, {dropped} dropped");
}

#[test]
fn what_is_logged_of_a_request_is_short_and_draws_nothing() {
    let home = Folder::new();
    let mut emulator = Emulator::in_memory(&home);
    let mut client = emulator.client();
    let scheme = format!("\u{202e}{}", "x".repeat(20_000));
    let headers = [("authorization".to_owned(), format!("{scheme} a"))];
    assert_eq!(client.raw("GET", "/identities?api-version=2023-10-01", &headers, "").unwrap().status, 401);
    let path = format!("/{}", "a".repeat(20_000));
    // Such a large request gets the last answer of its connection.
    let mut client = emulator.client();
    assert_eq!(client.raw("GET", &path, &[], "").unwrap().status, 401);
    terminate(&mut emulator);
    let mut text = String::new();
    emulator.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text.lines().count(), 2, "{text}");
    assert!(text.lines().all(|line| line.chars().count() < 340), "{text}");
    assert!(text.is_ascii() || !text.contains('\u{202e}'), "{text}");
}

/// The lines of the log, without their times, after a clean stop.
fn log_of(emulator: &mut Emulator) -> String {
    terminate(emulator);
    let mut text = String::new();
    emulator.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    text.lines().map(|line| format!("{}\n", line.split_once(' ').unwrap().1)).collect()
}

#[test]
fn a_request_that_is_too_large_is_logged_with_the_limit() {
    let home = Folder::new();
    let mut emulator = Emulator::in_memory(&home);
    let mut client = emulator.client();
    let mut stream = connect(emulator.port());
    write!(stream, "POST /identities HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1048577\r\n\r\n").unwrap();
    assert!(rest_of(stream).starts_with("HTTP/1.1 413 "));
    let large = [("x-large".to_owned(), "x".repeat(40_000))];
    assert_eq!(client.raw("GET", "/health", &large, "").unwrap().status, 431);
    insta::assert_snapshot!(log_of(&mut emulator), @r"
    WARN  413 POST /identities: The request body is larger than 1048576 bytes.
    WARN  431 to 127.0.0.1: the head of the request is larger than 32768 bytes, or has too many headers
    ");
}

#[test]
fn a_request_over_a_rate_limit_is_logged_with_the_limit_and_the_option() {
    let home = Folder::new();
    let mut emulator = Emulator::start(&home, &["--in-memory", "--throttle"]);
    let mut client = emulator.client();
    let user = client.create();
    let seconds = loop {
        let answer = client.send("DELETE", &format!("/identities/{user}"), "");
        if let Some(seconds) = answer.header("retry-after") {
            break format!("Retry-After: {seconds}");
        }
    };
    let log = log_of(&mut emulator).replace(&user, "USER").replace(&seconds, "Retry-After: SECONDS");
    insta::assert_snapshot!(log, @"WARN  429 DELETE /identities/USER: more than 500 requests of this kind in 30 s (--throttle); Retry-After: SECONDS");
}

#[test]
fn a_page_that_may_not_call_is_logged_with_its_origin_and_the_option() {
    let home = Folder::new();
    let mut emulator = Emulator::in_memory(&home);
    let mut client = emulator.client();
    for (path, origin) in [
        ("/identities", "https://app.example"),
        ("/identities", "null"),
        ("/emulator/list-keys", "http://localhost:3000"),
        ("/identities", "http://localhost:3000"),
    ] {
        let headers = [("origin".to_owned(), origin.to_owned())];
        assert_eq!(client.raw("OPTIONS", path, &headers, "").unwrap().status, 204);
    }
    insta::assert_snapshot!(log_of(&mut emulator), @r"
    WARN  OPTIONS /identities from the origin https://app.example: its pages may not call the service without --allow-origin https://app.example
    WARN  OPTIONS /identities from the origin null: its pages may not call the service
    WARN  OPTIONS /emulator/list-keys from the origin http://localhost:3000: web pages may not call this endpoint
    ");
}

#[test]
fn an_entra_token_that_is_refused_for_a_teams_user_is_logged_with_what_is_wrong() {
    let home = Folder::new();
    let mut emulator = Emulator::in_memory(&home);
    let mut client = emulator.client();
    let token = |client: &mut Client, member: &str, value: &str| {
        let id = "11111111-1111-1111-1111-111111111111";
        let body = format!(r#"{{"oid":"{id}","appid":"{id}","{member}":{value}}}"#);
        let answer = client.send("POST", "/emulator/entra-token?", &body);
        answer.body["access_token"].as_str().unwrap().to_owned()
    };
    let tokens = [
        token(&mut client, "scopes", r#"["Teams.ManageCalls"]"#),
        token(&mut client, "aud", r#""https://other.example""#),
        token(&mut client, "expiresIn", "-60"),
        "rubbish".to_owned(),
    ];
    for token in tokens {
        let answer = client.send("POST", "/teamsUser/:exchangeAccessToken", &format!(r#"{{"token":"{token}"}}"#));
        assert_eq!(answer.status, 401);
    }
    insta::assert_snapshot!(log_of(&mut emulator), @r"
    WARN  the Entra token is refused: it lacks the permission Teams.ManageChats
    WARN  the Entra token is refused: its audience 'https://other.example' is not accepted by this exchange
    WARN  the Entra token is refused: it has expired
    WARN  the Entra token is refused: it is not a JWT
    ");
}

#[test]
fn a_ready_line_that_nobody_reads_ends_the_emulator() {
    let home = Folder::new();
    for stdout in ["| true", ">/dev/full", ">&-"] {
        let script =
            format!("\"$0\" communication emulator start --in-memory --port 0 2>said {stdout}; sed s/^/said:/ said");
        let mut command = support::other_program("timeout", &home);
        // Whoever reads has gone before the line comes.
        let script = script.replace("| true", "| true; until [ -s said ]; do sleep 0.05; done");
        let output = command.args(["20", "sh", "-c", &script, support::AZ]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.starts_with("said:ERROR: stdout cannot be written: "), "{stdout}: {text}");
    }
}

/// A pipe that takes nothing more.
fn full_pipe() -> (std::io::PipeReader, std::io::PipeWriter) {
    let (reader, writer) = std::io::pipe().unwrap();
    rustix::io::ioctl_fionbio(&writer, true).unwrap();
    while rustix::io::write(&writer, &[b'x'; 4096]).is_ok() {}
    rustix::io::ioctl_fionbio(&writer, false).unwrap();
    (reader, writer)
}

#[test]
fn an_emulator_whose_ready_line_waits_for_a_reader_can_be_stopped() {
    let home = Folder::new();
    let (_reader, writer) = full_pipe();
    let started = Instant::now();
    let mut child = az(&home)
        .args(["communication", "emulator", "start", "--in-memory", "--port", "0"])
        .stdout(writer)
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(Duration::from_secs(2));
    assert!(child.try_wait().unwrap().is_none());
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
}

#[test]
#[ignore = "waits for 10 s"]
fn an_emulator_whose_ready_line_nobody_reads_ends_with_an_error() {
    let home = Folder::new();
    let (_reader, writer) = full_pipe();
    let mut command = az(&home);
    command.args(["communication", "emulator", "start", "--in-memory", "--port", "0"]).stdout(writer);
    let output = command.stderr(std::process::Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "ERROR: stdout cannot be written: nobody reads it.\n");
    assert_eq!(output.status.code(), Some(1));
}
