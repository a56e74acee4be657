//! Which commands the reference has loaded when it parses. It guesses the command from the words before the first
//! hyphen. If an option stands between the words of a command, the reference loads only the first command below each
//! possible next word, and knows no other commands.

use crate::knack::command_table::{Table, child_word};
use crate::report::program::Program;

/// The commands that the parser knows.
#[derive(Debug)]
pub(crate) enum Loaded {
    /// All commands.
    All,
    /// Some commands. Of their arguments, only the ones that all commands have are loaded.
    Some {
        /// The paths of the commands.
        paths: Vec<&'static str>,
        /// How many words come before the first option.
        leading: usize,
    },
}

impl Loaded {
    /// Returns the words for the parser and the loaded commands. The words of the command are converted to lower case.
    pub(crate) fn of(table: &Table, words: &[String]) -> (Vec<String>, Self) {
        let leading = words.iter().take_while(|word| !word.is_empty() && !word.starts_with('-')).count();
        let prefix = |count: usize| words[..count].join(" ").to_lowercase();
        let leads = |count: usize| {
            let prefix = prefix(count);
            table.commands.iter().any(|command| command.path.starts_with(&prefix))
        };
        let nouns = (1..=leading).rev().find(|count| leads(*count)).unwrap_or(0);
        let lowered = words[..nouns].iter().map(|word| word.to_lowercase());
        let lowered = lowered.chain(words[nouns..].iter().cloned()).collect();
        let prefix = prefix(nouns);
        if leading == words.len() || table.command(&prefix).is_some() || !Program::current().is_az() {
            return (lowered, Self::All);
        }
        let mut seen: Vec<&str> = Vec::new();
        let all = table.foreign.iter().copied().chain(table.commands.iter().map(|command| command.path));
        let first = all.filter(|path| {
            let Some(rest) = path.strip_prefix(prefix.as_str()) else { return false };
            let word = rest.trim_start().split(' ').next().unwrap_or_default();
            let is_new = !seen.contains(&word);
            if is_new {
                seen.push(word);
            }
            is_new
        });
        (lowered, Self::Some { paths: first.collect(), leading })
    }

    /// Checks whether an option comes before the word that follows a path.
    pub(crate) fn has_option_before(&self, path: &str) -> bool {
        match self {
            Self::All => false,
            Self::Some { leading, .. } => path.split(' ').filter(|word| !word.is_empty()).count() >= *leading,
        }
    }

    /// Checks whether `child` is loaded and is exactly one word below `path`. If everything is loaded, this is looked
    /// up in the table instead of a list.
    pub(crate) fn has_child(&self, table: &Table, path: &str, child: &str) -> bool {
        let word = child.get(path.len()..).unwrap_or_default().trim_start_matches(' ');
        if word.is_empty() || word.contains(' ') {
            return false;
        }
        match self {
            Self::All => table.command(child).is_some() || table.group(child).is_some(),
            Self::Some { .. } => self.children(table, path).contains(&word),
        }
    }

    /// Returns the loaded words that may follow a path.
    pub(crate) fn children(&self, table: &Table, path: &str) -> Vec<&'static str> {
        let Self::Some { paths, .. } = self else {
            return table.children(path);
        };
        let mut children = Vec::new();
        for candidate in paths {
            // The groups above a command are loaded with the command.
            let ends = candidate.match_indices(' ').map(|(at, _)| at).chain([candidate.len()]);
            for child in ends.filter_map(|end| child_word(&candidate[..end], path)) {
                if !children.contains(&child) {
                    children.push(child);
                }
            }
        }
        children
    }
}
