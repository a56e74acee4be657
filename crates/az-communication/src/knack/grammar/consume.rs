//! Assigns the words of one command to its options, as CPython's argparse does.

use pyjmespath::Expression;

use crate::knack::argument::{Argument, Arity};
use crate::knack::arguments::Arguments;
use crate::knack::globals::{HELP, OUTPUT, QUERY, SUBSCRIPTION};
use crate::knack::grammar::argparse::Parser;
use crate::knack::grammar::classify::Class;
use crate::knack::grammar::difflib;
use crate::knack::grammar::problem::Problem;
use crate::knack::usage_error::{Recommendation, Unknown, UsageError};
use crate::report::program::Program;

/// The result of processing an option.
pub(super) enum Taken {
    /// The option was processed. The word with this index is the next one.
    UpTo(usize),
    /// The option asks for help (`-yh`).
    Help,
}

pub(super) fn misspelled(name: &str) -> UsageError {
    UsageError::new(Problem::Misspelled(name.to_owned()))
}

impl Parser<'_> {
    /// Processes an option and its values.
    pub(super) fn consume(
        &mut self,
        path: &str,
        options: &[&'static Argument],
        classes: &[Class],
        words: &[String],
        at: usize,
        arguments: &mut Arguments,
    ) -> Result<Taken, UsageError> {
        let Class::Option { argument, spelling, explicit } = &classes[at] else {
            return Ok(Taken::UpTo(at + 1));
        };
        let (mut argument, mut spelling, mut explicit) = (*argument, spelling.clone(), explicit.clone());
        let mut asks_for_help = false;
        // Flags may be combined after one hyphen: -yo json.
        while let Some(value) = &explicit {
            if argument.arity != Arity::Flag {
                break;
            }
            let mut chars = value.chars();
            let short = chars.next().filter(|_| !spelling.starts_with("--")).map(|c| format!("-{c}"));
            let next = short.and_then(|short| {
                options.iter().find(|option| option.options.contains(&short.as_str())).map(|option| (*option, short))
            });
            let Some((next, short)) = next else {
                let problem = Problem::UnexpectedValue { option: argument.display_name(), value: value.to_owned() };
                return Err(self.error(path, words, problem));
            };
            asks_for_help |= argument.key() == HELP.key();
            self.store(path, words, arguments, argument, &[])?;
            let rest = chars.as_str();
            (argument, spelling, explicit) = (next, short, (!rest.is_empty()).then(|| rest.to_owned()));
        }
        asks_for_help |= argument.key() == HELP.key();
        if let Some(value) = explicit {
            if asks_for_help {
                return Ok(Taken::Help);
            }
            self.store(path, words, arguments, argument, &[value])?;
            return Ok(Taken::UpTo(at + 1));
        }
        let available = classes[at + 1..].iter().take_while(|class| matches!(class, Class::Positional)).count();
        let count = match argument.arity {
            Arity::Flag => 0,
            Arity::One | Arity::Positional | Arity::Many | Arity::Remainder if available == 0 => {
                let problem = Problem::missing_value(argument, argument.arity != Arity::One);
                let mut error = self.error(path, words, problem);
                if argument.extension {
                    error.hints.extend(negative_value(&spelling, words.get(at + 1)));
                }
                return Err(error);
            }
            Arity::One | Arity::Positional => 1,
            Arity::Many | Arity::Remainder => available,
        };
        // All flags of the combination are checked before any of them takes effect.
        if asks_for_help {
            return Ok(Taken::Help);
        }
        self.store(path, words, arguments, argument, &words[at + 1..at + 1 + count])?;
        Ok(Taken::UpTo(at + 1 + count))
    }

    /// Takes a word as the value of the positional argument of a command, if it has one that has no value yet. A number
    /// may have a minus sign: `clock advance -1d`.
    pub(super) fn take_positional(
        &mut self,
        path: &str,
        positional: Option<&'static Argument>,
        (class, word): (&Class, &String),
        words: &[String],
        arguments: &mut Arguments,
    ) -> Result<bool, UsageError> {
        let Some(argument) = positional.filter(|argument| !arguments.has(argument)) else { return Ok(false) };
        let is_value = match class {
            Class::Positional => true,
            Class::Unknown => is_number(word),
            Class::Separator | Class::Option { .. } => false,
        };
        if is_value {
            self.store(path, words, arguments, argument, std::slice::from_ref(word))?;
        }
        Ok(is_value)
    }

    fn store(
        &mut self,
        path: &str,
        words: &[String],
        arguments: &mut Arguments,
        argument: &'static Argument,
        values: &[String],
    ) -> Result<(), UsageError> {
        let mut values = values.to_vec();
        let key = argument.key();
        if key == QUERY.key() {
            let text = values.first().map_or("", String::as_str);
            let query = Expression::compile(text)
                .map_err(|_| self.error(path, words, Problem::InvalidQuery(text.to_owned())))?;
            arguments.query = Some(query);
        } else if key == SUBSCRIPTION.key() {
            self.subscriptions.extend(values.iter().cloned());
        } else if key == OUTPUT.key() {
            values.iter_mut().for_each(|value| *value = value.to_lowercase());
        }
        if argument.extension {
            // The reference does so for the values of its enumerations.
            for value in &mut values {
                if let Some(choice) = argument.choices.iter().find(|choice| choice.eq_ignore_ascii_case(value)) {
                    (*choice).clone_into(value);
                }
            }
        }
        if let Some(value) = values.iter().find_map(|value| argument.not_allowed(value)) {
            return Err(self.wrong_choice(path, words, argument, value));
        }
        arguments.values.insert(argument.key(), values);
        Ok(())
    }

    fn wrong_choice(&self, path: &str, words: &[String], argument: &Argument, value: &str) -> UsageError {
        // Only commands know that the word is a value. For a group, any word is a subcommand.
        let mut error = match self.table.command(path) {
            Some(_) => self.error(
                path,
                words,
                Problem::InvalidChoice {
                    command: Program::current().command(path),
                    value: value.to_owned(),
                    option: argument.key(),
                    choices: argument.choices,
                },
            ),
            None => UsageError { unknown: path.is_empty().then_some(Unknown::Value), ..misspelled(value) },
        };
        let meant = (argument.meant)(value);
        if let Some(candidate) = meant.or_else(|| difflib::closest(value, argument.choices.iter().copied())) {
            error.recommendation = Some(Recommendation::DidYouMean(candidate.to_owned()));
        }
        error
    }
}

/// Returns a hint if the word after an option looks like an option because it begins with a minus.
fn negative_value(option: &str, next: Option<&String>) -> Option<String> {
    let value = next.filter(|word| is_number(word))?;
    Some(format!("Put an equals sign before a value that begins with a minus: {option}={value}"))
}

/// Checks whether a word begins with a minus and a digit.
fn is_number(word: &str) -> bool {
    let mut chars = word.chars();
    chars.next() == Some('-') && chars.next().is_some_and(|c| c.is_ascii_digit())
}
