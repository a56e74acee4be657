//! Tests of the output of a start.

use super::*;

#[test]
fn without_a_folder_for_temporary_files_a_start_in_memory_serves_and_names_no_file() {
    let home = Folder::new();
    let mut command = az(&home);
    command.args(START).arg("--in-memory").env("TMPDIR", "/nowhere");
    let mut emulator = Emulator::from_command(&mut command);
    assert_eq!((&emulator.ready["caCertificate"], &emulator.ready["caBundle"]), (&Value::Null, &Value::Null));
    emulator.client().create();
    kill("TERM", emulator.child.id());
    wait(&mut emulator.child);
    let mut said = String::new();
    emulator.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    insta::assert_snapshot!(said, @"WARNING: The folder for temporary files, /nowhere, cannot be used: No such file or directory. The authority's certificate was not written to a file; clients can get it from /emulator/ca.pem. Set TMPDIR to a folder that can be written.");
    let stderr = refusal(az(&home).args(run_words("true")).env("TMPDIR", "/nowhere"));
    insta::assert_snapshot!(stderr, @r"
    ERROR: The folder for temporary files, /nowhere, cannot be used: No such file or directory.
    Hint: Set TMPDIR to a folder that can be written.
    ");
}

#[test]
fn on_a_terminal_start_says_in_words_what_runs_where() {
    let home = Folder::new();
    let said = |options: &[&str]| {
        let (terminal, stderr) = open();
        let mut command = az(&home);
        command.args(START).args(options).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(stderr);
        let mut child = command.spawn().unwrap();
        drop(command);
        let words = Collector::new(terminal);
        let lines = Lines::of(child.stdout.take().unwrap());
        let ready: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
        kill("INT", child.id());
        wait(&mut child);
        assert_eq!(lines.next(), None, "stdout has one line");
        let port = ready["endpoint"].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
        let words = words.finish();
        let code = words.split_once("#code=").map_or("", |(_, rest)| rest.split('\n').next().unwrap());
        let words = if code.is_empty() { words.clone() } else { words.replace(code, "CODE") };
        words.replace(&port, "PORT").replace(home.path().to_str().unwrap(), "HOME")
    };
    insta::assert_snapshot!(said(&[]), @r"

    The emulator is running at https://localhost:PORT. Its data is kept in HOME/.azure/communication-emulator.
    Its page in a browser, with a code that works once: http://localhost:PORT/emulator/#code=CODE
    To use it from another terminal:

      export AZURE_COMMUNICATION_CONNECTION_STRING='endpoint=https://localhost:PORT/;accesskey=V2VsbC1rbm93biBrZXkgb2YgdGhlIEFDUyBJZGVudGl0eSBlbXVsYXRvci4gTm90IGEgc2VjcmV0Lg=='
      export REQUESTS_CA_BUNDLE=HOME/.azure/communication-emulator/bundle.pem  # Python, the Azure CLI
      export SSL_CERT_FILE=HOME/.azure/communication-emulator/bundle.pem  # OpenSSL, Go, .NET
      export CURL_CA_BUNDLE=HOME/.azure/communication-emulator/bundle.pem  # curl
      export NODE_EXTRA_CA_CERTS=HOME/.azure/communication-emulator/ca.pem  # Node.js

    Ctrl-C stops it.
    ");
    let other = home.path().join("other");
    assert!(!said(&["--access-key", "c2VjcmV0", "--data-dir", other.to_str().unwrap()]).contains("c2VjcmV0"));
    assert_eq!(said(&["--only-show-errors"]), "");
}

#[test]
fn on_a_terminal_start_says_where_the_short_connection_string_is_enough() {
    let port = support::unused_port().to_string();
    let says_so = |options: &[&str]| {
        // A folder keeps the key of its first start.
        let home = Folder::new();
        let (terminal, stderr) = open();
        let mut command = az(&home);
        command.args(["communication", "emulator", "start"]).args(options).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.env("AZURE_COMMUNICATION_EMULATOR_PORT", &port).stderr(stderr).spawn().unwrap();
        drop(command);
        let words = Collector::new(terminal);
        Lines::of(child.stdout.take().unwrap()).next().unwrap();
        kill("INT", child.id());
        wait(&mut child);
        words.finish().contains("For this az, the connection string UseDevelopmentEmulator=true is enough.\n")
    };
    assert!(says_so(&[]));
    for other in [&["--in-memory"][..], &["--port", "0"], &["--access-key", "c2VjcmV0"]] {
        assert!(!says_so(other), "{other:?}");
    }
}
