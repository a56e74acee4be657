//! The words of a command line.

use std::ffi::OsString;

use crate::knack::argument::Argument;
use crate::report::error::CliError;

/// The words after the program name.
pub(crate) struct Words {
    /// The words as they were given, valid UTF-8 or not.
    raw: Vec<OsString>,
    /// The same words as text. Bytes that are not UTF-8 are replaced.
    text: Vec<String>,
}

impl Words {
    pub(crate) fn of(raw: Vec<OsString>) -> Self {
        let text = raw.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        Self { raw, text }
    }

    /// Returns the words as they were given.
    pub(crate) fn raw(&self) -> &[OsString] {
        &self.raw
    }

    /// Returns the words as text.
    pub(crate) fn text(&self) -> &[String] {
        &self.text
    }

    /// Returns the first word.
    pub(crate) fn first(&self) -> Option<&str> {
        self.text.first().map(String::as_str)
    }

    /// Checks whether one of the words is one of these.
    pub(crate) fn has(&self, flags: &[&Argument]) -> bool {
        self.text.iter().any(|word| flags.iter().any(|flag| word == flag.key()))
    }

    /// Refuses words that are not UTF-8. Only the first `own` words are checked, because the others belong to another
    /// program.
    ///
    /// # Errors
    ///
    /// Returns a usage error that names the word by its position.
    pub(crate) fn check_utf8(&self, own: usize) -> Result<(), CliError> {
        match self.raw[..own].iter().position(|word| word.to_str().is_none()) {
            None => Ok(()),
            Some(at) => {
                let word = &self.text[at];
                Err(CliError::usage(format!("Argument {} is not valid UTF-8: '{word}'.", at + 1)))
            }
        }
    }

    /// Returns the words of a command and the names of its options. Values are left out because they may be secrets.
    pub(crate) fn without_values(&self) -> Vec<String> {
        let is_command = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
        let command = self.text.iter().take_while(|word| !word.starts_with('-') && is_command(word)).count();
        let shown = self.text.iter().enumerate().map(|(at, word)| match word.split_once('=') {
            _ if at < command => word.clone(),
            Some((name, _)) if name.starts_with("--") && is_command(name) => format!("{name}={{}}"),
            None if word.starts_with("--") && is_command(word) => word.clone(),
            _ if word.starts_with('-') && word.len() == 2 => word.clone(),
            _ => "{}".to_owned(),
        });
        shown.collect()
    }
}
