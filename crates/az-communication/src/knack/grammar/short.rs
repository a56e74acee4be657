//! The grammar under a program name other than `az`: `communication` and `user-identity` may be left out, and options
//! may come before and between the words of a command.

use crate::knack::argument::{Argument, Arity};
use crate::knack::command_table::Table;
use crate::knack::globals::HELP;
use crate::knack::grammar::classify::{Class, classify_word};
use crate::report::program::Program;

/// The paths below which the first word is looked up.
const ROOTS: [&str; 3] = ["", COMMUNICATION, USER_IDENTITY];

/// The path of the group that contains all our commands.
pub const COMMUNICATION: &str = "communication";
/// The path of the group that may be left out.
pub const USER_IDENTITY: &str = "communication user-identity";

/// The summary in the help of the program itself.
pub const SUMMARY: &str = "Users and access tokens of Azure Communication Services, and an emulator of the \
    service.\n\nYou may write `communication` and `user-identity` before these words.";

/// Checks whether a path is the root of the program, under the name that it was called by.
pub(crate) fn is_root(path: &str) -> bool {
    path.is_empty() || (path == COMMUNICATION && !Program::current().is_az())
}

fn child(path: &str, word: &str) -> String {
    if path.is_empty() { word.to_owned() } else { format!("{path} {word}") }
}

/// Returns the words that may follow a path, each with its full path.
pub fn children(table: &Table, path: &str) -> Vec<(&'static str, String)> {
    let of = |path: &str| table.children(path).into_iter().map(|word| (word, child(path, word))).collect::<Vec<_>>();
    if Program::current().is_az() || !is_root(path) {
        return of(path);
    }
    let mut words = of(COMMUNICATION);
    words.retain(|(_, path)| path != USER_IDENTITY);
    words.extend(of(USER_IDENTITY));
    // Deprecated commands are left out.
    words.retain(|(_, path)| table.command(path).is_none_or(|command| command.redirect.is_none()));
    words
}

/// Describes the commands of a group, for an error about an unknown word.
pub(crate) fn has(table: &Table, path: &str) -> String {
    let is_shown = |path: &str| table.command(path).is_none_or(|command| command.redirect.is_none());
    let mut names: Vec<&str> =
        children(table, path).into_iter().filter(|(_, path)| is_shown(path)).map(|(name, _)| name).collect();
    names.sort_unstable();
    let last = names.pop().unwrap_or_default();
    let rest = if names.is_empty() { String::new() } else { format!("{} and ", names.join(", ")) };
    let theirs = if is_root(path) { " It does not run commands of the Azure CLI." } else { "" };
    format!("{} has {rest}{last}.{theirs}", Program::current().command(path))
}

/// Rewrites the words in the form of `az`: first the full path of the command in lower case, then its options. Unknown
/// words are kept, so that the parser refuses them.
pub(crate) fn spelled_out(table: &Table, words: &[String]) -> Vec<String> {
    let options: Vec<&'static Argument> =
        std::iter::once(&HELP).chain(table.globals).chain([table.subscription]).collect();
    let (mut path, mut moved, mut at) = (String::new(), Vec::new(), 0);
    while at < words.len() && table.command(&path).is_none() && words[at] != "--" {
        let word = &words[at];
        if word.starts_with('-') && word.len() > 1 {
            let takes_value = matches!(
                classify_word(&options, word, || false),
                Ok(Class::Option { argument, explicit: None, .. }) if argument.arity == Arity::One
            );
            let end = words.len().min(if takes_value { at + 2 } else { at + 1 });
            moved.extend_from_slice(&words[at..end]);
            at = end;
            continue;
        }
        match below(table, &path, &word.to_ascii_lowercase()) {
            Some(next) => path = next,
            None => break,
        }
        at += 1;
    }
    let rest = &words[at..];
    let is_command = table.command(&path).is_some();
    if path.is_empty() && rest.first().is_some_and(|word| word != "--") && table.group(COMMUNICATION).is_some() {
        COMMUNICATION.clone_into(&mut path);
    }
    let path = path.split(' ').filter(|word| !word.is_empty()).map(str::to_owned);
    let (first, second) = if is_command { (&moved[..], rest) } else { (rest, &moved[..]) };
    path.chain(first.iter().chain(second).cloned()).collect()
}

/// Returns the path of a word below another path, if a command or group has that path.
fn below(table: &Table, path: &str, word: &str) -> Option<String> {
    let is_there = |path: &String| table.command(path).is_some() || table.group(path).is_some();
    let alone = [path];
    let from = ROOTS.iter().position(|root| *root == path).map_or(&alone[..], |at| &ROOTS[at..]);
    from.iter().map(|root| child(root, word)).find(is_there)
}
