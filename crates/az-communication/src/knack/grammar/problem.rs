//! What is wrong with a command line, as data. The words are argparse's and the Azure CLI's.

use std::fmt;

use pyjmespath::{Value, repr};

use crate::knack::argument::Argument;

/// What is wrong with a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// A word stands where a command or group is expected, and is neither.
    Misspelled(String),
    /// These words are neither options of the command nor values of its options.
    Unrecognized(Vec<String>),
    /// These arguments are missing, as errors name them. Below a group, the name of what is missing there.
    Required(Vec<String>),
    /// A word abbreviates several options.
    Ambiguous {
        /// The word.
        word: String,
        /// What it may stand for.
        candidates: Vec<&'static str>,
    },
    /// The value of `--query` is not JMESPath.
    InvalidQuery(String),
    /// An option without a value has one.
    UnexpectedValue {
        /// The option, as errors name it.
        option: String,
        /// The value.
        value: String,
    },
    /// An option has no value.
    MissingValue {
        /// The option, as errors name it.
        option: String,
        /// Whether it may have several.
        many: bool,
    },
    /// A value is not one of those that the option may have.
    InvalidChoice {
        /// The command line of the command.
        command: String,
        /// The value.
        value: String,
        /// The option's first spelling.
        option: &'static str,
        /// What it may have.
        choices: &'static [&'static str],
    },
}

impl Problem {
    /// An option that has no value.
    pub(crate) fn missing_value(argument: &Argument, many: bool) -> Self {
        Self::MissingValue { option: argument.display_name(), many }
    }

    /// Whether the error names that option. For `--query`, the reference then adds a link.
    pub(crate) fn names(&self, option: &str) -> bool {
        let within = |text: &str| text.contains(option);
        match self {
            Self::Unrecognized(words) | Self::Required(words) => words.iter().any(|word| within(word)),
            Self::Ambiguous { word, candidates } => within(word) || candidates.iter().any(|name| within(name)),
            Self::InvalidQuery(_) => option == "--query",
            Self::UnexpectedValue { option: name, value } => within(name) || within(value),
            Self::MissingValue { option: name, .. } => within(name),
            // The reference reports these in another place, without the link.
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
                let choices = choices.join(", ");
                write!(f, "{command}: '{value}' is not a valid value for '{option}'. Allowed values: {choices}.")
            }
        }
    }
}
