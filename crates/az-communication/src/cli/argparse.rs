//! argparse's grammar, level by level: each word of a command's path has a parser of its own, and each parser sorts all
//! words behind it into options and others before it looks at one (CPython 3.11's `_parse_known_args`).

use std::collections::HashMap;

use pyjmespath::{Expression, Value};

use super::difflib;
use super::table::{Argument, Arity, Command, Table};
use super::usage_error::UsageError;

/// The link that goes with errors about `--query`.
pub const QUERY_REFERENCE: &str =
    "To learn more about --query, please visit: 'https://learn.microsoft.com/cli/azure/query-azure-cli'";

const EXTENSION_REFERENCE: &str = "If the command is from an extension, please make sure the corresponding extension \
    is installed. To learn more about extensions, please visit \
    'https://learn.microsoft.com/cli/azure/azure-cli-extensions-overview'";

/// `--help`, which every parser knows first.
pub const HELP: Argument =
    Argument::new(&["-h", "--help"], "Show this help message and exit.").arity(Arity::Flag).group("Global");

/// The parsed values of a command's options.
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    values: HashMap<&'static str, Vec<String>>,
    query: Option<Expression>,
}

impl Arguments {
    /// The value of an option; of an option with several values, the first.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key)?.first().map(String::as_str)
    }

    /// All values of an option.
    pub fn list(&self, key: &str) -> &[String] {
        self.values.get(key).map_or(&[], Vec::as_slice)
    }

    /// Whether an option was given.
    pub fn has(&self, key: &str) -> bool {
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

/// What a command line asks for.
#[derive(Debug)]
pub enum Outcome {
    /// To run a command.
    Run(&'static Command, Arguments),
    /// The help of a command.
    CommandHelp(&'static Command),
    /// The help of the group of this path; empty for `az` itself.
    GroupHelp(String),
}

/// Parses the words behind `az`.
///
/// # Errors
///
/// A [`UsageError`] with the reference's text.
pub fn parse(table: &Table, words: &[String]) -> Result<Outcome, UsageError> {
    let words = lower_command(table, words);
    let mut parser = Parser { table, unrecognized: Vec::new(), interrupted: false };
    let outcome = parser.level("", &words)?;
    if parser.unrecognized.is_empty() || !matches!(outcome, Outcome::Run(..)) {
        return Ok(outcome);
    }
    Err(parser.error("", &words, format!("unrecognized arguments: {}", parser.unrecognized.join(" "))))
}

/// The words before the first option that lead into the tree are taken in any case.
fn lower_command(table: &Table, words: &[String]) -> Vec<String> {
    let mut nouns = words.iter().take_while(|word| !word.is_empty() && !word.starts_with('-')).count();
    let leads = |count: usize| {
        let search = words[..count].join(" ").to_lowercase();
        table.commands.iter().any(|command| command.path.starts_with(&search))
    };
    while nouns > 0 && !leads(nouns) {
        nouns -= 1;
    }
    let lowered = words[..nouns].iter().map(|word| word.to_lowercase());
    lowered.chain(words[nouns..].iter().cloned()).collect()
}

/// What a word is to one parser.
enum Class {
    /// A value or a subcommand.
    Positional,
    /// `--`; all words behind it are positional.
    Separator,
    /// An option, with the spelling that it abbreviates and a value behind `=` or right behind a short option.
    Option { argument: &'static Argument, spelling: String, explicit: Option<String> },
    /// It looks like an option and is none.
    Unknown,
}

impl Class {
    fn is_option(&self) -> bool {
        matches!(self, Self::Option { .. } | Self::Unknown)
    }
}

/// What became of an option.
enum Taken {
    /// It was taken; the word of this index is the next one.
    UpTo(usize),
    /// It asks for help (`-yh`).
    Help,
}

struct Parser<'a> {
    table: &'a Table,
    unrecognized: Vec<String>,
    /// An option stands between the words of the command. The reference loads the arguments of the command that the words
    /// up to the first hyphen name, which is none then, and so knows the global ones only, none of them required.
    interrupted: bool,
}

type Level = Result<Outcome, UsageError>;

fn unrecognized(name: &str) -> UsageError {
    UsageError::new(format!("'{name}' is misspelled or not recognized by the system."))
}

impl Parser<'_> {
    fn level(&mut self, path: &str, words: &[String]) -> Level {
        match self.table.command(path) {
            Some(command) => self.command(command, words),
            None => self.group(path, words),
        }
    }

    fn group(&mut self, path: &str, words: &[String]) -> Level {
        let globals = if path.is_empty() { self.table.globals } else { &[] };
        // The subscription belongs to commands only.
        let options: Vec<_> =
            std::iter::once(&HELP).chain(globals.iter().filter(|a| a.key() != "--subscription")).collect();
        let classes = self.classify(path, &options, words)?;
        let mut at = 0;
        let mut ignored = Arguments::default();
        while at < words.len() {
            match &classes[at] {
                Class::Option { argument, explicit: None, .. } if argument.key() == HELP.key() => {
                    return Ok(Outcome::GroupHelp(path.to_owned()));
                }
                Class::Option { .. } => match self.consume(path, &options, &classes, words, at, &mut ignored)? {
                    Taken::UpTo(next) => at = next,
                    Taken::Help => return Ok(Outcome::GroupHelp(path.to_owned())),
                },
                Class::Unknown => {
                    self.interrupted = true;
                    self.unrecognized.push(words[at].clone());
                    at += 1;
                }
                Class::Positional => return self.subcommand(path, &words[at..]),
                // argparse takes the separator itself for the subcommand, if one follows.
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
        Err(self.error(path, words, format!("the following arguments are required: {missing}")))
    }

    fn subcommand(&mut self, path: &str, words: &[String]) -> Level {
        let name = &words[0];
        let children = self.table.children(path);
        if children.contains(&name.as_str()) {
            let child = if path.is_empty() { name.clone() } else { format!("{path} {name}") };
            return self.level(&child, &words[1..]);
        }
        let mut error = unrecognized(name);
        error.unknown_command = true;
        let child = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path} {name}") };
        let (extensions, children): (Vec<&str>, Vec<&str>) =
            children.into_iter().partition(|name| self.table.is_extension(&child(name)));
        if let Some(candidate) = difflib::closest(name, extensions) {
            error.hints.push(format!("This az also has '{}'.", child(candidate)));
        }
        if let Some(candidate) = difflib::closest(name, children) {
            error.recommendations.push(format!("Did you mean '{candidate}' ?"));
            // The reference shows the examples of the command that was meant, if the words up to the first hyphen are
            // its whole path.
            let meant = words.iter().map(|word| if word == name { candidate } else { word.as_str() });
            let meant = [path].into_iter().filter(|path| !path.is_empty()).chain(meant).collect::<Vec<_>>().join(" ");
            let meant = meant.split('-').next().unwrap_or_default();
            if let Some(command) = self.table.command(meant) {
                error.examples = Some(self.examples(command, &words[1..]));
            }
        } else if path.is_empty() {
            error.recommendations.push(EXTENSION_REFERENCE.to_owned());
        }
        Err(error)
    }

    fn command(&mut self, command: &'static Command, words: &[String]) -> Level {
        let path = command.path;
        let remainder = command.verb.arguments.iter().find(|argument| argument.arity == Arity::Remainder);
        let (words, rest) = match remainder {
            Some(_) => split_remainder(self.table, command, words),
            None => (words, None),
        };
        // The global ones come first.
        let known = if self.interrupted { self.table.globals.len() } else { usize::MAX };
        let known: Vec<_> = self.table.arguments(command).take(known).collect();
        let parsed = known.iter().copied().filter(|argument| argument.arity != Arity::Remainder);
        let options: Vec<_> = std::iter::once(&HELP).chain(parsed).collect();
        let classes = self.classify(path, &options, words)?;
        let mut arguments = Arguments::default();
        let mut at = 0;
        while at < words.len() {
            match &classes[at] {
                Class::Option { argument, explicit: None, .. } if argument.key() == HELP.key() => {
                    return Ok(Outcome::CommandHelp(command));
                }
                Class::Option { .. } => match self.consume(path, &options, &classes, words, at, &mut arguments)? {
                    Taken::UpTo(next) => at = next,
                    Taken::Help => return Ok(Outcome::CommandHelp(command)),
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
            |argument: &&&Argument| argument.required && !argument.unless.is_some_and(|flag| arguments.has(flag));
        let required = known.iter().filter(needed);
        let missing: Vec<String> = required
            .filter(|argument| !arguments.has(argument.key()))
            .map(|argument| argument.display_name())
            .collect();
        if !missing.is_empty() {
            let message = format!("the following arguments are required: {}", missing.join(", "));
            return Err(match self.unknown_to_the_reference(command) {
                Some(error) => UsageError { hints: vec![format!("This az has 'az {path}'; {message}.")], ..error },
                None => self.error(path, words, message),
            });
        }
        Ok(Outcome::Run(command, arguments))
    }

    /// A command of ours among the reference's own that could not run anyway: the reference's words come first, because
    /// scripts know them.
    fn unknown_to_the_reference(&self, command: &Command) -> Option<UsageError> {
        let (group, name) = command.path.rsplit_once(' ')?;
        (command.extension && group != "communication" && !self.table.is_extension(group)).then(|| unrecognized(name))
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
                classify_word(options, word).map_err(|message| self.error(path, words, message))
            })
            .collect()
    }

    /// Takes an option and its values.
    fn consume(
        &self,
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
        let fail = |argument: &Argument, what: &str| {
            self.error(path, words, format!("argument {}: {what}", argument.display_name()))
        };
        let (mut argument, mut spelling, mut explicit) = (*argument, spelling.clone(), explicit.clone());
        let mut asks_for_help = false;
        // Flags may stand together behind one hyphen: -yo json.
        while let Some(value) = &explicit {
            if argument.arity != Arity::Flag {
                break;
            }
            let ignored = format!("ignored explicit argument {}", pyjmespath::repr(&Value::from(value.as_str())));
            let mut chars = value.chars();
            let short = chars.next().filter(|_| !spelling.starts_with("--")).map(|c| format!("-{c}"));
            let next = short.and_then(|short| {
                options.iter().find(|option| option.options.contains(&short.as_str())).map(|option| (*option, short))
            });
            let Some((next, short)) = next else {
                return Err(fail(argument, &ignored));
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
            Arity::One if available == 0 => return Err(fail(argument, "expected one argument")),
            Arity::One => 1,
            Arity::Many | Arity::Remainder if available == 0 => {
                return Err(fail(argument, "expected at least one argument"));
            }
            Arity::Many | Arity::Remainder => available,
        };
        // The whole bundle is looked at before any of it is done.
        if asks_for_help {
            return Ok(Taken::Help);
        }
        self.store(path, words, arguments, argument, &words[at + 1..at + 1 + count])?;
        Ok(Taken::UpTo(at + 1 + count))
    }

    fn store(
        &self,
        path: &str,
        words: &[String],
        arguments: &mut Arguments,
        argument: &'static Argument,
        values: &[String],
    ) -> Result<(), UsageError> {
        let mut values = values.to_vec();
        match argument.key() {
            "--query" => {
                let text = values.first().map_or("", String::as_str);
                let query = Expression::compile(text).map_err(|_| {
                    let text = pyjmespath::repr(&Value::from(text));
                    self.error(path, words, format!("argument --query: invalid jmespath_type value: {text}"))
                })?;
                arguments.query = Some(query);
            }
            "--output" => values.iter_mut().for_each(|value| *value = value.to_lowercase()),
            _ => {}
        }
        let wrong =
            values.iter().find(|value| !argument.choices.is_empty() && !argument.choices.contains(&value.as_str()));
        if let Some(value) = wrong {
            return Err(self.wrong_choice(path, words, argument, value));
        }
        arguments.values.insert(argument.key(), values);
        Ok(())
    }

    fn wrong_choice(&self, path: &str, words: &[String], argument: &Argument, value: &str) -> UsageError {
        // Only commands know that it is a value; to a group any word is a subcommand.
        let mut error = if self.table.command(path).is_some() {
            self.error(
                path,
                words,
                format!(
                    "az {path}: '{value}' is not a valid value for '{}'. Allowed values: {}.",
                    argument.key(),
                    argument.choices.join(", ")
                ),
            )
        } else {
            UsageError::new(format!("'{value}' is misspelled or not recognized by the system."))
        };
        if let Some(candidate) = difflib::closest(value, argument.choices.iter().copied()) {
            error.recommendations.push(format!("Did you mean '{candidate}' ?"));
        }
        error
    }

    fn error(&self, path: &str, words: &[String], message: String) -> UsageError {
        let mut error = UsageError::new(message);
        if error.message.contains("--query") {
            return UsageError { recommendations: vec![QUERY_REFERENCE.to_owned()], examples: None, ..error };
        }
        if let Some(command) = self.table.command(path) {
            error.examples = Some(self.examples(command, words));
        }
        error
    }

    /// Up to three examples of the command, those first that have most options in common with the words.
    fn examples(&self, command: &'static Command, words: &[String]) -> Vec<(String, String)> {
        let arguments: Vec<_> = self.table.arguments(command).collect();
        let given = normalize(&arguments, words.iter().map(String::as_str));
        let mut examples: Vec<(i64, i64, (String, String))> = command
            .verb
            .examples
            .iter()
            .map(|example| {
                let line = example_command(command, example.command);
                let options = normalize(&arguments, line.split(' '));
                let matches = options.iter().filter(|option| given.contains(option)).count();
                (-(matches as i64), options.len() as i64, (line, example.name.to_owned()))
            })
            .collect();
        examples.sort_by_key(|(matches, options, _)| (*matches, *options));
        examples.into_iter().take(3).map(|(_, _, example)| example).collect()
    }
}

/// An example's command line, for this command.
pub(super) fn example_command(command: &Command, template: &str) -> String {
    template.replace("{}", &format!("az {}", command.path))
}

/// The long spellings of the options among these words.
fn normalize<'a>(arguments: &[&'static Argument], words: impl Iterator<Item = &'a str>) -> Vec<&'static str> {
    words
        .filter_map(|word| {
            if !word.starts_with('-') || word.starts_with("---") || word.len() < 2 {
                return None;
            }
            let name = if word.starts_with("--") {
                word.split('=').next()
            } else {
                word.char_indices().nth(2).map_or(Some(word), |(at, _)| word.get(..at))
            };
            let argument =
                arguments.iter().find(|argument| name.is_some_and(|name| argument.options.contains(&name)))?;
            argument.options.iter().copied().max_by_key(|spelling| spelling.len())
        })
        .collect()
}

/// Cuts off what belongs to the command that is run: what stands behind `--`, or from the first word that is neither an
/// option nor an option's value.
fn split_remainder<'w>(table: &Table, command: &Command, words: &'w [String]) -> (&'w [String], Option<&'w [String]>) {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if word == "--" {
            return (&words[..at], Some(&words[at + 1..]));
        }
        if !word.starts_with('-') {
            return (&words[..at], Some(&words[at..]));
        }
        let takes_value = table
            .arguments(command)
            .any(|argument| argument.arity == Arity::One && argument.options.contains(&word.as_str()));
        at += if takes_value { 2 } else { 1 };
    }
    (words, None)
}

fn classify_word(options: &[&'static Argument], word: &str) -> Result<Class, String> {
    if !word.starts_with('-') || word.len() == 1 {
        return Ok(Class::Positional);
    }
    let exact = |spelling: &str| options.iter().copied().find(|option| option.options.contains(&spelling));
    if let Some(argument) = exact(word) {
        return Ok(Class::Option { argument, spelling: word.to_owned(), explicit: None });
    }
    if let Some((spelling, value)) = word.split_once('=')
        && let Some(argument) = exact(spelling)
    {
        return Ok(Class::Option { argument, spelling: spelling.to_owned(), explicit: Some(value.to_owned()) });
    }
    let mut candidates = abbreviations(options, word);
    if candidates.len() > 1 && candidates.iter().any(|(argument, ..)| !argument.extension) {
        candidates.retain(|(argument, ..)| !argument.extension);
    }
    if candidates.len() > 1 {
        let matches: Vec<&str> = candidates.iter().map(|(_, spelling, _)| *spelling).collect();
        return Err(format!("ambiguous option: {word} could match {}", matches.join(", ")));
    }
    if let Some((argument, spelling, explicit)) = candidates.pop() {
        return Ok(Class::Option { argument, spelling: spelling.to_owned(), explicit });
    }
    if is_negative_number(word) || word.contains(' ') {
        return Ok(Class::Positional);
    }
    Ok(Class::Unknown)
}

/// The spellings that a word may stand for, with the value that it carries.
fn abbreviations(options: &[&'static Argument], word: &str) -> Vec<(&'static Argument, &'static str, Option<String>)> {
    let spellings = options.iter().flat_map(|argument| argument.options.iter().map(move |s| (*argument, *s)));
    if word.starts_with("--") {
        let (prefix, explicit) = match word.split_once('=') {
            Some((prefix, value)) => (prefix, Some(value.to_owned())),
            None => (word, None),
        };
        return spellings
            .filter(|(_, spelling)| spelling.starts_with(prefix))
            .map(|(argument, spelling)| (argument, spelling, explicit.clone()))
            .collect();
    }
    let second = word.char_indices().nth(2).map_or(word.len(), |(at, _)| at);
    let (short, value) = word.split_at(second);
    spellings
        .filter_map(|(argument, spelling)| {
            if spelling == short {
                return Some((argument, spelling, Some(value.to_owned())));
            }
            spelling.starts_with(word).then_some((argument, spelling, None))
        })
        .collect()
}

/// `^-\d+$|^-\d*\.\d+$`.
fn is_negative_number(word: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let Some(number) = word.strip_prefix('-') else {
        return false;
    };
    match number.split_once('.') {
        None => !number.is_empty() && digits(number),
        Some((whole, fraction)) => digits(whole) && !fraction.is_empty() && digits(fraction),
    }
}
