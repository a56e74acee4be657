//! The grammar of argparse. Each word of a command's path has its own parser. Each parser first sorts all following
//! words into options and other words, and only then processes them (`_parse_known_args` of CPython 3.11).

use crate::knack::argument::{Argument, Arity};
use crate::knack::arguments::Arguments;
use crate::knack::command_table::{Command, Table};
use crate::knack::globals::HELP;
use crate::knack::grammar::classify::{Class, classify_word};
use crate::knack::grammar::consume::{Taken, misspelled};
use crate::knack::grammar::loaded::Loaded;
use crate::knack::grammar::problem::Problem;
use crate::knack::grammar::remainder::{cut_remainder, split_remainder};
use crate::knack::grammar::{difflib, no_list, no_stop, short};
use crate::knack::help::examples::examples;
use crate::knack::usage_error::{Recommendation, Unknown, UsageError};
use crate::report::program::Program;

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
        let child = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path} {name}") };
        let named = child(name);
        let is_foreign = self.table.foreign.contains(&named.as_str());
        if !is_foreign && self.loaded.has_child(self.table, path, &named) {
            return self.level(&named, &words[1..]);
        }
        let program = Program::current();
        let mut error = misspelled(name);
        if self.loaded.has_option_before(path) {
            error.hints.push("Options must come after the words of a command, not before or between them.".into());
        }
        if !self.table.children(path).contains(&name.as_str()) {
            let list_of_users = no_list::is_asked_for(path, name);
            if list_of_users {
                error.hints.extend(no_list::HINTS.map(str::to_owned));
            }
            if let Some(hint) = no_stop::hint(path, name) {
                error.hints.push(program.text(hint, path).into_owned());
            }
            // If the command exists but is not loaded, the real CLI would give the same error.
            if program.is_az() && self.table.may_be_elsewhere(path, name) {
                error.unknown = Some(match path {
                    "" => Unknown::FirstWord,
                    _ if list_of_users => Unknown::ListOfUsers,
                    _ => Unknown::BelowGroup,
                });
            }
        }
        // If this program replaces the reference, the words of the reference come first.
        let (extensions, children): (Vec<(&str, String)>, Vec<_>) = match program {
            Program::Az => {
                let children = self.loaded.children(self.table, path).into_iter().map(|word| (word, child(word)));
                children.partition(|(_, path)| self.table.is_extension(path))
            }
            Program::Own(_) => (Vec::new(), short::children(self.table, path)),
        };
        let closest = |words: &[(&'static str, String)]| {
            let candidate = difflib::closest(name, words.iter().map(|(word, _)| *word))?;
            words.iter().find(|(word, _)| *word == candidate).cloned()
        };
        if let Some((_, candidate)) = closest(&extensions) {
            error.hints.push(format!("{} also has '{candidate}'.", program.this_at_start()));
        }
        if let Some((candidate, full)) = closest(&children) {
            error.recommendation = Some(Recommendation::DidYouMean(candidate.to_owned()));
            // The reference shows the examples of the suggested command if the words up to the first hyphen are its
            // complete path.
            let behind = words[1..].iter().map(|word| if word == name { candidate } else { word.as_str() });
            let meant = std::iter::once(full.as_str()).chain(behind).collect::<Vec<_>>().join(" ");
            let meant = meant.split('-').next().unwrap_or_default();
            if let Some(command) = self.table.command(meant) {
                error.examples = Some(examples(self.table, command, &words[1..]));
            }
        } else if !program.is_az() {
            error.hints.push(short::has(self.table, path));
        } else if path.is_empty() && matches!(self.loaded, Loaded::All) {
            error.recommendation = Some(Recommendation::ExtensionReference);
        }
        Err(error)
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
        let parsed = known.iter().copied().filter(|argument| argument.arity != Arity::Remainder);
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
                _ => {
                    self.unrecognized.push(words[at].clone());
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

    /// Returns the error of the reference for a command that it lacks, in a group that it has. The command cannot run
    /// without further words, and scripts know this error, so it comes first if only the words of the command are
    /// given.
    fn unknown_to_the_reference(&self, command: &Command) -> Option<UsageError> {
        let (group, name) = command.path.rsplit_once(' ').filter(|_| Program::current().is_az())?;
        (command.extension && group != "communication" && !self.table.is_extension(group)).then(|| misspelled(name))
    }

    fn unrecognized(&mut self, command: &Command) -> UsageError {
        let words = std::mem::take(&mut self.unrecognized);
        let ours: Vec<_> = self.table.arguments(command).filter(|argument| argument.extension).collect();
        let abbreviated = words.iter().filter_map(|word| {
            let prefix = word.split('=').next().filter(|prefix| prefix.len() > 2 && prefix.starts_with("--"))?;
            let spellings = ours.iter().flat_map(|argument| argument.options.iter().copied());
            spellings.into_iter().find(|spelling| spelling.starts_with(prefix))
        });
        let mut hints: Vec<String> =
            abbreviated.map(|spelling| format!("If you mean '{spelling}', write it in full.")).collect();
        if command.extension && hints.is_empty() {
            let misspelled = words.iter().filter_map(|word| {
                let name = word.split('=').next().filter(|name| name.starts_with("--"))?;
                difflib::closest(name, ours.iter().flat_map(|argument| argument.options.iter().copied()))
            });
            hints.extend(misspelled.map(|spelling| format!("Did you mean '{spelling}'?")));
        }
        let takes_a_token = ours.iter().any(|argument| argument.key() == "--token");
        if takes_a_token && words.iter().any(|word| !word.starts_with('-')) {
            hints.push("Give the token as --token TOKEN, or write it to stdin.".to_owned());
        }
        UsageError { hints, ..UsageError::new(Problem::Unrecognized(words)) }
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
