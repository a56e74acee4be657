//! Runs the tests in processes of their own, and looks at what is left of them.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpStream;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

/// An empty folder, which is everything that the tests may write to. It is removed on drop.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn is_empty(&self) -> bool {
        fs::read_dir(&self.0).unwrap().next().is_none()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Returns a command that runs tests of this program in a group of processes of its own.
fn tests(folder: &Folder, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(arguments).current_dir(&folder.0).env("HOME", &folder.0).env("TMPDIR", &folder.0);
    command.env_remove("RUST_TEST_THREADS").process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped());
    command
}

/// Returns whether a process of a group is left.
fn is_left(group: u32) -> bool {
    Command::new("kill").args(["-0", "--", &format!("-{group}")]).stderr(Stdio::null()).status().unwrap().success()
}

fn text_of(child: &mut Child) -> String {
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn fifty_tests_at_once_succeed_and_one_fails_without_leaving_anything() {
    let folder = Folder::new("fifty");
    let mut child = tests(&folder, &["fifty::", "fails", "--ignored", "--test-threads=51"]).spawn().unwrap();
    let text = text_of(&mut child);
    let status = child.wait().unwrap();
    assert!(text.contains("running 51 tests") && text.contains("test result: FAILED. 50 passed; 1 failed;"), "{text}");
    assert!(text.contains("test ending::fails ... FAILED") && text.contains("a user is not a token"), "{text}");
    assert_eq!(status.code(), Some(101));
    assert!(!is_left(child.id()) && folder.is_empty());
}

#[test]
fn nothing_is_left_of_a_test_that_is_killed() {
    let folder = Folder::new("killed");
    let mut child = tests(&folder, &["waits", "--ignored", "--nocapture"]).spawn().unwrap();
    let port = port_in(BufReader::new(child.stdout.take().unwrap()));
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    // Whether the connection is closed or reset depends on what was in it.
    assert!(matches!(stream.read(&mut [0]), Ok(0) | Err(_)));
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    assert!(!is_left(child.id()) && folder.is_empty());
}

/// Reads the port that the test prints.
fn port_in(stdout: BufReader<ChildStdout>) -> u16 {
    let mut lines = stdout.lines().map(Result::unwrap);
    lines.find_map(|line| line.split_once("port=").and_then(|(_, port)| port.parse().ok())).unwrap()
}
