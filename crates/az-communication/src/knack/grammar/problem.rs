//! Errors in a command line, as data. Their texts are the texts of argparse and of the Azure CLI.

use std::fmt;

use pyjmespath::{Value, repr};

use crate::knack::argument::Argument;
use crate::knack::globals::QUERY;
use crate::knack::values::choice;

/// An error in a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A word that is not a command or group, where one is expected.
    Misspelled(String),
    /// These words are neither options of the command nor values of its options.
    Unrecognized(Vec<String>),
    /// These arguments are missing, with their names in errors. Below a group, the name of the missing subcommand
    /// argument.
    Required(Vec<String>),
    /// A word that abbreviates several options.
    Ambiguous {
        /// The word.
        word: String,
        /// The spellings that it may stand for.
        candidates: Vec<&'static str>,
    },
    /// The value of `--query` is not JMESPath.
    InvalidQuery(String),
    /// A flag that was given a value.
    UnexpectedValue {
        /// The name of the option in errors.
        option: String,
        /// The value.
        value: String,
    },
    /// An option without its value.
    MissingValue {
        /// The name of the option in errors.
        option: String,
        /// Whether the option takes several values.
        many: bool,
    },
    /// A value that is not one of the allowed values of the option.
    InvalidChoice {
        /// The command line of the command.
        command: String,
        /// The value.
        value: String,
        /// The first spelling of the option.
        option: &'static str,
        /// The allowed values.
        choices: &'static [&'static str],
    },
}

impl Problem {
    /// Creates the error about an option without its value.
    pub(crate) fn missing_value(argument: &Argument, many: bool) -> Self {
        Self::MissingValue { option: argument.display_name(), many }
    }

    /// Checks whether the text of the error names an option. For `--query`, the reference then adds a link.
    pub(crate) fn names(&self, option: &str) -> bool {
        let within = |text: &str| text.contains(option);
        match self {
            Self::Unrecognized(words) | Self::Required(words) => words.iter().any(|word| within(word)),
            Self::Ambiguous { word, candidates } => within(word) || candidates.iter().any(|name| within(name)),
            Self::InvalidQuery(_) => option == QUERY.key(),
            Self::UnexpectedValue { option: name, value } => within(name) || within(value),
            Self::MissingValue { option: name, .. } => within(name),
            // The reference reports these errors in another place, without the link.
            Self::Misspelled(_) | Self::InvalidChoice { .. } => false,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| repr(&Value::from(text));
        match self {
            Self::Misspelled(word) => write!(f, "'{word}' is misspelled or not recognized by the system."),
            Self::Unrecognized(words) => write!(f, "unrecognized arguments: {}", words.join(" ")),
            Self::Required(names) => write!(f, "the following arguments are required: {}", names.join(", ")),
            Self::Ambiguous { word, candidates } => {
                write!(f, "ambiguous option: {word} could match {}", candidates.join(", "))
            }
            Self::InvalidQuery(text) => {
                write!(f, "argument --query: invalid jmespath_type value: {}", quoted(text))
            }
            Self::UnexpectedValue { option, value } => {
                write!(f, "argument {option}: ignored explicit argument {}", quoted(value))
            }
            Self::MissingValue { option, many: false } => write!(f, "argument {option}: expected one argument"),
            Self::MissingValue { option, many: true } => {
                write!(f, "argument {option}: expected at least one argument")
            }
            Self::InvalidChoice { command, value, option, choices } => {
                write!(f, "{command}: {}", choice::message(option, value, choices))
            }
        }
    }
}
