//! Tests of starts in the background that fail.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use super::*;

#[test]
fn a_start_that_fails_shows_what_it_said_and_ends_with_its_code() {
    let home = Folder::new();
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port().to_string();
    let said = refusal(1, az(&home).args(DETACH).args(["--in-memory", "--port", &port]));
    insta::assert_snapshot!(said.replace(&port, "PORT"), @"
    ERROR: Cannot listen on 127.0.0.1:PORT: Address already in use.
    Hint: Is an emulator running already? Choose another port: --port NUMBER, or --port 0 for any free one.
    ");
    let log = home.path().join(".azure/communication-emulator-in-memory.log");
    assert_eq!(std::fs::read_to_string(log).unwrap(), said);
    // The output of the earlier start is not shown again.
    let again = refusal(1, az(&home).args(DETACH).args(["--in-memory", "--port", &port]));
    assert_eq!(again, said);
}

#[test]
fn a_wrong_value_is_refused_with_2_and_leaves_nothing() {
    let home = Folder::new();
    let mut said = String::new();
    let refused = |options: &[&str], variable: (&str, &str)| {
        refusal(
            2,
            az(&home)
                .args(DETACH)
                .args(options)
                .env(format!("AZURE_COMMUNICATION_EMULATOR_{}", variable.0), variable.1),
        )
    };
    said.push_str(&refused(&[], ("THROTTLE", "perhaps")));
    said.push_str(&refused(&["--access-key", "se cret!"], ("", "")));
    said.push_str(&refused(&[], ("PUBLIC_URL", "x")));
    said.push_str(&refused(&["--until-stdin-closes"], ("", "")));
    said.push_str(&refused(&["--pid-file", ""], ("", "")));
    insta::assert_snapshot!(said, @r"
    ERROR: AZURE_COMMUNICATION_EMULATOR_THROTTLE is not a boolean: 'perhaps'.
    Hint: Set it to yes or no.
    ERROR: --access-key is not valid base64.
    Hint: To make one: openssl rand -base64 64 | tr -d '\n'
    ERROR: AZURE_COMMUNICATION_EMULATOR_PUBLIC_URL is not a URL of clients: 'x'.
    Hint: Example: https://acs.example
    ERROR: --until-stdin-closes cannot be given with --detach.
    Hint: An emulator in the background has no stdin. To end it together with another process: --parent-pid PID
    ERROR: --pid-file is empty.
    ");
    assert_eq!(content(home.path()), [] as [String; 0]);
}

#[test]
fn a_log_file_is_one_of_the_background_only() {
    let home = Folder::new();
    let start = ["communication", "emulator", "start", "--in-memory", "--port", "0"];
    let said = refusal(2, az(&home).args(start).args(["--log-file", "x"]))
        + &refusal(2, az(&home).args(start).env("AZURE_COMMUNICATION_EMULATOR_LOG_FILE", "x"));
    insta::assert_snapshot!(said, @"
    ERROR: --log-file is given without --detach.
    Hint: Without --detach, the log goes to stderr.
    ERROR: AZURE_COMMUNICATION_EMULATOR_LOG_FILE is given without --detach.
    Hint: Without --detach, the log goes to stderr.
    ");
}

/// An issuer that reports each request, and answers when the test says so.
struct Issuer {
    listener: TcpListener,
}

impl Issuer {
    fn new() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").unwrap() }
    }

    fn url(&self) -> String {
        format!("http://{}/metadata", self.listener.local_addr().unwrap())
    }

    /// Answers the request on this connection.
    fn answer(&self, mut stream: std::net::TcpStream, body: &str) {
        let _ = stream.read(&mut [0; 4096]);
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: ";
        stream.write_all(format!("{head}{}\r\n\r\n{body}", body.len()).as_bytes()).unwrap();
    }

    /// Answers all requests of a start.
    fn answer_all(&self, first: std::net::TcpStream) {
        let keys = format!("http://{}/keys", self.listener.local_addr().unwrap());
        self.answer(first, &format!(r#"{{"issuer":"https://issuer.test","jwks_uri":"{keys}"}}"#));
        self.answer(self.listener.accept().unwrap().0, r#"{"keys":[]}"#);
    }
}

/// Starts an emulator that waits for the issuer, so that its state cannot change.
fn waiting(home: &Folder, issuer: &Issuer) -> (Child, u32, std::net::TcpStream) {
    let mut command = az(home);
    command.args(DETACH).args(["--entra-issuer", &issuer.url()]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let starter = command.spawn().unwrap();
    let asked = issuer.listener.accept().unwrap().0;
    let child = child_of(&starter);
    (starter, child, asked)
}

#[test]
fn an_emulator_that_is_killed_while_it_starts_is_said_once() {
    let home = Folder::new();
    let issuer = Issuer::new();
    let (starter, child, _asked) = waiting(&home, &issuer);
    kill("KILL", child);
    let output = starter.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), b"".as_slice()));
    insta::assert_snapshot!(String::from_utf8_lossy(&output.stderr), @r"
    ERROR: The emulator was killed before it was ready.
    Hint: To see the reason, start it without --detach. On a full disk, its log cannot be written.
    ");
}

#[test]
fn a_start_that_is_interrupted_ends_the_emulator() {
    for (signal, code) in [("INT", Some(130)), ("TERM", None)] {
        let home = Folder::new();
        let issuer = Issuer::new();
        let (starter, child, _asked) = waiting(&home, &issuer);
        kill(signal, starter.id());
        let output = starter.wait_with_output().unwrap();
        assert_eq!(output.status.code(), code);
        assert!(!runs(child), "SIG{signal}");
        assert_eq!((output.stdout, output.stderr), (Vec::new(), Vec::new()));
        assert_eq!(content(home.path()), [".azure", ".azure/communication-emulator.log"]);
    }
}

#[test]
fn an_emulator_whose_starter_was_killed_does_not_begin_to_serve() {
    let home = Folder::new();
    let issuer = Issuer::new();
    let (mut starter, child, asked) = waiting(&home, &issuer);
    starter.kill().unwrap();
    starter.wait().unwrap();
    issuer.answer_all(asked);
    wait_for_end(child);
    let log = std::fs::read_to_string(home.path().join(".azure/communication-emulator.log")).unwrap();
    // Earlier lines of the log may be about the issuer.
    insta::assert_snapshot!(log.lines().last().unwrap_or_default(), @"ERROR: The emulator ends, because the process that started it ended before the emulator was ready.");
    assert!(!home.path().join(".azure/communication-emulator.pid").exists());
}

#[test]
fn a_file_of_this_process_cannot_be_read_in_the_background() {
    let home = Folder::new();
    for option in ["--seed", "--import"] {
        let script = format!("\"$0\" \"$@\" {option} <(echo '{{}}')");
        let mut shell = other_program("bash", &home);
        let output = shell.args(["-c", &script, AZ]).args(DETACH).arg("--in-memory").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("which an emulator in the background cannot read.\nHint: Name a file"), "{said}");
    }
}

#[test]
fn stdout_in_the_place_of_the_ready_file_or_the_pid_file_is_refused() {
    let home = Folder::new();
    let mut said = String::new();
    for (output, options) in [
        ("own.json", ["--pid-file", "own.pid"]),
        ("own.pid", ["--pid-file", "own.pid"]),
        ("other", ["--ready-file", "other"]),
    ] {
        let file = std::fs::File::create(home.path().join(output)).unwrap();
        let mut command = az(&home);
        command.args(DETACH).arg("--in-memory").args(options).current_dir(home.path());
        said.push_str(&refusal(1, command.stdout(file)));
    }
    let said = said.replace(home.path().canonicalize().unwrap().to_str().unwrap(), "HOME");
    insta::assert_snapshot!(said, @r"
    ERROR: The ready file HOME/own.json cannot be written: stdout is redirected to it.
    Hint: Redirect stdout to another file, or name another ready file: --ready-file FILE
    ERROR: The pid file HOME/own.pid cannot be written: stdout is redirected to it.
    Hint: Redirect stdout to another file, or name another pid file: --pid-file FILE
    ERROR: The ready file HOME/other cannot be written: stdout is redirected to it.
    Hint: Redirect stdout to another file, or name another ready file: --ready-file FILE
    ");
    assert_eq!(content(home.path()), ["other", "own.json", "own.pid"]);
}
