//! The error that ends a command.

use std::fmt;
use std::io;

use crate::report::exit_code::ExitCode;
use crate::system::ending_error::EndingError;
use crate::system::limits;

/// When hints are shown. Scripts may compare the text of an error with the text of the reference byte by byte, so such
/// errors show fewer hints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HintPolicy {
    /// Always, because the reference prints a traceback here or has no such error.
    #[default]
    Always,
    /// Unless `--only-show-errors` is given. Used for errors of the service.
    NotQuiet,
    /// Only if stderr is a terminal.
    Terminal,
}

/// The message of an error, and hints that say what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CliError {
    /// The text after `ERROR: `.
    pub message: String,
    /// The texts after `Hint: `, one line each.
    pub hints: Vec<String>,
    /// When the hints are shown.
    pub hint_policy: HintPolicy,
    /// The exit code.
    pub exit_code: ExitCode,
}

impl CliError {
    /// Creates an error with exit code 1 and without hints.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hints: Vec::new(),
            hint_policy: HintPolicy::Always,
            exit_code: ExitCode::Failure,
        }
    }

    /// Creates an error about the command line, or about a value that replaces an option. The exit code is 2, and
    /// nothing was done.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(message).exit_code(ExitCode::Usage)
    }

    /// Adds a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// Adds a hint if the error is about a limit of the system.
    #[must_use]
    pub fn advise(self, error: &io::Error) -> Self {
        match limits::advice(error) {
            Some(advice) => self.hint(advice),
            None => self,
        }
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

impl From<EndingError> for CliError {
    fn from(error: EndingError) -> Self {
        Self::new(error.to_string())
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CliError {}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    /// Texts of the reference, and texts that end with a sentence from elsewhere.
    const OTHERS: [&str; 5] = [
        "--only-show-errors can't be used together with --debug or --verbose",
        "This command is from the following extension: communication",
        r"Invalid jmespath query supplied for `--query`: {message}\n{QUERY_REFERENCE}",
        "Interrupted after {so_far}",
        "'{scope}' is not a known scope. {advice}",
    ];

    /// Returns the texts of errors and warnings in a source file.
    fn messages(source: &str) -> Vec<String> {
        let source = source.split("#[cfg(test)]").next().unwrap_or_default();
        let mut found = Vec::new();
        for name in ["CliError::new(", "CliError::usage(", ".warning("] {
            for behind in source.split(name).skip(1) {
                let text = behind.trim_start().trim_start_matches('&').trim_start();
                let text = text.strip_prefix("format!(").unwrap_or(text).trim_start();
                let Some(text) = text.strip_prefix('"') else { continue };
                let mut literal = String::new();
                let mut chars = text.chars();
                while let Some(c) = chars.next().filter(|c| *c != '"') {
                    literal.push(c);
                    literal.extend((c == '\\').then(|| chars.next()).flatten());
                }
                found.push(literal);
            }
        }
        found
    }

    fn of_folder(folder: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                of_folder(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.extend(messages(&fs::read_to_string(path).unwrap()));
            }
        }
    }

    #[test]
    fn errors_and_warnings_of_ours_end_with_a_full_stop() {
        let mut found = Vec::new();
        of_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
        assert!(found.len() > 100, "{found:?}");
        found.retain(|message| !message.ends_with(['.', '?', '!']) && !OTHERS.contains(&message.as_str()));
        assert_eq!(found, Vec::<String>::new());
    }
}
