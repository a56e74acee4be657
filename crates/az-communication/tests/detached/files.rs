//! Tests of the pid file and the log file: which existing files they may replace.

use super::*;

#[test]
fn a_second_start_on_the_same_folder_names_the_one_that_runs() {
    let home = Folder::new();
    let emulator = Background::start(&home, &["--data-dir", "data"]);
    let log = emulator.text("logFile");
    let (pid, port) = (emulator.pid().to_string(), emulator.port().to_string());
    let again = |options: &[&str]| {
        let said = refusal(1, az(&home).args(DETACH).args(["--data-dir", "data"]).args(options));
        said.replace(&pid, "PID").replace(&port, "PORT").replace(home.path().to_str().unwrap(), "HOME")
    };
    insta::assert_snapshot!(again(&[]), @"
    ERROR: An emulator is already running at https://localhost:PORT, as process PID.
    Hint: To stop it: az communication emulator stop --ready-file HOME/data.json
    Hint: To start another emulator, give another data folder (--data-dir), or another pid file (--pid-file) if its data is in memory or in a database. Also give another port (--port).
    ");
    // The names of the second emulator's own files do not matter.
    assert_eq!(again(&["--pid-file", "other.pid"]), again(&[]));
    assert_eq!((emulator.text("logFile"), emulator.text("pidFile")), (log, format!("{pid}\n")));
    assert!(!home.path().join("other.log").exists());
}

#[test]
fn one_in_the_foreground_on_the_same_folder_is_named_too() {
    let home = Folder::new();
    let emulator = support::emulator::Emulator::start(&home, &["--data-dir", "data"]);
    let said = refusal(1, az(&home).args(DETACH).args(["--data-dir", "data"]));
    insta::assert_snapshot!(said.replace(home.path().to_str().unwrap(), "HOME"), @"
    ERROR: The emulator cannot start: the data folder HOME/data is in use by another emulator.
    Hint: Stop the other emulator, or use another folder (--data-dir) or --in-memory.
    ");
    drop(emulator);
}

#[test]
fn a_pid_file_that_was_left_does_not_hinder_a_start() {
    let home = Folder::new();
    let killed = Background::start(&home, &[]);
    let (pid_file, ready_file) = (killed.file("pidFile"), killed.file("readyFile"));
    kill("KILL", killed.pid());
    wait_for_end(killed.pid());
    assert!(pid_file.exists() && ready_file.exists());
    let next = Background::start(&home, &[]);
    next.stop();
    assert!(!pid_file.exists() && !ready_file.exists());
    // Another program has this process id now.
    let mut other = Command::new("sleep").arg("60").spawn().unwrap();
    std::fs::write(&pid_file, format!("{}\n", other.id())).unwrap();
    std::fs::set_permissions(&pid_file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let next = Background::start(&home, &[]);
    assert_eq!(next.text("pidFile"), format!("{}\n", next.pid()));
    assert_eq!(other.try_wait().unwrap(), None);
    other.kill().unwrap();
    other.wait().unwrap();
}

#[test]
fn a_pid_file_that_others_can_read_is_that_of_another_program() {
    let home = Folder::new();
    let pid_file = home.write("nginx.pid", format!("{}\n", std::process::id()));
    std::fs::set_permissions(&pid_file, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let said = refusal(1, az(&home).args(DETACH).args(["--in-memory", "--pid-file", "nginx.pid"]));
    assert!(said.contains("a file that is not a pid file exists there"), "{said}");
    assert_eq!(std::fs::read_to_string(&pid_file).unwrap(), format!("{}\n", std::process::id()));
}

#[test]
fn a_file_that_is_not_a_pid_file_is_not_touched() {
    let home = Folder::new();
    for text in ["", "notes\n", "12", "12\n13\n", "+12\n", "-12\n", "0\n", " 12\n", "99999999999\n"] {
        let path = home.write("file", text);
        let said = refusal(1, az(&home).args(DETACH).args(["--in-memory", "--pid-file", "file"]));
        let why = "a file that is not a pid file exists there";
        assert_eq!(said, format!("ERROR: The pid file {} cannot be written: {why}.\n", path.display()), "{text:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
    std::os::unix::fs::symlink(home.write("target", "12\n"), home.path().join("link")).unwrap();
    let said = refusal(1, az(&home).args(DETACH).args(["--in-memory", "--pid-file", "link"]));
    assert!(said.ends_with("link cannot be written: it is not a regular file.\n"), "{said}");
    assert_eq!(std::fs::read_to_string(home.path().join("target")).unwrap(), "12\n");
}

#[test]
fn the_log_is_added_to_a_file_of_this_user_and_to_nothing_else() {
    let home = Folder::new();
    std::os::unix::fs::symlink(home.write("target", ""), home.path().join("link")).unwrap();
    let fifo = home.path().join("fifo");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
    std::fs::create_dir(home.path().join("data")).unwrap();
    let mut said = String::new();
    for log in ["link", "fifo", ".", "/dev/null", "none/x.log", "data/x.log"] {
        let options = ["--data-dir", "data", "--log-file", log];
        said.push_str(&refusal(1, az(&home).args(DETACH).args(options)));
    }
    insta::assert_snapshot!(said.replace(home.path().to_str().unwrap(), "HOME"), @"
    ERROR: The log file HOME/link cannot be written: it is not a regular file.
    ERROR: The log file HOME/fifo cannot be written: it is not a regular file.
    ERROR: The log file HOME cannot be written: it is not a regular file.
    ERROR: The log file /dev/null cannot be written: it is not a regular file.
    ERROR: The log file HOME/none/x.log cannot be written: its folder does not exist.
    ERROR: The log file HOME/data/x.log cannot be written: it is in the data folder, which is only for the emulator's own files.
    ");
}

#[test]
fn a_pid_file_is_kept_in_the_foreground_too() {
    let home = Folder::new();
    let mut emulator = support::emulator::Emulator::start(&home, &["--in-memory", "--pid-file", "emulator.pid"]);
    let path = home.path().join("emulator.pid");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{}\n", emulator.child.id()));
    let second = ["communication", "emulator", "start", "--port", "0", "--in-memory", "--pid-file", "emulator.pid"];
    let said = refusal(1, az(&home).args(second));
    assert_eq!(said, format!("ERROR: The pid file {} cannot be written: another emulator uses it.\n", path.display()));
    kill("TERM", emulator.child.id());
    emulator.child.wait().unwrap();
    assert!(!path.exists());
}

#[test]
fn with_log_format_json_each_line_of_the_log_file_is_an_object() {
    let home = Folder::new();
    let background = Background::start(&home, &["--in-memory", "--host", "0.0.0.0", "--log-format", "json"]);
    for text in [background.text("logFile"), background.said.clone()] {
        assert!(!text.is_empty());
        for line in text.lines() {
            let object: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}"));
            assert_eq!(object["level"], "WARN", "{line}");
        }
    }
}
