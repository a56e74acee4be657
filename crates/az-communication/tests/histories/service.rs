//! An emulator with a folder: the program, which can be killed, or the library in this process.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use acs_identity_emulator::{Config, Handle};

use crate::support::Folder;
use crate::support::emulator::{Client, Emulator};

pub enum Service {
    Program(Box<Emulator>),
    Library(Box<Handle>),
}

impl Service {
    /// Starts the program.
    pub fn process(home: &Folder, data: &Path) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(home.path().join("log")).unwrap();
        let mut child = crate::support::az(home)
            .args(["communication", "emulator", "start", "--port", "0", "--data-dir"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|_| {
            panic!("it did not start: {}", std::fs::read_to_string(home.path().join("log")).unwrap());
        });
        let emulator = Emulator { child, ready, stdout };
        Self::Program(Box::new(emulator))
    }

    /// Starts the library.
    pub fn library(data: &Path) -> Self {
        let config = Config::in_folder(data);
        Self::Library(Box::new(acs_identity_emulator::Emulator::start(config).unwrap()))
    }

    pub fn port(&self) -> u16 {
        match self {
            Self::Program(emulator) => emulator.port(),
            Self::Library(emulator) => emulator.port(),
        }
    }

    /// Returns a client with a connection of its own.
    pub fn client(&self) -> Client {
        Client::new(self.port())
    }

    /// Kills the program with SIGKILL.
    pub fn kill(&self) {
        if let Self::Program(emulator) = self {
            let pid = rustix::process::Pid::from_raw(emulator.child.id().cast_signed()).unwrap();
            rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        }
    }

    /// Waits until a killed program and its lock are gone.
    pub fn reap(self) {
        self.kill();
        if let Self::Program(mut emulator) = self {
            emulator.child.wait().unwrap();
        }
    }

    /// Stops it cleanly.
    pub fn stop(self) {
        match self {
            Self::Program(mut emulator) => {
                let pid = rustix::process::Pid::from_raw(emulator.child.id().cast_signed()).unwrap();
                rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
                assert!(emulator.child.wait().unwrap().success());
            }
            Self::Library(emulator) => emulator.close(),
        }
    }
}
