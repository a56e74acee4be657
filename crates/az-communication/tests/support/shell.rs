//! An interactive shell on a terminal, into which keys are typed.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

/// A timeout that is long enough for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Shell {
    child: Child,
    keys: File,
    screen: Receiver<Vec<u8>>,
    seen: String,
    commands: usize,
}

impl Shell {
    pub fn start(command: &mut Command) -> Self {
        let ours: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        // The terminal is so wide that lines are not wrapped.
        tcsetwinsize(&ours, Winsize { ws_row: 50, ws_col: 4000, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
        let theirs = OpenOptions::new().read(true).write(true).open(name).unwrap();
        command.stdin(theirs.try_clone().unwrap()).stdout(theirs.try_clone().unwrap()).stderr(theirs);
        let child = command.spawn().unwrap();
        let keys = File::from(ours);
        let mut reader = keys.try_clone().unwrap();
        let (sender, screen) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut buffer) {
                if sender.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { child, keys, screen, seen: String::new(), commands: 0 }
    }

    fn type_keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the shell prints that text.
    fn wait_for(&mut self, text: &str) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.seen.find(text) {
                let rest = self.seen.split_off(at + text.len());
                return std::mem::replace(&mut self.seen, rest);
            }
            match self.screen.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("{text:?} was not printed, but {:?}", self.seen)
                }
            }
        }
    }

    /// Runs a command and waits for its end.
    pub fn run(&mut self, command: &str) {
        self.commands += 1;
        // The word is typed in two parts, so that the echo differs from the output.
        let (command, number) = (format!("{command}; echo 'do''ne' {}\r", self.commands), self.commands);
        self.type_keys(&command);
        self.wait_for(&format!("done {number}"));
    }

    /// Returns the line after these keys, with each word in angle brackets.
    pub fn line(&mut self, keys: &str) -> String {
        self.line_and_screen(keys).0
    }

    /// Returns that line, and the text that the shell printed meanwhile.
    pub fn line_and_screen(&mut self, keys: &str) -> (String, String) {
        self.commands += 1;
        let number = self.commands;
        // The cursor goes to the start of the line, where a command is inserted that shows the line.
        self.type_keys(&format!("{keys}\x01show {number} \r"));
        let screen = self.wait_for(&format!("shown {number}:"));
        let shown = self.wait_for(":end");
        (shown.trim_end_matches(":end").trim().to_owned(), screen)
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
