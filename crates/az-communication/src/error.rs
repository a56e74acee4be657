//! The error that ends a command.

use std::fmt;
use std::io;

use crate::exit_code::ExitCode;

/// When hints are shown. Where the reference's text must stand to the byte, they give way to scripts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HintPolicy {
    /// Always: the reference shows a traceback here, or nothing like this.
    #[default]
    Always,
    /// Unless `--only-show-errors`: errors of the service.
    NotQuiet,
    /// On a terminal only.
    Terminal,
}

/// The system's words without Rust's "(os error 111)".
pub fn system_text(error: &io::Error) -> String {
    let text = error.to_string();
    match text.split_once(" (os error") {
        Some((text, _)) => text.to_owned(),
        None => text,
    }
}

/// What went wrong, in words for the person at the terminal, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CliError {
    /// Shown behind `ERROR: `.
    pub message: String,
    /// Shown behind `Hint: `, a line each.
    pub hints: Vec<String>,
    /// When the hints are shown.
    pub hint_policy: HintPolicy,
    /// The exit code.
    pub exit_code: ExitCode,
}

impl CliError {
    /// An error with exit code 1 and no hint.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hints: Vec::new(),
            hint_policy: HintPolicy::Always,
            exit_code: ExitCode::Failure,
        }
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Sets when hints are shown.
    #[must_use]
    pub fn hint_policy(mut self, policy: HintPolicy) -> Self {
        self.hint_policy = policy;
        self
    }

    /// Sets the exit code.
    #[must_use]
    pub fn exit_code(mut self, exit_code: ExitCode) -> Self {
        self.exit_code = exit_code;
        self
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CliError {}
