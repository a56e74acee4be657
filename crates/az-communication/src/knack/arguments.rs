//! The values of a command's options.

use std::collections::HashMap;

use pyjmespath::Expression;

use crate::knack::argument::Argument;

/// The parsed values of a command's options.
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    pub(crate) values: HashMap<&'static str, Vec<String>>,
    pub(crate) query: Option<Expression>,
}

impl Arguments {
    /// The value of an option; of an option with several values, the first.
    pub fn get(&self, argument: &Argument) -> Option<&str> {
        self.values.get(argument.key())?.first().map(String::as_str)
    }

    /// All values of an option.
    pub fn list(&self, argument: &Argument) -> &[String] {
        self.values.get(argument.key()).map_or(&[], Vec::as_slice)
    }

    /// Whether an option was given.
    pub fn has(&self, argument: &Argument) -> bool {
        self.values.contains_key(argument.key())
    }

    /// Whether an option of this key was given, for what tables say of options that are declared elsewhere.
    pub(crate) fn has_key(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// All options that were given, and their values, in no particular order.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, &[String])> {
        self.values.iter().map(|(key, values)| (*key, values.as_slice()))
    }

    /// The compiled `--query`.
    pub fn query(&self) -> Option<&Expression> {
        self.query.as_ref()
    }
}
