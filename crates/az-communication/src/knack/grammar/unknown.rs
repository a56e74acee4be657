//! The errors about words that the table does not have, and about options that a command does not have.

use crate::knack::command_table::Command;
use crate::knack::grammar::argparse::{Parser, child};
use crate::knack::grammar::consume::misspelled;
use crate::knack::grammar::loaded::Loaded;
use crate::knack::grammar::problem::Problem;
use crate::knack::grammar::{difflib, no_list, short};
use crate::knack::help::examples::examples;
use crate::knack::usage_error::{Recommendation, Unknown, UsageError};
use crate::report::program::Program;

impl Parser<'_> {
    /// Creates the error about a word that is not a command or group here, with what may be meant.
    pub(super) fn unknown_word(&self, path: &str, words: &[String]) -> UsageError {
        let name = &words[0];
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
                let children = self.loaded.children(self.table, path).into_iter().map(|word| (word, child(path, word)));
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
        error
    }

    pub(super) fn unrecognized(&mut self, command: &Command) -> UsageError {
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
        if words.iter().any(|word| !word.starts_with('-')) {
            hints.extend(ours.iter().filter_map(|argument| argument.without_option).map(str::to_owned));
        }
        UsageError { hints, ..UsageError::new(Problem::Unrecognized(words)) }
    }

    /// Returns the error of the reference for a command that it lacks, in a group that it has. The command cannot run
    /// without further words, and scripts know this error, so it comes first if only the words of the command are
    /// given.
    pub(super) fn unknown_to_the_reference(&self, command: &Command) -> Option<UsageError> {
        let (group, name) = command.path.rsplit_once(' ').filter(|_| Program::current().is_az())?;
        (command.extension && group != "communication" && !self.table.is_extension(group)).then(|| misspelled(name))
    }
}
