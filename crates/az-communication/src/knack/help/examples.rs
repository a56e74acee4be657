//! The examples of a command, for its help and for errors about it.

use crate::knack::argument::Argument;
use crate::knack::command_table::{Command, Table};
use crate::report::program::Program;

/// Returns up to three examples of the command. Those that share most options with the words come first.
pub(crate) fn examples(table: &Table, command: &Command, words: &[String]) -> Vec<(String, String)> {
    let arguments: Vec<_> = table.arguments(command).collect();
    let given = normalize(&arguments, words.iter().map(String::as_str));
    let mut examples: Vec<(i64, i64, (String, String))> = command
        .spec
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

/// Returns the command line of an example for this command.
pub(crate) fn example_command(command: &Command, template: &str) -> String {
    Program::current().text(template, command.path).into_owned()
}

/// Returns the long spellings of the options among these words.
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
