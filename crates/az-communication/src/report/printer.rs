//! Everything that is said on stderr, decided once: which levels, and with colour or with level names.

use std::io::{self, IsTerminal as _, Write as _};

use crate::report::error::{CliError, HintPolicy};
use crate::report::{log_file, secrets, times};
use acs_identity_protocol::visible::escaped;

/// How much is said, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// `--only-show-errors`.
    Error,
    /// The default.
    Warning,
    /// `--verbose`.
    Info,
    /// `--debug`.
    Debug,
}

/// Writes messages to stderr. What others wrote is part of them, so that control characters are shown escaped.
#[derive(Debug, Clone, Copy)]
pub struct Printer {
    level: Level,
    colour: bool,
}

const RED: &str = "\u{1b}[91m";
const YELLOW: &str = "\u{1b}[93m";
const GREEN: &str = "\u{1b}[92m";
const CYAN: &str = "\u{1b}[96m";
const RESET: &str = "\u{1b}[0m";

impl Printer {
    /// A printer of that level. Colour takes the place of level names, as in the reference.
    pub fn new(level: Level, colour: bool) -> Self {
        Self { level, colour }
    }

    /// Whether messages of that level are shown.
    pub fn shows(&self, level: Level) -> bool {
        level <= self.level
    }

    /// Whether colour is used.
    pub fn colour(&self) -> bool {
        self.colour
    }

    fn say(&self, level: Level, name: &str, colour: &str, message: &str) {
        if !self.shows(level) && !log_file::is_open() {
            return;
        }
        let message = secrets::hidden(message);
        log_file::write(name, &message);
        if !self.shows(level) {
            return;
        }
        let message = escaped(&message);
        let line = if self.colour { format!("{colour}{message}{RESET}\n") } else { format!("{name}: {message}\n") };
        write(&line);
    }

    /// Says a warning.
    pub fn warning(&self, message: &str) {
        self.say(Level::Warning, "WARNING", YELLOW, message);
    }

    /// Says what `--verbose` shows.
    pub fn info(&self, message: &str) {
        self.say(Level::Info, "INFO", GREEN, message);
    }

    /// Says how long the command took, which is the last line of `--verbose`.
    pub fn command_ran(&self) {
        if self.shows(Level::Info) || log_file::is_open() {
            self.info(&times::line());
        }
    }

    /// Says what `--debug` shows.
    pub fn debug(&self, message: &str) {
        self.say(Level::Debug, "DEBUG", CYAN, message);
    }

    /// Says an error and its hints.
    pub fn error(&self, error: &CliError) {
        self.error_line(&error.message);
        let shown = match error.hint_policy {
            HintPolicy::Always => true,
            HintPolicy::NotQuiet => self.shows(Level::Warning),
            HintPolicy::Terminal => self.shows(Level::Warning) && io::stderr().is_terminal(),
        };
        if !shown {
            return;
        }
        for hint in &error.hints {
            write(&format!("Hint: {}\n", escaped(&secrets::hidden(hint))));
        }
    }

    /// Says an error without hints.
    pub fn error_line(&self, message: &str) {
        self.say(Level::Error, "ERROR", RED, message);
    }

    /// Passes on what another program wrote to its stderr.
    pub fn bytes(&self, bytes: &[u8]) {
        let _ = io::stderr().lock().write_all(bytes);
    }

    /// Writes lines that belong to an error, as they are. Whoever calls it escapes what others wrote.
    pub fn lines(&self, text: &str) {
        write(text);
    }
}

/// Whether stdout and stderr both are terminals, the reference's condition for colour.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal() && io::stderr().is_terminal()
}

fn write(text: &str) {
    // Nobody can be told that stderr is gone.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
