//! How the commands find an emulator and its credential, and what they say where they do not.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use insta::assert_snapshot;

use super::support::emulator::Emulator;
use super::*;

const SECRET_FILE: &str = "AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET_FILE";

/// An emulator with an access key of its own.
fn with_own_key(home: &Folder, options: &[&str]) -> Emulator {
    Emulator::start(home, &[&["--access-key", "c2VjcmV0IHNlY3JldCBzZWNyZXQ="], options].concat())
}

#[test]
fn the_control_secret_is_made_in_the_data_folder_and_opens_the_control_api() {
    let home = Folder::new();
    let emulator = with_own_key(&home, &["--data-dir", "data"]);
    let file = home.path().join("data/control-secret");
    assert_eq!(emulator.ready["controlSecretFile"], file.to_str().unwrap());
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
    let mut list = super::emulator(&home, "key list --control-secret-file data/control-secret --port");
    let keys = run(list.arg(emulator.port().to_string()));
    assert_eq!(keys.json()["primaryKey"], "c2VjcmV0IHNlY3JldCBzZWNyZXQ=", "{keys}");
}

#[test]
fn a_secret_file_that_does_not_exist_is_made_and_one_that_exists_is_read() {
    let home = Folder::new();
    let first = with_own_key(&home, &["--in-memory", "--control-secret-file", "secret"]);
    let secret = std::fs::read_to_string(home.path().join("secret")).unwrap();
    assert_eq!(secret.trim_end().len(), 43);
    let second = with_own_key(&home, &["--in-memory", "--control-secret-file", "secret"]);
    assert_eq!(std::fs::read_to_string(home.path().join("secret")).unwrap(), secret);
    for emulator in [first, second] {
        let mut by_variable = super::emulator(&home, "key list --port");
        by_variable.arg(emulator.port().to_string());
        assert_eq!(run(by_variable.env(SECRET_FILE, "secret")).code, Some(0));
    }
}

#[test]
fn a_secret_file_that_cannot_be_used_is_refused_by_name() {
    let home = Folder::new();
    let start = |file: &str| {
        let mut command = super::emulator(&home, "start --in-memory --port 0 --control-secret-file");
        run(command.arg(file)).hiding_home(&home)
    };
    let closed = |name: &str, content: &[u8]| {
        let path = home.write(name, content);
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    };
    closed("empty", b"");
    closed("bytes", b"\xff");
    closed("lines", b"one\ntwo");
    closed("short", b"fifteen letters");
    closed("open", b"secret");
    std::fs::set_permissions(home.path().join("open"), std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let said = ["empty", "bytes", "lines", "short", "open", ".", "none/secret"].map(|file| start(file).to_string());
    assert_snapshot!(said.concat(), @"
    exit 1
    --- stderr
    ERROR: The emulator cannot start: HOME/empty is empty, so it holds no control secret.
    Hint: The file holds the control secret. Correct it, remove it so that a new one is made, or name another file: --control-secret-file FILE
    exit 1
    --- stderr
    ERROR: The emulator cannot start: HOME/bytes is not UTF-8.
    Hint: The file holds the control secret. Correct it, remove it so that a new one is made, or name another file: --control-secret-file FILE
    exit 1
    --- stderr
    ERROR: The emulator cannot start: HOME/lines does not hold a control secret: a secret consists of printable ASCII characters on one line.
    Hint: The file holds the control secret. Correct it, remove it so that a new one is made, or name another file: --control-secret-file FILE
    exit 1
    --- stderr
    ERROR: The emulator cannot start: HOME/short holds a control secret that does not have 16 to 1024 characters.
    Hint: The file holds the control secret. Correct it, remove it so that a new one is made, or name another file: --control-secret-file FILE
    exit 1
    --- stderr
    ERROR: The emulator cannot start: HOME/open can be read or written by other users (mode 644): chmod 600 HOME/open.
    Hint: The file holds the control secret. Correct it, remove it so that a new one is made, or name another file: --control-secret-file FILE
    exit 1
    --- stderr
    ERROR: The emulator cannot start: HOME cannot be used: it is not a regular file.
    Hint: The file holds the control secret. Correct it, remove it so that a new one is made, or name another file: --control-secret-file FILE
    exit 1
    --- stderr
    ERROR: The emulator cannot start: HOME/none/secret cannot be used: No such file or directory.
    Hint: The file holds the control secret. Correct it, remove it so that a new one is made, or name another file: --control-secret-file FILE
    ");
    // A link in the data folder could lead to a file of another user.
    std::fs::create_dir(home.path().join("data")).unwrap();
    std::os::unix::fs::symlink(home.path().join("open"), home.path().join("data/control-secret")).unwrap();
    let mut command = super::emulator(&home, "start --data-dir data --port 0");
    assert_snapshot!(run(&mut command).hiding_home(&home), @"
    exit 1
    --- stderr
    ERROR: The emulator cannot start: HOME/data/control-secret cannot be used: it is not a regular file.
    Hint: The file holds the control secret. Correct it, remove it so that a new one is made, or name another file: --control-secret-file FILE
    ");
}

#[test]
fn a_ready_file_names_the_credential() {
    let home = Folder::new();
    let options = ["--in-memory", "--ready-file", "ready.json"];
    let by_key = with_own_key(&home, &options);
    assert_eq!(run(&mut super::emulator(&home, "key list --ready-file ready.json --port 0")).code, Some(0));
    drop(by_key);
    let _by_secret = with_own_key(&home, &["--data-dir", "data", "--ready-file", "ready.json"]);
    assert_eq!(run(&mut super::emulator(&home, "key list --ready-file ready.json --port 0")).code, Some(0));
}

#[test]
fn a_wrong_credential_is_refused_by_its_source() {
    let home = Folder::new();
    let world = World { emulator: with_own_key(&home, &["--in-memory"]).into(), home };
    world.home.write("wrong", "wrong");
    world.home.write("empty", "");
    let of_file = |file: &str| shows(&world, &mut of(&world, &format!("key list --control-secret-file={file}")));
    assert_snapshot!(shows(&world, &mut of(&world, "key list")), @"
    exit 1
    --- stderr
    ERROR: The emulator at http://localhost:PORT refuses the well-known access key.
    Hint: It was used because no connection string, control secret or ready file of this emulator was found here. The key of a connection string is only sent to the endpoint that is in it.
    Hint: Give another credential: --connection-string with an access key that is in force, or --control-secret-file FILE. The log of the emulator says why the request was refused.
    ");
    assert_snapshot!(of_file("wrong"), @"
    exit 1
    --- stderr
    ERROR: The emulator at http://localhost:PORT refuses the control secret in wrong.
    Hint: Give another credential: --connection-string with an access key that is in force, or --control-secret-file FILE. The log of the emulator says why the request was refused.
    ");
    assert_snapshot!(of_file("empty"), @"
    exit 1
    --- stderr
    ERROR: --control-secret-file names 'empty', which is empty.
    ");
    assert_snapshot!(of_file("none"), @"
    exit 1
    --- stderr
    ERROR: --control-secret-file names 'none', which cannot be read: No such file or directory.
    ");
    let mut by_variable = of(&world, "key list");
    by_variable.env("AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET", "wrong");
    assert_snapshot!(shows(&world, &mut by_variable), @"
    exit 1
    --- stderr
    ERROR: The emulator at http://localhost:PORT refuses the control secret in AZURE_COMMUNICATION_EMULATOR_CONTROL_SECRET.
    Hint: Give another credential: --connection-string with an access key that is in force, or --control-secret-file FILE. The log of the emulator says why the request was refused.
    ");
}

#[test]
fn an_emulator_elsewhere_needs_a_credential() {
    let home = Folder::new();
    assert_snapshot!(run(&mut emulator(&home, "key list --endpoint https://acs.example:10100")), @"
    exit 2
    --- stderr
    ERROR: The control API needs the access key or the control secret of the emulator.
    Hint: Give --connection-string, or --control-secret-file FILE.
    ");
}

#[test]
fn an_emulator_that_is_not_there_is_named() {
    let home = Folder::new();
    let port = support::unused_port();
    let mut command = emulator(&home, "key list --port");
    assert_snapshot!(run(command.arg(port.to_string())).hiding(port, "PORT"), @"
    exit 1
    --- stderr
    ERROR: Cannot connect to localhost:PORT: Connection refused.
    Hint: Start the emulator: az communication emulator start
    Hint: Name the emulator by the options of its start (--port, --data-dir, --in-memory, --pid-file, --ready-file), or by --endpoint. az communication emulator status shows whether it is ready.
    ");
    assert_snapshot!(run(&mut emulator(&home, "key list --data-dir none --port 0")).hiding_home(&home), @"
    exit 1
    --- stderr
    ERROR: The emulator cannot be found: no running emulator uses HOME/none.json.
    Hint: Name the emulator by the options of its start (--port, --data-dir, --in-memory, --pid-file, --ready-file), or by --endpoint. az communication emulator status shows whether it is ready.
    ");
}

/// Returns what `key list` says to a server with that response.
fn key_list_of(response: &'static [u8]) -> Seen {
    let home = Folder::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 4096]);
        stream.write_all(response).unwrap();
    });
    let mut command = emulator(&home, "key list --port");
    let said = run(command.arg(port.to_string())).hiding(port, "PORT");
    server.join().unwrap();
    said
}

#[test]
fn a_server_without_a_control_api_is_not_an_emulator() {
    let said = key_list_of(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
    assert_snapshot!(said, @"
    exit 1
    --- stderr
    ERROR: The server at http://localhost:PORT is not an emulator with a control API (status 200).
    Hint: Check the port and the endpoint. An emulator of an earlier version cannot be steered.
    ");
}

#[test]
fn a_proxy_without_an_emulator_is_not_taken_for_another_program() {
    let said = key_list_of(
        b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 73\r\nconnection: close\r\n\r\n\
          {\"error\":{\"code\":\"ServiceUnavailable\",\"message\":\"No emulator is ready.\"}}",
    );
    assert_snapshot!(said, @"
    exit 1
    --- stderr
    ERROR: The server at http://localhost:PORT answers with the status 503: No emulator is ready.
    Hint: If it is a proxy, no emulator behind it answers at present. Try again later.
    ");
}

/// A server that accepts connections and never responds, as an emulator whose process was stopped.
fn hanging() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    (listener, port)
}

#[test]
#[ignore = "it waits 10 s"]
fn commands_give_up_on_an_emulator_that_hangs() {
    let home = Folder::new();
    let (_listener, port) = hanging();
    let began = std::time::Instant::now();
    let said: Vec<String> = std::thread::scope(|scope| {
        let ask = |words: &'static str| {
            let mut command = super::emulator(&home, words);
            command.args(["--port", &port]);
            scope.spawn(move || run(&mut command).to_string())
        };
        let asked = ["stop", "clock show", "clock freeze", "export state"].map(ask);
        asked.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(began.elapsed() < std::time::Duration::from_secs(60), "{:?}", began.elapsed());
    assert_snapshot!(said.concat().replace(&port, "PORT"), @"
    exit 1
    --- stderr
    ERROR: localhost:PORT did not answer within 10 s.
    Hint: The outcome is unknown: the service may have carried the request out. --debug shows the exchange.
    Hint: The emulator hangs, or its process was stopped. Its log may say why.
    exit 1
    --- stderr
    ERROR: localhost:PORT did not answer within 10 s.
    Hint: The outcome is unknown: the service may have carried the request out. --debug shows the exchange.
    Hint: The emulator hangs, or its process was stopped. Its log may say why.
    exit 1
    --- stderr
    ERROR: localhost:PORT did not answer within 10 s.
    Hint: The outcome is unknown: the service may have carried the request out. --debug shows the exchange.
    Hint: The emulator hangs, or its process was stopped. Its log may say why.
    exit 1
    --- stderr
    ERROR: localhost:PORT did not answer within 10 s.
    Hint: The outcome is unknown: the service may have carried the request out. --debug shows the exchange.
    Hint: The emulator hangs, or its process was stopped. Its log may say why.
    ");
}
