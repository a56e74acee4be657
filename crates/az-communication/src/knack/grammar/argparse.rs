//! The grammar of argparse. Each word of a command's path has its own parser. Each parser first sorts all following
//! words into options and other words, and only then processes them (`_parse_known_args` of CPython 3.11).

use crate::knack::argument::{Argument, Arity};
use crate::knack::arguments::Arguments;
use crate::knack::command_table::{Command, Table};
use crate::knack::globals::HELP;
use crate::knack::grammar::classify::{Class, classify_word};
use crate::knack::grammar::consume::Taken;
use crate::knack::grammar::loaded::Loaded;
use crate::knack::grammar::problem::Problem;
use crate::knack::grammar::remainder::{cut_remainder, split_remainder};
use crate::knack::grammar::short;
use crate::knack::help::examples::examples;
use crate::knack::usage_error::UsageError;

/// The request in a command line.
#[derive(Debug)]
pub enum ParsedCommand {
    /// Run a command.
    Run(&'static Command, Arguments),
    /// Show the help of a command.
    CommandHelp(&'static Command),
    /// Show the help of the group with this path. The path of `az` itself is empty.
    GroupHelp(String),
}

/// The result of parsing a command line.
#[derive(Debug)]
pub struct Parsed {
    /// The request, or the error in the text of the reference.
    pub command: Result<ParsedCommand, UsageError>,
    /// The values of `--subscription`. The reference looks up each of them while it parses.
    pub subscriptions: Vec<String>,
}

/// Parses the words after `az`.
pub fn parse(table: &Table, words: &[String]) -> Parsed {
    let (words, loaded) = Loaded::of(table, words);
    let (words, rest) = cut_remainder(table, &words);
    let mut parser = Parser { table, loaded, rest, unrecognized: Vec::new(), subscriptions: Vec::new() };
    let outcome = match parser.level("", words) {
        Ok(ParsedCommand::Run(command, _)) if !parser.unrecognized.is_empty() => Err(parser.unrecognized(command)),
        outcome => outcome,
    };
    Parsed { command: outcome, subscriptions: parser.subscriptions }
}

/// Parses the words after a program name other than `az`.
pub fn parse_short(table: &Table, words: &[String]) -> Parsed {
    parse(table, &short::spelled_out(table, words))
}

/// Checks whether the words before the first option lead out of the table, to commands that only the real CLI may have.
pub fn leads_elsewhere(table: &Table, words: &[String]) -> bool {
    let mut path = String::new();
    for word in words.iter().take_while(|word| !word.starts_with('-')) {
        let parent = path.len();
        if parent > 0 {
            path.push(' ');
        }
        let start = path.len();
        path.push_str(word);
        // The table contains only ASCII.
        path[start..].make_ascii_lowercase();
        if table.command(&path).is_some() {
            return false;
        }
        if table.group(&path).is_none() {
            return table.may_be_elsewhere(&path[..parent], &path[start..]);
        }
    }
    false
}

/// Returns the path of a word below a group.
pub(super) fn child(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path} {name}") }
}

pub(super) struct Parser<'a> {
    pub(super) table: &'a Table,
    pub(super) loaded: Loaded,
    /// The words that belong to the command of `emulator run`, if this is known in advance.
    pub(super) rest: Option<&'a [String]>,
    pub(super) unrecognized: Vec<String>,
    pub(super) subscriptions: Vec<String>,
}

type Level = Result<ParsedCommand, UsageError>;

impl Parser<'_> {
    fn level(&mut self, path: &str, words: &[String]) -> Level {
        match self.table.command(path) {
            Some(command) => self.command(command, words),
            None => self.group(path, words),
        }
    }

    fn group(&mut self, path: &str, words: &[String]) -> Level {
        let globals = if path.is_empty() { self.table.globals } else { &[] };
        let options: Vec<_> = std::iter::once(&HELP).chain(globals).collect();
        let classes = self.classify(path, &options, words)?;
        let mut at = 0;
        let mut ignored = Arguments::default();
        while at < words.len() {
            match &classes[at] {
                Class::Option { argument, explicit: None, .. } if argument.key() == HELP.key() => {
                    return Ok(ParsedCommand::GroupHelp(path.to_owned()));
                }
                Class::Option { .. } => match self.consume(path, &options, &classes, words, at, &mut ignored)? {
                    Taken::UpTo(next) => at = next,
                    Taken::Help => return Ok(ParsedCommand::GroupHelp(path.to_owned())),
                },
                Class::Unknown => {
                    self.unrecognized.push(words[at].clone());
                    at += 1;
                }
                Class::Positional => return self.subcommand(path, &words[at..]),
                // If a subcommand follows, argparse takes the separator itself for the subcommand.
                Class::Separator if classes[at + 1..].iter().any(|class| !class.is_option()) => {
                    return self.subcommand(path, &words[at..]);
                }
                Class::Separator => {
                    self.unrecognized.push(words[at].clone());
                    at += 1;
                }
            }
        }
        let missing = if path.is_empty() { "_command_package" } else { "_subcommand" };
        Err(self.error(path, words, Problem::Required(vec![missing.to_owned()])))
    }

    fn subcommand(&mut self, path: &str, words: &[String]) -> Level {
        let name = &words[0];
        let named = child(path, name);
        let is_foreign = self.table.foreign.contains(&named.as_str());
        if !is_foreign && self.loaded.has_child(self.table, path, &named) {
            return self.level(&named, &words[1..]);
        }
        Err(self.unknown_word(path, words))
    }

    fn command(&mut self, command: &'static Command, words: &[String]) -> Level {
        let path = command.path;
        let remainder = command.spec.arguments.iter().find(|argument| argument.arity == Arity::Remainder);
        let (words, rest) = match remainder {
            Some(_) if self.rest.is_some() => (words, self.rest),
            Some(_) => split_remainder(self.table, command, words),
            None => (words, None),
        };
        let known: Vec<_> = match self.loaded {
            Loaded::All => self.table.arguments(command).collect(),
            Loaded::Some { .. } => self.table.registered_arguments(command).collect(),
        };
        let positional = known.iter().copied().find(|argument| argument.arity == Arity::Positional);
        let parsed = known.iter().copied().filter(|argument| !argument.is_positional());
        let options: Vec<_> = std::iter::once(&HELP).chain(parsed).collect();
        let classes = self.classify(path, &options, words)?;
        let mut arguments = Arguments::default();
        let mut at = 0;
        while at < words.len() {
            match &classes[at] {
                Class::Option { argument, explicit: None, .. } if argument.key() == HELP.key() => {
                    return Ok(ParsedCommand::CommandHelp(command));
                }
                Class::Option { .. } => match self.consume(path, &options, &classes, words, at, &mut arguments)? {
                    Taken::UpTo(next) => at = next,
                    Taken::Help => return Ok(ParsedCommand::CommandHelp(command)),
                },
                Class::Separator if positional.is_some() => at += 1,
                class => {
                    if !self.take_positional(path, positional, (class, &words[at]), words, &mut arguments)? {
                        self.unrecognized.push(words[at].clone());
                    }
                    at += 1;
                }
            }
        }
        if let (Some(argument), Some(rest)) = (remainder, rest) {
            arguments.values.insert(argument.key(), rest.to_vec());
        }
        let needed =
            |argument: &&&Argument| argument.required && !argument.unless.is_some_and(|flag| arguments.has_key(flag));
        let required = known.iter().filter(needed);
        let missing: Vec<String> =
            required.filter(|argument| !arguments.has(argument)).map(|argument| argument.display_name()).collect();
        if !missing.is_empty() {
            let problem = Problem::Required(missing);
            let is_shared = |key: &str| {
                self.table.globals.iter().chain([self.table.subscription]).any(|argument| argument.key() == key)
            };
            // If an argument of the command is given, the command itself is meant.
            let is_meant = arguments.values.keys().any(|key| !is_shared(key));
            return Err(match self.unknown_to_the_reference(command) {
                Some(error) if !is_meant => {
                    UsageError { hints: vec![format!("This az has 'az {path}'; {problem}.")], ..error }
                }
                _ => self.error(path, words, problem),
            });
        }
        Ok(ParsedCommand::Run(command, arguments))
    }

    fn classify(&self, path: &str, options: &[&'static Argument], words: &[String]) -> Result<Vec<Class>, UsageError> {
        let mut separated = false;
        words
            .iter()
            .map(|word| {
                if separated {
                    return Ok(Class::Positional);
                }
                if word == "--" {
                    separated = true;
                    return Ok(Class::Separator);
                }
                // The reference does not know the options that our abbreviations stand for.
                let abbreviates_ours = || self.table.is_extension(path);
                classify_word(options, word, abbreviates_ours).map_err(|problem| self.error(path, words, problem))
            })
            .collect()
    }

    pub(super) fn error(&self, path: &str, words: &[String], problem: Problem) -> UsageError {
        let mut error = UsageError::new(problem);
        if let (Some(shown), Some(command)) = (&mut error.examples, self.table.command(path)) {
            *shown = examples(self.table, command, words);
        }
        error
    }
}
