//! The words that may follow each word of a command line.

use std::borrow::Cow;

use crate::knack::argument::{Argument, Arity, Completion};
use crate::knack::command_table::{Command, Group, Table};
use crate::knack::globals::HELP;
use crate::knack::grammar::short;
use crate::report::program::Program;

/// The parts of this program's command lines, under the name that it was called by.
pub(crate) struct Offered {
    pub(crate) table: &'static Table,
}

impl Offered {
    /// Returns the paths that have words below them: the typed form and the full path. The first one is the program
    /// itself.
    pub(crate) fn groups(&self) -> Vec<(&'static str, &'static str)> {
        let typed = |group: &'static Group| (Program::current().words(group.path), group.path);
        let below = self.table.groups.iter().map(typed).filter(|(typed, _)| !typed.is_empty());
        std::iter::once(("", "")).chain(below).collect()
    }

    /// Returns the commands in the typed form.
    pub(crate) fn commands(&self) -> Vec<&'static str> {
        self.table.commands.iter().map(typed).collect()
    }

    /// Returns the paths in which the Azure CLI may have more commands.
    pub(crate) fn shared(&self) -> Vec<&'static str> {
        if !Program::current().is_az() {
            return Vec::new();
        }
        let shared = self.table.groups.iter().filter(|group| group.shared).map(|group| group.path);
        std::iter::once("").chain(shared).collect()
    }

    /// Returns the commands that are followed by another command.
    pub(crate) fn runners(&self) -> Vec<&'static str> {
        let runs = |command: &&Command| {
            let mut arguments = command.spec.arguments.iter();
            positional(command).is_none() && arguments.any(|argument| argument.arity == Arity::Remainder)
        };
        self.table.commands.iter().filter(runs).map(typed).collect()
    }

    pub(crate) fn options(&self, command: &Command) -> Vec<&'static Argument> {
        let arguments = self.table.arguments(command).filter(|argument| !argument.is_positional());
        std::iter::once(&HELP).chain(arguments).collect()
    }

    /// Returns the words that may follow each path.
    pub(crate) fn words(&self) -> Vec<(&'static str, Vec<Word>)> {
        let mut words = Vec::new();
        let described =
            |argument: &'static Argument| argument.options.iter().map(|option| (*option, argument.help.into()));
        for (typed, path) in self.groups() {
            let summary = |(word, path): (&'static str, String)| {
                let group = self.table.group(&path).map(|group| group.summary);
                let summary =
                    self.table.command(&path).map_or(group.unwrap_or_default(), |command| command.spec.summary);
                (word, Program::current().text(summary, &path))
            };
            let below = short::children(self.table, path).into_iter().map(summary);
            words.push((typed, below.chain(described(&HELP).rev()).collect()));
        }
        for command in self.table.commands {
            let values = positional(command).unwrap_or_default().iter().map(|word| (*word, "".into()));
            words.push((typed(command), values.chain(self.options(command).into_iter().flat_map(described)).collect()));
        }
        words
    }

    /// Returns the kind of each option. The key is the option alone if the kind is the same in all commands. Otherwise
    /// it is the path of the command followed by the option.
    pub(crate) fn kinds(&self) -> Vec<(String, String)> {
        let mut uses: Vec<(&'static str, Vec<(&'static str, String)>)> = Vec::new();
        for command in self.table.commands {
            for argument in self.options(command) {
                for option in argument.options {
                    let used = (typed(command), kind(argument));
                    match uses.iter_mut().find(|(known, _)| known == option) {
                        Some((_, uses)) => uses.push(used),
                        None => uses.push((option, vec![used])),
                    }
                }
            }
        }
        let mut kinds = Vec::new();
        for (option, uses) in uses {
            // The most common kind is stored under the option alone.
            let count = |kind: &str| uses.iter().filter(|(_, other)| other == kind).count();
            let usual = uses.iter().map(|(_, kind)| kind).max_by_key(|kind| count(kind)).cloned().unwrap_or_default();
            let others = uses.iter().filter(|(_, kind)| *kind != usual);
            kinds.extend(others.map(|(path, kind)| (format!("{path} {option}"), kind.clone())));
            kinds.push((option.to_owned(), usual));
        }
        kinds
    }
}

fn typed(command: &'static Command) -> &'static str {
    Program::current().words(command.path)
}

fn positional(command: &Command) -> Option<&'static [&'static str]> {
    command.spec.arguments.iter().find_map(|argument| match (argument.arity, argument.completion) {
        (Arity::Positional | Arity::Remainder, Completion::Words(words)) => Some(words),
        _ => None,
    })
}

/// A word with its description. The description may be empty.
pub(crate) type Word = (&'static str, Cow<'static, str>);

pub(crate) fn list(words: &[Word]) -> String {
    words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" ")
}

/// Returns the kind of an option: `flag` for no value, `one` or `many` values, and the values: words, `<file>`, or
/// anything.
fn kind(argument: &Argument) -> String {
    let number = match argument.arity {
        Arity::Flag => return "flag".into(),
        Arity::Many => "many",
        Arity::One | Arity::Positional | Arity::Remainder => "one",
    };
    match argument.completion {
        Completion::Nothing => number.to_owned(),
        Completion::File => format!("{number} <file>"),
        Completion::Words(words) => format!("{number} {}", words.join(" ")),
    }
}
