//! A home folder, an emulator, and the commands of user identities against it.

use std::process::{Command, Stdio};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::emulator::Emulator;
use super::seen::{Seen, run};
use super::{AZ, Folder, other_program};

pub struct World {
    pub home: Folder,
    pub emulator: Arc<Emulator>,
}

impl World {
    /// Creates a world with its own home folder and the emulator that all tests of a program share. Starting one takes
    /// 250 ms.
    pub fn new() -> Self {
        Self { home: Folder::new(), emulator: Arc::clone(&Self::shared().emulator) }
    }

    /// Returns the world of the shared emulator, for tests that write no files and no configuration.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<World> = OnceLock::new();
        SHARED.get_or_init(|| {
            let home = Folder::new();
            // Static values are not dropped at the end of a program. But its end of the pipe is closed, which ends the
            // shell's `cat`.
            let script = "\"$@\" & cat; kill $!; wait; rm -rf \"$HOME\"";
            let mut shell = other_program("/bin/sh", &home);
            shell.args(["-c", script, "sh", AZ, "communication", "emulator", "start", "--port", "0", "--in-memory"]);
            let emulator = Emulator::from_command(shell.stdin(Stdio::piped()));
            Self { home, emulator: Arc::new(emulator) }
        })
    }

    /// Creates a world with its own emulator in memory, for tests that change more of it than users.
    pub fn alone() -> Self {
        let home = Folder::new();
        let emulator = Arc::new(Emulator::in_memory(&home));
        Self { home, emulator }
    }

    /// Creates a world whose emulator keeps its data, so that the test can read it.
    pub fn durable() -> Self {
        let home = Folder::new();
        let emulator = Arc::new(Emulator::start(&home, &[]));
        Self { home, emulator }
    }

    /// Returns the number of identities that a durable emulator holds.
    pub fn identities(&self) -> i64 {
        let path = self.home.path().join(".azure/communication-emulator/identities.db");
        let database = rusqlite::Connection::open(path).unwrap();
        database.query_row("SELECT count(*) FROM identities", [], |row| row.get(0)).unwrap()
    }

    /// Returns the command `az communication user-identity`, followed by these words.
    pub fn command(&self, words: &str) -> Command {
        self.command_of(words.split_whitespace())
    }

    /// Does the same for words that may contain spaces.
    pub fn command_of<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Command {
        let mut command = self.emulator.az(&self.home);
        command.args(["communication", "user-identity"]).args(words);
        command
    }

    pub fn run(&self, words: &str) -> Seen {
        run(&mut self.command(words))
    }

    /// Runs a command line for a snapshot. Names replace the home folder, the port, ids, tokens and times.
    pub fn shows(&self, words: &str) -> Seen {
        self.shown(&mut self.command(words))
    }

    /// Runs a command for a snapshot.
    pub fn shown(&self, command: &mut Command) -> Seen {
        let port = format!("localhost:{}", self.emulator.port());
        run(command).hiding_home(&self.home).hiding(port, "localhost:PORT").hiding_ids()
    }

    /// Runs a command that must succeed with an empty stderr, and returns its JSON.
    pub fn ok(&self, words: &str) -> Value {
        let seen = self.run(words);
        assert_eq!((seen.code, seen.stderr.as_str()), (Some(0), ""), "{words}: {seen:?}");
        if seen.stdout.is_empty() { Value::Null } else { seen.json() }
    }

    /// Runs a command that must fail with an empty stdout, and returns its stderr.
    pub fn fails(&self, words: &str, code: i32) -> String {
        let seen = self.run(words);
        assert_eq!((seen.code, seen.stdout.as_str()), (Some(code), ""), "{words}: {seen:?}");
        seen.stderr
    }

    /// Creates users, and returns their raw ids.
    pub fn users(&self, count: usize) -> Vec<String> {
        let mut client = self.emulator.client();
        (0..count).map(|_| client.create()).collect()
    }

    /// Waits up to a minute until the condition holds.
    pub fn wait_for(&self, what: &str, is_so: impl Fn() -> bool) {
        let until = Instant::now() + Duration::from_secs(60);
        while !is_so() {
            assert!(Instant::now() < until, "{what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Returns the lines of a file, each parsed as JSON.
    pub fn lines(&self, name: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.home.path().join(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// Returns the lines of a record that have this outcome.
    pub fn outcomes(&self, name: &str, outcome: &str) -> Vec<Value> {
        self.lines(name).into_iter().filter(|line| line["outcome"] == outcome).collect()
    }
}
