//! Tests of the launcher of the npm package.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use insta::assert_snapshot;

use super::dist::stdout;
use super::node;
use super::support::{Folder, terminal};

/// The packages in a folder, and a Node.js that runs the launcher.
struct Launcher {
    home: Folder,
    path: PathBuf,
    node: Option<PathBuf>,
}

impl Launcher {
    fn new() -> Self {
        let home = Folder::new();
        let path = node::unpack(&home);
        Self { home, path, node: None }
    }

    fn with(self, node: PathBuf) -> Self {
        Self { node: Some(node), ..self }
    }

    fn node(&self) -> Command {
        let mut node = node::program("node", &self.home);
        if let Some(other) = &self.node {
            let env: Vec<_> =
                node.get_envs().map(|(name, value)| (name.to_owned(), value.unwrap().to_owned())).collect();
            node = Command::new(other);
            node.env_clear().envs(env).current_dir(self.home.path());
        }
        node
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut node = self.node();
        node.arg(&self.path).args(words);
        node
    }

    /// Returns a shell with a script in `emulator run`.
    fn shell(&self, script: &str) -> Command {
        self.command(&["emulator", "run", "--", "sh", "-c", script])
    }
}

/// Sends a signal to that process only.
fn kill(signal: &str, process: &Child) {
    stdout(Command::new("kill").args([&format!("-{signal}"), &process.id().to_string()]));
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn passes_everything_on(launcher: &Launcher) {
    let words = ["a b", "", "\"q\" 'q'", "ä€😀", "\u{fffd}", "line\nline", "--", "-e"];
    let mut shell = launcher.shell("printf '<%s>' \"$@\"; cat; exit 41");
    shell.arg("sh").args(words).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = shell.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"typed \xff\0").unwrap();
    let output = child.wait_with_output().unwrap();
    let expected: String = words.iter().map(|word| format!("<{word}>")).collect();
    assert_eq!(output.stdout, [expected.as_bytes(), b"typed \xff\0"].concat());
    assert_eq!(output.status.code(), Some(41));
    // The launcher ends by the same signal as the program.
    let output = launcher.shell("kill -KILL $$").output().unwrap();
    assert_eq!(output.status.signal(), Some(9), "{}", stderr(&output));
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn arguments_input_output_and_the_end_are_passed_on() {
    passes_everything_on(&Launcher::new());
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_oldest_node_js_runs_it_too() {
    let launcher = Launcher::new().with(node::oldest());
    assert!(stdout(launcher.node().arg("--version")).starts_with("v18."));
    passes_everything_on(&launcher);
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn an_argument_that_is_not_utf_8_is_refused_instead_of_changed() {
    let launcher = Launcher::new();
    let mut command = launcher.shell("echo ran");
    let output = command.arg(OsStr::from_bytes(b"a\xffb")).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]));
    let said = stderr(&output).replace(launcher.home.path().to_str().unwrap(), "FOLDER");
    assert_snapshot!(said, @r"
    ERROR: Argument 7 is not valid UTF-8: 'a�b'.
    Hint: Node.js cannot pass it on. The program itself takes it where it may stand: FOLDER/node_modules/@az-communication/linux-x64/az-communication
    ");
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn the_program_is_called_by_its_name() {
    let launcher = Launcher::new();
    let called = stdout(&mut launcher.shell("tr '\\0' ' ' < /proc/$PPID/cmdline"));
    assert!(called.starts_with("az-communication emulator run -- sh "), "{called}");
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn every_signal_that_asks_for_an_end_reaches_the_program() {
    let launcher = Launcher::new();
    for (signal, code, ended_by) in [
        ("INT", Some(0), None),
        ("TERM", Some(0), None),
        ("HUP", None, Some(1)),
        ("QUIT", None, Some(3)),
        ("USR1", None, Some(10)),
        ("USR2", None, Some(12)),
    ] {
        // It has no terminal. `setsid` becomes the launcher.
        let mut command = Command::new("setsid");
        let inner = launcher.command(&["emulator", "start", "--in-memory", "--port", "0"]);
        command.arg(inner.get_program()).args(inner.get_args()).env_clear();
        command
            .envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))))
            .current_dir(launcher.home.path());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("connectionString"), "{line}");
        kill(signal, &child);
        let status = child.wait().unwrap();
        assert_eq!((status.code(), status.signal()), (code, ended_by), "SIG{signal}");
    }
}

/// The session has its own terminal.
#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn what_is_typed_reaches_the_command_once_and_a_kill_of_the_launcher_too() {
    let launcher = Launcher::new();
    let (mut keys, stdin) = terminal::open();
    let script =
        "n=0; trap 'n=$((n+1)); echo told $n' INT TERM; echo ready; read line; read line; read line; echo end $n";
    let inner = launcher.shell(script);
    let mut command = Command::new("setsid");
    command.arg("--ctty").arg(inner.get_program()).args(inner.get_args()).env_clear();
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?)))).current_dir(launcher.home.path());
    let mut child = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    drop(command);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || lines.next().unwrap().unwrap();
    assert_eq!(next(), "ready");
    keys.write_all(b"\x03").unwrap();
    assert_eq!(next(), "told 1");
    kill("TERM", &child);
    assert_eq!(next(), "told 2");
    keys.write_all(b"\n\n\n").unwrap();
    assert_eq!(next(), "end 2");
    assert!(child.wait().unwrap().success());
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn another_system_gets_a_sentence() {
    let launcher = Launcher::new();
    let preload = launcher.home.write(
        "preload.js",
        "Object.defineProperty(process, 'platform', { value: 'darwin' });\n\
         Object.defineProperty(process, 'arch', { value: 'arm64' });\n",
    );
    let output = launcher.node().arg("-r").arg(preload).arg(&launcher.path).args(["token", "issue"]).output().unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert_snapshot!(stderr(&output), @r"
    ERROR: az-communication has no npm package for darwin-arm64, only for linux-x64.
    Hint: Run it there, in a container for example, or build it from source: https://github.com/acs-identity/az-communication#install
    ");
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn a_program_that_cannot_be_started_is_named() {
    let launcher = Launcher::new();
    let program = launcher.home.path().join("node_modules/@az-communication/linux-x64/az-communication");
    std::fs::write(&program, "").unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    let output = launcher.command(&["token", "issue"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output).replace(launcher.home.path().to_str().unwrap(), "FOLDER");
    assert_snapshot!(said, @r"
    ERROR: FOLDER/node_modules/@az-communication/linux-x64/az-communication cannot be started: spawn FOLDER/node_modules/@az-communication/linux-x64/az-communication EACCES.
    Hint: Install az-communication again.
    ");
}
