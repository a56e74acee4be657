//! The words of a command that this program runs. They do not belong to this program.

use crate::knack::argument::Arity;
use crate::knack::command_table::{Command, Table};
use crate::knack::globals::HELP;
use crate::knack::grammar::classify::{Class, classify_word};

/// Splits off the words of the command of `emulator run`, before a parser takes its options for options of this
/// program.
pub(super) fn cut_remainder<'w>(table: &Table, words: &'w [String]) -> (&'w [String], Option<&'w [String]>) {
    let leading = words.iter().take_while(|word| !word.starts_with('-')).take(3);
    let Some(last) = leading.clone().last() else {
        return (words, None);
    };
    let runs = |command: &&Command| command.spec.arguments.iter().any(|argument| argument.arity == Arity::Remainder);
    let is_here = |command: &&Command| command.path.split(' ').eq(leading.clone().map(String::as_str));
    // The last word is compared first: it rules out nearly all commands.
    let mut candidates = table.commands.iter().filter(|command| command.path.ends_with(last.as_str()));
    let Some(command) = candidates.find(|command| runs(command) && is_here(command)) else {
        return (words, None);
    };
    let (path, behind) = words.split_at(leading.count());
    let (own, rest) = split_remainder(table, command, behind);
    (&words[..path.len() + own.len()], rest)
}

/// Splits off the words of the command that `emulator run` runs: the words after `--`, or from the first word that is
/// neither an option nor the value of an option. An option with several values has those up to `--` or to the next
/// option. Without `--`, it has one, because the words after it may be the command.
pub(super) fn split_remainder<'w>(
    table: &Table,
    command: &Command,
    words: &'w [String],
) -> (&'w [String], Option<&'w [String]>) {
    let parsed = table.arguments(command).filter(|argument| argument.arity != Arity::Remainder);
    let options: Vec<_> = std::iter::once(&HELP).chain(parsed).collect();
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if word == "--" {
            return (&words[..at], Some(&words[at + 1..]));
        }
        if !word.starts_with('-') {
            return (&words[..at], Some(&words[at..]));
        }
        let behind = &words[at + 1..];
        let values = match classify_word(&options, word, || true) {
            Ok(Class::Option { argument, explicit: None, .. }) => match argument.arity {
                Arity::One => 1,
                Arity::Many if behind.iter().any(|word| word == "--") => {
                    behind.iter().take_while(|word| !word.starts_with('-')).count()
                }
                Arity::Many => 1,
                Arity::Flag | Arity::Positional | Arity::Remainder => 0,
            },
            _ => 0,
        };
        at += 1 + values;
    }
    (words, None)
}
