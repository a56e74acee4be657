//! Tests of the ready line: its content, its place, and who can read it.

use super::*;

/// This is not the well-known key.
const KEY: &str = "c2VjcmV0IHNlY3JldCBzZWNyZXQ=";

/// Starts an emulator with its own key, whose stdout is a pipe, and waits until it is ready. Returns the ready line,
/// too.
pub fn ready_line(command: &mut Command) -> (Child, String) {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = Lines::of(child.stdout.take().unwrap());
    let Some(line) = lines.next() else {
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        panic!("{said}");
    };
    (child, line)
}

/// Stops it. Returns its stderr.
pub fn stop(child: &mut Child) -> String {
    kill("TERM", child.id());
    assert_eq!(wait(child).code(), Some(0));
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    said
}

#[test]
fn a_key_of_ones_own_is_left_out_of_the_ready_line_unless_stdout_is_a_terminal() {
    let home = Folder::new();
    let (mut child, line) = ready_line(az(&home).args(START).args(["--access-key", KEY]));
    let said = stop(&mut child);
    let ready: Value = serde_json::from_str(&line).unwrap();
    assert_eq!((&ready["connectionString"], &ready["readyFile"]), (&Value::Null, &Value::Null));
    assert!(!line.contains(KEY) && !said.contains(KEY));
    insta::assert_snapshot!(said, @"WARNING: The ready line has no connection string, because the access key is not the well-known one and stdout is not a terminal. --ready-file FILE writes the whole line into a file that only you can read.");
    let (terminal, stdout) = open();
    let mut command = az(&home);
    let mut child =
        command.args(START).args(["--access-key", KEY]).stdin(Stdio::null()).stdout(stdout).spawn().unwrap();
    drop(command);
    let shown = Collector::new(terminal);
    let end = Instant::now() + LIMIT;
    while !shown.so_far().contains("pid") && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    kill("TERM", child.id());
    wait(&mut child);
    let ready: Value = serde_json::from_str(&shown.finish()).unwrap();
    assert!(ready["connectionString"].as_str().unwrap().ends_with(&format!(";accesskey={KEY}")));
}

#[test]
fn the_ready_file_has_the_whole_line_for_its_owner_as_long_as_the_emulator_serves() {
    let home = Folder::new();
    let path = home.path().join("ready.json");
    let file = path.to_str().unwrap();
    let options = ["--access-key", KEY, "--ready-file", file];
    let (mut child, line) = ready_line(az(&home).args(START).args(options));
    let shown: Value = serde_json::from_str(&line).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let mut whole: Value = serde_json::from_str(text.strip_suffix('\n').unwrap()).unwrap();
    let string = whole["connectionString"].take();
    assert_eq!((&whole, whole["readyFile"].as_str()), (&shown, Some(file)));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(create_user(&home, string.as_str().unwrap()).status.success());
    // Another emulator cannot use the same file.
    let refused = refusal(az(&home).args(START).args(["--in-memory", "--ready-file", file]));
    assert_eq!(refused, format!("ERROR: The ready file {file} cannot be written: another emulator uses it.\n"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    assert_eq!(stop(&mut child), "");
    assert!(!path.exists(), "it is gone after a clean stop");
    // A failed start leaves no ready file, and no temporary file next to it.
    refusal(az(&home).args(START).args(["--data-dir", "/proc/nowhere", "--ready-file", file]));
    let names: Vec<_> = std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, [".azure"]);
}

#[test]
fn a_killed_emulator_leaves_a_ready_file_that_the_next_start_removes_before_anything_else() {
    let home = Folder::new();
    let path = home.path().join("ready.json");
    let mut command = az(&home);
    command.args(START).args(["--ready-file", path.to_str().unwrap()]);
    let (mut child, _line) = ready_line(&mut command);
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(path.exists());
    refusal(command.args(["--data-dir", "/proc/nowhere"]));
    assert!(!path.exists());
}

#[test]
fn every_signal_that_ends_a_start_cleanly_removes_its_ready_file() {
    let home = Folder::new();
    let path = home.path().join("ready.json");
    // SIGTRAP is tested only where the fault would not be raised again without end.
    let trap = cfg!(target_arch = "x86_64").then_some(("TRAP", 5));
    for (signal, number) in [("HUP", 1), ("USR1", 10), ("SYS", 31)].into_iter().chain(trap) {
        let mut command = az(&home);
        command.args(START).args(["--in-memory", "--ready-file", path.to_str().unwrap()]);
        let (mut child, _line) = ready_line(&mut command);
        assert!(path.exists());
        kill(signal, child.id());
        assert_eq!(wait(&mut child).signal(), Some(number));
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "SIG{signal}");
    }
}

#[test]
fn a_ready_file_that_cannot_be_written_ends_the_start() {
    let home = Folder::new();
    let missing = home.path().join("none/ready.json");
    let said = refusal(az(&home).args(START).args(["--ready-file", missing.to_str().unwrap()]));
    let missing = missing.display();
    assert_eq!(said, format!("ERROR: The ready file {missing} cannot be written: its folder does not exist.\n"));
    // The file is created before the line is printed to stdout.
    let said = refusal(az(&home).args(START).args(["--in-memory", "--ready-file", "/proc/ready.json"]));
    assert_eq!(said, "ERROR: The ready file /proc/ready.json cannot be written: No such file or directory.\n");
}

#[test]
fn the_ready_line_has_the_output_format_and_the_query_that_are_asked_for() {
    let home = Folder::new();
    let shown = |options: &[&str]| {
        let mut command = az(&home);
        command.args(START).arg("--in-memory").args(options).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.stdin(Stdio::null()).spawn().unwrap();
        let lines = Lines::of(child.stdout.take().unwrap());
        let mut text = lines.next().unwrap_or_default();
        stop(&mut child);
        while let Some(line) = lines.next() {
            text = format!("{text}\n{line}");
        }
        text
    };
    assert!(shown(&["--query", "endpoint", "-o", "tsv"]).starts_with("https://localhost:"));
    assert!(shown(&["--query", "endpoint"]).starts_with("\"https://localhost:"));
    assert!(shown(&["-o", "json"]).starts_with("{\n  \"caBundle\": \""));
    assert!(shown(&["-o", "yaml"]).contains("\nconnectionString: endpoint=https://localhost:"));
    // The key must not be printed in another way.
    assert!(!shown(&["-o", "json", "--access-key", KEY]).contains(KEY));
    assert!(!shown(&["--access-key", KEY]).contains(KEY));
    // Programs that wait for the line need its format, so the configuration for users does not change it.
    home.write(".azure/config", "[core]\noutput = table\n");
    assert!(shown(&[]).starts_with("{\"endpoint\":"));
}

#[test]
fn an_access_key_is_taken_from_a_file() {
    let home = Folder::new();
    let key = home.write("key", format!("\n{KEY}\r\n"));
    let ready = home.path().join("ready.json");
    let string = |change: &dyn Fn(&mut Command)| {
        let mut command = az(&home);
        command.args(START).args(["--in-memory", "--ready-file", ready.to_str().unwrap()]);
        change(&mut command);
        let (mut child, _line) = ready_line(&mut command);
        let text = std::fs::read_to_string(&ready).unwrap();
        stop(&mut child);
        let ready: Value = serde_json::from_str(&text).unwrap();
        ready["connectionString"].as_str().unwrap().split_once("accesskey=").unwrap().1.to_owned()
    };
    const VARIABLE: &str = "AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY";
    const FILE: &str = "AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY_FILE";
    assert_eq!(
        string(&|command| {
            command.env(FILE, &key);
        }),
        KEY
    );
    home.write("key-alone", KEY);
    assert_eq!(
        string(&|command| {
            command.args(["--access-key", "@key-alone"]);
        }),
        KEY
    );
    assert_eq!(
        string(&|command| {
            command.args(["--access-key", "b3RoZXI="]).env(FILE, &key);
        }),
        "b3RoZXI="
    );
    let refused = |code: i32, change: &dyn Fn(&mut Command)| {
        let mut command = az(&home);
        command.args(START).arg("--in-memory");
        change(&mut command);
        refusal_with(code, &mut command)
    };
    home.write("empty", " \n");
    home.write("words", "not a key!");
    let said = [
        refused(1, &|command| {
            command.env(FILE, "none");
        }),
        refused(1, &|command| {
            command.env(FILE, "empty");
        }),
        refused(2, &|command| {
            command.env(FILE, "words");
        }),
        refused(2, &|command| {
            command.env(FILE, &key).env(VARIABLE, KEY);
        }),
        refused(2, &|command| {
            command.args(["--access-key", "@none"]);
        }),
        refused(2, &|command| {
            command.env(VARIABLE, "@key");
        }),
    ];
    insta::assert_snapshot!(said.concat(), @r"
    ERROR: AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY_FILE names 'none', which cannot be read: No such file or directory.
    ERROR: AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY_FILE names 'empty', which is empty.
    ERROR: The key in the file that AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY_FILE names is not valid base64.
    Hint: To make one: openssl rand -base64 64 | tr -d '\n'
    ERROR: AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY and AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY_FILE are both set.
    Hint: Set one of them.
    ERROR: --access-key is not valid base64.
    Hint: The value of --access-key begins with @, and the file 'none' cannot be read: No such file or directory.
    Hint: To make one: openssl rand -base64 64 | tr -d '\n'
    ERROR: AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY is not valid base64.
    Hint: To make one: openssl rand -base64 64 | tr -d '\n'
    ");
}
