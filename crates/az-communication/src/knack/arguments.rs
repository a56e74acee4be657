//! The parsed values of the options of a command.

use std::collections::HashMap;

use pyjmespath::Expression;

use crate::knack::argument::Argument;

/// The parsed values of the options of a command.
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    pub(crate) values: HashMap<&'static str, Vec<String>>,
    pub(crate) query: Option<Expression>,
}

impl Arguments {
    /// Returns the value of an option, or the first of several values.
    pub fn get(&self, argument: &Argument) -> Option<&str> {
        self.values.get(argument.key())?.first().map(String::as_str)
    }

    /// Returns all values of an option.
    pub fn list(&self, argument: &Argument) -> &[String] {
        self.values.get(argument.key()).map_or(&[], Vec::as_slice)
    }

    /// Checks whether an option was given.
    pub fn has(&self, argument: &Argument) -> bool {
        self.values.contains_key(argument.key())
    }

    /// Checks whether an option with this key was given. Tables use this for options that are declared elsewhere.
    pub(crate) fn has_key(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// Returns the compiled `--query`.
    pub fn query(&self) -> Option<&Expression> {
        self.query.as_ref()
    }
}
