//! The printer for stderr. It decides which levels are shown, and whether with colour or with level names.

use std::io::{self, IsTerminal as _, Write as _};

use crate::report::error::{CliError, HintPolicy};
use crate::report::{json_lines, log_file, secrets, times};
use acs_identity_protocol::visible::escaped;

/// The levels of messages, from the fewest messages to the most.
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

/// Writes messages to stderr. Messages can contain text from other sources, so control characters are escaped.
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
    /// Creates a printer for a level. Colour replaces the level names, as in the reference.
    pub fn new(level: Level, colour: bool) -> Self {
        Self { level, colour }
    }

    /// Checks whether messages of this level are shown.
    pub fn shows(&self, level: Level) -> bool {
        level <= self.level
    }

    /// Checks whether stderr is a terminal that shows text for a user. Secrets may be printed there: no program stores
    /// them.
    pub fn has_user(&self) -> bool {
        io::stderr().is_terminal() && self.shows(Level::Warning) && !json_lines::are_chosen()
    }

    /// Returns whether colour is used.
    pub fn colour(&self) -> bool {
        self.colour
    }

    fn say(&self, level: Level, name: &str, colour: &str, message: &str) {
        self.say_with_hints(level, name, colour, message, &[]);
    }

    fn say_with_hints(&self, level: Level, name: &str, colour: &str, message: &str, hints: &[String]) {
        if !self.shows(level) && !log_file::is_open() {
            return;
        }
        let message = secrets::hidden(message);
        log_file::write(name, &message);
        if !self.shows(level) {
            return;
        }
        if json_lines::are_chosen() {
            write(&json_lines::message(name, &message, hints));
            return;
        }
        let message = escaped(&message);
        let line = if self.colour { format!("{colour}{message}{RESET}\n") } else { format!("{name}: {message}\n") };
        write(&line);
        for hint in hints {
            write(&format!("Hint: {}\n", escaped(hint)));
        }
    }

    /// Prints a warning.
    pub fn warning(&self, message: &str) {
        self.say(Level::Warning, "WARNING", YELLOW, message);
    }

    /// Prints a message for `--verbose`.
    pub fn info(&self, message: &str) {
        self.say(Level::Info, "INFO", GREEN, message);
    }

    /// Prints the duration of the command, which is the last line of `--verbose`.
    pub fn command_ran(&self) {
        if self.shows(Level::Info) || log_file::is_open() {
            self.info(&times::line());
        }
    }

    /// Prints a message for `--debug`.
    pub fn debug(&self, message: &str) {
        self.say(Level::Debug, "DEBUG", CYAN, message);
    }

    /// Prints an error and its hints.
    pub fn error(&self, error: &CliError) {
        let shown = match error.hint_policy {
            HintPolicy::Always => true,
            HintPolicy::NotQuiet => self.shows(Level::Warning),
            HintPolicy::Terminal => self.shows(Level::Warning) && io::stderr().is_terminal(),
        };
        let hints: Vec<String> = match shown {
            true => error.hints.iter().map(|hint| secrets::hidden(hint).into_owned()).collect(),
            false => Vec::new(),
        };
        self.say_with_hints(Level::Error, "ERROR", RED, &error.message, &hints);
    }

    /// Prints an error without hints.
    pub fn error_line(&self, message: &str) {
        self.say(Level::Error, "ERROR", RED, message);
    }

    /// Copies bytes that another program wrote to its stderr.
    pub fn bytes(&self, bytes: &[u8]) {
        let _ = io::stderr().lock().write_all(bytes);
    }

    /// Writes lines that belong to an error without changes. The caller escapes text from other sources.
    pub fn lines(&self, text: &str) {
        write(text);
    }
}

/// Checks whether both stdout and stderr are terminals. This is the reference's condition for colour.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal() && io::stderr().is_terminal()
}

fn write(text: &str) {
    // A failed write to stderr is ignored: there is no other stream for the message.
    let _ = io::stderr().lock().write_all(text.as_bytes());
}
