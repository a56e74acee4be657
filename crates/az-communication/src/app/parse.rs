//! Parses the words, and decides whether this program or the other `az` runs the command.

use crate::app::words::Words;
use crate::delegate;
use crate::knack;
use crate::knack::argument::Arity;
use crate::knack::command_table::Table;
use crate::knack::globals::{DEBUG, ONLY_SHOW_ERRORS, VERBOSE};
use crate::knack::grammar::argparse::{Parsed, ParsedCommand};
use crate::knack::usage_error::Unknown;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::report::printer::{Level, Printer};
use crate::report::program::Program;

/// The result of parsing: which program runs the command.
pub(crate) enum Whose {
    /// This program runs the command.
    Ours(Parsed),
    /// The other `az` ran the command and ended with this exit code.
    Theirs(ExitCode),
}

/// Parses the words, and hands over those that belong to the other `az`. Before a command is handed over, no
/// configuration, file or stdin is read.
///
/// # Errors
///
/// When the other `az` exists and cannot be run.
pub(crate) fn parse(table: &'static Table, words: &Words, plain: &Printer) -> Result<Whose, CliError> {
    let is_az = Program::current().is_az();
    let is_foreign = is_az
        && words.first().is_some_and(|word| !word.starts_with('-') && !word.eq_ignore_ascii_case("communication"));
    if is_foreign && let Some(code) = hand_over(words, plain)? {
        return Ok(Whose::Theirs(code));
    }
    let parsed = of_texts(table, words.text());
    if is_az
        && !is_foreign
        && is_theirs(table, &parsed, words.text())
        && let Some(code) = hand_over(words, plain)?
    {
        return Ok(Whose::Theirs(code));
    }
    Ok(Whose::Ours(parsed))
}

/// Hands the command over to the other `az`. Returns `None` if there is no other `az`.
fn hand_over(words: &Words, plain: &Printer) -> Result<Option<ExitCode>, CliError> {
    let printer = if words.has(&[&DEBUG]) { &Printer::new(Level::Debug, false) } else { plain };
    match delegate::to_other_az(words.raw(), printer) {
        Ok(code) => Ok(Some(code)),
        Err(why) => why.error().map_or(Ok(None), Err),
    }
}

/// Parses words that are text.
pub(crate) fn of_texts(table: &'static Table, words: &[String]) -> Parsed {
    let only_flags = words.iter().all(|word| [VERBOSE, DEBUG, ONLY_SHOW_ERRORS].iter().any(|flag| word == flag.key()));
    if only_flags {
        return Parsed { command: Ok(ParsedCommand::GroupHelp(String::new())), subscriptions: Vec::new() };
    }
    if words[0].eq_ignore_ascii_case("help") {
        let help = std::iter::once("--help".to_owned());
        return named(table, &help.chain(words[1..].iter().cloned()).collect::<Vec<_>>());
    }
    named(table, words)
}

fn named(table: &Table, words: &[String]) -> Parsed {
    match Program::current() {
        Program::Az => knack::parse(table, words),
        Program::Own(_) => knack::parse_short(table, words),
    }
}

/// Checks whether the words may name a command that only the real `az` has.
fn is_theirs(table: &Table, parsed: &Parsed, words: &[String]) -> bool {
    match &parsed.command {
        Ok(ParsedCommand::GroupHelp(path)) => path.is_empty(),
        Ok(_) => false,
        Err(error) => error.unknown.is_some_and(Unknown::is_command) || knack::leads_elsewhere(table, words),
    }
}

/// Returns how many words at the start belong to this program. The words after them belong to the command of `emulator
/// run`.
pub(crate) fn own_words(parsed: &Parsed, words: &[String]) -> usize {
    match &parsed.command {
        Ok(ParsedCommand::Run(command, arguments)) => {
            let rest = command.spec.arguments.iter().find(|argument| argument.arity == Arity::Remainder);
            words.len() - rest.map_or(0, |argument| arguments.list(argument).len())
        }
        _ => words.len(),
    }
}
