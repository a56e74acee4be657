//! Tests of the output and the files of a start in the background.

use super::*;

#[test]
fn it_returns_when_the_emulator_is_ready_with_the_ready_line_and_its_files() {
    let home = Folder::new();
    let emulator = Background::start(&home, &[]);
    assert_eq!(emulator.said, "");
    let (port, pid) = (emulator.port().to_string(), emulator.pid().to_string());
    let line = serde_json::to_string_pretty(&emulator.ready).unwrap();
    let line = line.replace(&port, "PORT").replace(&format!(": {pid}"), ": PID");
    insta::assert_snapshot!(line.replace(home.path().to_str().unwrap(), "HOME"), @r#"
    {
      "endpoint": "https://localhost:PORT",
      "connectionString": "endpoint=https://localhost:PORT/;accesskey=V2VsbC1rbm93biBrZXkgb2YgdGhlIEFDUyBJZGVudGl0eSBlbXVsYXRvci4gTm90IGEgc2VjcmV0Lg==",
      "caCertificate": "HOME/.azure/communication-emulator/ca.pem",
      "caBundle": "HOME/.azure/communication-emulator/bundle.pem",
      "controlEndpoint": "https://localhost:PORT/emulator/",
      "dashboard": "http://localhost:PORT/emulator/",
      "readyFile": "HOME/.azure/communication-emulator.json",
      "pidFile": "HOME/.azure/communication-emulator.pid",
      "logFile": "HOME/.azure/communication-emulator.log",
      "controlSecretFile": "HOME/.azure/communication-emulator/control-secret",
      "tokenEndpoint": null,
      "pid": PID
    }
    "#);
    // The emulator serves immediately.
    Client::new(emulator.port()).create();
    assert_eq!(emulator.text("pidFile"), format!("{pid}\n"));
    for member in ["pidFile", "logFile", "readyFile"] {
        let mode = std::fs::metadata(emulator.file(member)).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600, "{member}");
    }
    let whole: Value = serde_json::from_str(&emulator.text("readyFile")).unwrap();
    assert_eq!(whole, emulator.ready);
    emulator.stop();
    let left: Vec<String> =
        content(&home.path().join(".azure")).into_iter().filter(|name| !name.contains('/')).collect();
    assert_eq!(left, ["communication-emulator", "communication-emulator.log"]);
    assert_eq!(emulator.text("logFile"), "");
}

#[test]
fn one_in_memory_has_files_of_its_own_beside_the_usual_folder() {
    let home = Folder::new();
    let usual = Background::start(&home, &[]);
    let in_memory = Background::start(&home, &["--in-memory"]);
    assert_eq!(in_memory.file("pidFile"), home.path().join(".azure/communication-emulator-in-memory.pid"));
    assert_ne!(usual.port(), in_memory.port());
}

#[test]
fn a_program_that_waits_for_the_end_of_the_streams_does_not_wait_for_the_emulator() {
    let home = Folder::new();
    let mut shell = other_program("sh", &home);
    // Some test runners pass a copy of stdout to all programs in this way.
    shell.args(["-c", "exec 3>&1 4>&2 5</dev/zero; exec \"$0\" \"$@\"", AZ]).args(DETACH).arg("--in-memory");
    let emulator = Background::of(shell.output().unwrap());
    let files = std::fs::read_dir(format!("/proc/{}/fd", emulator.pid())).unwrap();
    let files: Vec<String> =
        files.filter_map(|file| Some(std::fs::read_link(file.unwrap().path()).ok()?.display().to_string())).collect();
    assert!(!files.iter().any(|file| file.contains("pipe:") || file.contains("zero")), "{files:?}");
}

#[test]
fn it_has_a_session_of_its_own_and_goes_on_when_the_shell_ends() {
    let home = Folder::new();
    let mut shell = other_program("sh", &home);
    shell.args(["-c", "\"$0\" \"$@\"; kill -HUP 0", AZ]).args(DETACH).arg("--in-memory");
    // The shell ends all processes of its group.
    std::os::unix::process::CommandExt::process_group(&mut shell, 0);
    let output = shell.output().unwrap();
    let emulator = Background { ready: serde_json::from_slice(&output.stdout).unwrap(), said: String::new() };
    let pid = emulator.pid();
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    // These fields follow the state and the parent: group, session, terminal.
    assert_eq!(fields[2..5], [pid.to_string().as_str(), &pid.to_string(), "0"]);
    Client::new(emulator.port()).create();
    let stream = |number: u8| std::fs::read_link(format!("/proc/{pid}/fd/{number}")).unwrap();
    let log = emulator.file("logFile");
    assert_eq!([stream(0), stream(1), stream(2)], [PathBuf::from("/dev/null"), log.clone(), log]);
}

#[test]
fn what_it_says_is_shown_until_it_is_ready_and_stays_in_the_log_file() {
    let home = Folder::new();
    home.write("emulator.log", "what was there before\n");
    let options = ["--in-memory", "--host", "0.0.0.0", "--log-requests", "--log-file", "emulator.log"];
    let emulator = Background::start(&home, &options);
    let warning = emulator.said.clone();
    assert!(warning.starts_with("WARNING: Other machines can reach this emulator"), "{warning}");
    Client::new(emulator.port()).create();
    emulator.stop();
    let log = emulator.text("logFile");
    let rest = log.strip_prefix(&format!("what was there before\n{warning}")).unwrap_or_else(|| panic!("{log}"));
    assert!(rest.contains("/identities") && !warning.contains("/identities"), "{log}");
}

#[test]
fn every_option_works_by_its_variable_and_the_option_wins() {
    let home = Folder::new();
    let variable = |name: &str| format!("AZURE_COMMUNICATION_EMULATOR_{name}");
    let mut command = az(&home);
    command.args(["communication", "emulator", "start", "--pid-file", "given.pid"]);
    for (name, value) in [
        ("DETACH", "yes"),
        ("IN_MEMORY", "1"),
        ("PORT", "0"),
        ("HOSTNAME", "one.test two.test,three.test"),
        ("PID_FILE", "variable.pid"),
        ("LOG_FILE", "variable.log"),
        ("READY_FILE", "variable.json"),
        ("ACCESS_KEY", "c2VjcmV0IHNlY3JldCBzZWNyZXQ="),
    ] {
        command.env(variable(name), value);
    }
    let emulator = Background::of(command.output().unwrap());
    let names = ["pidFile", "logFile", "readyFile"].map(|member| emulator.file(member));
    assert_eq!(names, ["given.pid", "variable.log", "variable.json"].map(|name| home.path().join(name)));
    // Only users who may read the file get the key.
    assert_eq!(emulator.ready["connectionString"], Value::Null);
    assert!(emulator.text("readyFile").contains(";accesskey=c2VjcmV0IHNlY3JldCBzZWNyZXQ="));
    assert!(!home.path().join("variable.pid").exists());
}

#[test]
fn secrets_are_read_once_and_are_no_words_of_the_process() {
    let home = Folder::new();
    let secret = "a-secret-of-the-control-endpoints";
    let script = format!("\"$0\" \"$@\" --control-secret @<(printf %s {secret})");
    let mut shell = other_program("bash", &home);
    shell.args(["-c", &script, AZ]).args(DETACH).args(["--in-memory", "--hostname", "a.test", "b.test"]);
    let emulator = Background::of(shell.output().unwrap());
    let words = std::fs::read(format!("/proc/{}/cmdline", emulator.pid())).unwrap();
    let words = String::from_utf8(words).unwrap().replace('\0', " ");
    assert!(words.contains("--hostname a.test b.test") && !words.contains(secret), "{words}");
    let headers = [("x-emulator-control".to_owned(), secret.to_owned())];
    let answer = Client::new(emulator.port()).raw("POST", "/emulator/list-keys", &headers, "").unwrap();
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[test]
fn it_takes_output_and_query() {
    let home = Folder::new();
    let output = az(&home).args(DETACH).args(["--in-memory", "--query", "pid", "-o", "tsv"]).output().unwrap();
    let pid: u32 = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
    kill("TERM", pid);
    wait_for_end(pid);
}

#[test]
fn it_is_this_program_also_where_its_file_was_replaced_meanwhile() {
    let home = Folder::new();
    let program = home.path().join("az");
    copy_program(Path::new(AZ), &program);
    let fifo = home.path().join("secret");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
    let mut command = other_program(program.to_str().unwrap(), &home);
    command.args(DETACH).args(["--in-memory", "--control-secret", "@secret"]);
    let starter = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The emulator waits for the secret.
    let pipe = std::fs::OpenOptions::new().write(true).open(&fifo).unwrap();
    let other = home.program("other", "#!/bin/sh\necho replaced\n");
    std::fs::rename(other, &program).unwrap();
    std::io::Write::write_all(&mut &pipe, b"0123456789abcdef").unwrap();
    drop(pipe);
    let emulator = Background::of(starter.wait_with_output().unwrap());
    Client::new(emulator.port()).create();
}
