//! A home folder, an emulator, and the commands of user identities against it.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::Folder;
use super::emulator::Emulator;

const PREVIEW: &str = "WARNING: Command group 'communication user-identity";

/// What a command did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub code: Option<i32>,
    pub stdout: String,
    /// Without the warning that the group is a preview.
    pub stderr: String,
}

impl Seen {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Runs a command without a terminal.
pub fn run(command: &mut Command) -> Seen {
    seen(command.stdin(Stdio::null()).output().unwrap())
}

/// Runs a command that reads this from a pipe.
pub fn run_reading(command: &mut Command, stdin: &[u8]) -> Seen {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that does not read it ends before.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    seen(child.wait_with_output().unwrap())
}

fn seen(output: Output) -> Seen {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let stderr = text(output.stderr);
    let stderr = stderr.lines().filter(|line| !line.starts_with(PREVIEW)).map(|line| format!("{line}\n")).collect();
    Seen { code: output.status.code(), stdout: text(output.stdout), stderr }
}

pub struct World {
    pub home: Folder,
    pub emulator: Emulator,
}

impl World {
    pub fn new() -> Self {
        let home = Folder::new();
        let emulator = Emulator::in_memory(&home);
        Self { home, emulator }
    }

    /// With an emulator that keeps its data, so that the test can look into it.
    pub fn durable() -> Self {
        let home = Folder::new();
        let emulator = Emulator::start(&home, &[]);
        Self { home, emulator }
    }

    /// How many identities a durable emulator holds.
    pub fn identities(&self) -> i64 {
        let path = self.home.path().join(".azure/communication-emulator/identities.db");
        let database = rusqlite::Connection::open(path).unwrap();
        database.query_row("SELECT count(*) FROM identities", [], |row| row.get(0)).unwrap()
    }

    /// `az communication user-identity`, with these words behind it.
    pub fn command(&self, words: &str) -> Command {
        self.command_of(words.split_whitespace())
    }

    /// The same for words that may hold spaces.
    pub fn command_of<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = self.emulator.az(&self.home);
        command.args(["communication", "user-identity"]).args(words);
        command
    }

    pub fn run(&self, words: &str) -> Seen {
        run(&mut self.command(words))
    }

    /// What a command that succeeds without a word says.
    pub fn ok(&self, words: &str) -> Value {
        let seen = self.run(words);
        assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""), "{words}: {seen:?}");
        if seen.stdout.is_empty() { Value::Null } else { seen.json() }
    }

    /// What a command that fails says on stderr. It shows nothing.
    pub fn fails(&self, words: &str, code: i32) -> String {
        let seen = self.run(words);
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(code), ""), "{words}: {seen:?}");
        seen.stderr
    }

    /// New users; their raw ids.
    pub fn users(&self, count: usize) -> Vec<String> {
        let mut client = self.emulator.client();
        (0..count).map(|_| client.create()).collect()
    }

    /// Waits until something is so, a minute at most.
    pub fn wait_for(&self, what: &str, is_so: impl Fn() -> bool) {
        let until = Instant::now() + Duration::from_secs(60);
        while !is_so() {
            assert!(Instant::now() < until, "{what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The lines of a file, each one JSON.
    pub fn lines(&self, name: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.home.path().join(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The lines of a record that have this outcome.
    pub fn outcomes(&self, name: &str, outcome: &str) -> Vec<Value> {
        self.lines(name).into_iter().filter(|line| line["outcome"] == outcome).collect()
    }
}
