//! Tests of a log that no program reads.

use super::*;

#[test]
fn a_log_that_is_not_read_delays_neither_responses_nor_the_end() {
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
fn lines_that_were_not_read_are_counted() {
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

/// Stops an emulator cleanly. Returns the lines of its log, without their times.
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

/// Starts an emulator, sends a request that it refuses, and stops it cleanly. Returns its log, without the times.
fn log_of_a_refusal(command: &mut Command) -> String {
    let mut emulator = Emulator::from_command(command);
    assert_eq!(emulator.client().raw("GET", "/identities", &[], "").unwrap().status, 401);
    terminate(&mut emulator);
    let mut text = String::new();
    emulator.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
    let at = text.find("20").unwrap();
    text.replace(&text[at..at + "2026-01-01T00:00:00+00:00".len()], "TIME")
}

const START: [&str; 6] = ["communication", "emulator", "start", "--in-memory", "--port", "0"];

#[test]
fn without_log_format_an_event_is_a_line_of_text() {
    let home = Folder::new();
    insta::assert_snapshot!(log_of_a_refusal(az(&home).args(START)), @"TIME WARN  401 GET /identities: no Authorization header");
}

#[test]
fn with_log_format_json_an_event_is_an_object_with_its_fields() {
    let home = Folder::new();
    let log = log_of_a_refusal(az(&home).args(START).args(["--log-format", "json"]));
    insta::assert_snapshot!(log, @r#"{"time":"TIME","level":"WARN","message":"401 GET /identities: no Authorization header","status":401,"method":"GET","path":"/identities","reason":"no Authorization header"}"#);
}

#[test]
fn the_variable_of_log_format_counts_where_the_option_is_not_given() {
    let home = Folder::new();
    let log = log_of_a_refusal(az(&home).args(START).env("AZURE_COMMUNICATION_EMULATOR_LOG_FORMAT", "json"));
    assert!(log.starts_with(r#"{"time":"TIME","level":"WARN","message":"401 "#), "{log}");
}

/// The levels and messages of lines that are all JSON objects.
fn messages(stderr: &[u8]) -> String {
    let line = |line: &str| {
        let object: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
        let hints = object["hints"].as_array().map_or(0, Vec::len);
        format!("{} {} ({hints} hints)\n", object["level"].as_str().unwrap(), object["message"].as_str().unwrap())
    };
    String::from_utf8_lossy(stderr).lines().map(line).collect()
}

#[test]
fn with_log_format_json_the_errors_and_warnings_of_the_command_are_objects_too() {
    let home = Folder::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let mut command = az(&home);
    command.args(["communication", "emulator", "start", "--in-memory", "--host", "127.0.0.1", "--log-format", "json"]);
    command.args(["--port", &port, "--access-key", "bm90c2FtZWtleQ=="]).env("AZURE_COMMUNICATION_EMULATOR_PROT", "1");
    let output = command.output().unwrap();
    insta::assert_snapshot!(messages(&output.stderr).replace(&port, "PORT"), @r"
    WARN AZURE_COMMUNICATION_EMULATOR_PROT is not a setting. Did you mean AZURE_COMMUNICATION_EMULATOR_PORT? (0 hints)
    WARN --access-key has a length of 10, so it can be guessed; the keys of the service have 64 bytes. Use `openssl rand -base64 64 | tr -d '\n'` to make one. (0 hints)
    ERROR Cannot listen on 127.0.0.1:PORT: Address already in use. (1 hints)
    ");
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn emulator_run_has_log_format_too() {
    let home = Folder::new();
    let mut command = az(&home);
    command.args(["communication", "emulator", "run", "--log-format", "json", "--access-key", "bm90c2FtZWtleQ=="]);
    let output = command.args(["--", "there-is-no-such-program"]).output().unwrap();
    insta::assert_snapshot!(messages(&output.stderr), @r"
    WARN --access-key has a length of 10, so it can be guessed; the keys of the service have 64 bytes. Use `openssl rand -base64 64 | tr -d '\n'` to make one. (0 hints)
    ERROR there-is-no-such-program was not found on PATH. (0 hints)
    ");
    assert_eq!(output.status.code(), Some(127));
}

#[test]
fn a_log_format_that_does_not_exist_is_refused() {
    let home = Folder::new();
    let mut command = az(&home);
    let output = command.args(START).env("AZURE_COMMUNICATION_EMULATOR_LOG_FORMAT", "xml").output().unwrap();
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stderr), @"ERROR: 'xml' is not a valid value for 'AZURE_COMMUNICATION_EMULATOR_LOG_FORMAT'. Allowed values: text, json.");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_ready_line_without_a_reader_ends_the_emulator() {
    let home = Folder::new();
    for stdout in ["| true", ">/dev/full", ">&-"] {
        let script =
            format!("\"$0\" communication emulator start --in-memory --port 0 2>said {stdout}; sed s/^/said:/ said");
        let mut command = support::other_program("timeout", &home);
        // The reader ends before the line is written.
        let script = script.replace("| true", "| true; until [ -s said ]; do sleep 0.05; done");
        let output = command.args(["20", "sh", "-c", &script, support::AZ]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.starts_with("said:ERROR: stdout cannot be written: "), "{stdout}: {text}");
    }
}

/// Makes a pipe that is full.
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
fn an_emulator_whose_ready_line_is_not_read_ends_with_an_error() {
    let home = Folder::new();
    let (_reader, writer) = full_pipe();
    let mut command = az(&home);
    command.args(["communication", "emulator", "start", "--in-memory", "--port", "0"]).stdout(writer);
    let output = command.stderr(std::process::Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "ERROR: stdout cannot be written: no program reads it.\n");
    assert_eq!(output.status.code(), Some(1));
}
