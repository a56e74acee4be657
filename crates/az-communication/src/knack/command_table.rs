//! What a table of commands is made of. The tables themselves are in `commands`.

use crate::knack::argument::Argument;
use crate::knack::grammar::difflib;
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;

/// An example of a help page. Its command line is a text for `Program::text`: `{}` is the command itself.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// What it does.
    pub name: &'static str,
    /// The command line.
    pub command: &'static str,
}

/// What a command does with its arguments.
pub type Run = fn(&Invocation<'_>) -> Result<Outcome, CliError>;

/// What a command is, wherever in the tree it hangs.
#[derive(Debug, Clone, Copy)]
pub struct CommandSpec {
    /// The first sentence of its help, a text for `Program::text`.
    pub summary: &'static str,
    /// Its own arguments.
    pub arguments: &'static [Argument],
    /// Whether the arguments of a connection belong to it.
    pub connects: bool,
    /// Whether it asks before it acts, unless `--yes`. Such a command removes something, and has no result.
    pub confirms: bool,
    /// The examples of its help.
    pub examples: &'static [Example],
    /// The function behind it.
    pub run: Run,
}

/// A command and its place in the tree.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// The words behind `az`.
    pub path: &'static str,
    /// What it does.
    pub spec: &'static CommandSpec,
    /// The command to use instead, where this one itself is deprecated. Such a command is hidden from help.
    pub redirect: Option<&'static str>,
    /// Whether the reference lacks it.
    pub extension: bool,
}

/// Whether a group is to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Without reserve.
    Stable,
    /// It may change.
    Preview,
    /// Another group takes its place.
    Deprecated {
        /// The other group.
        redirect: &'static str,
    },
}

/// A group of commands.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// The words behind `az`.
    pub path: &'static str,
    /// Its summary.
    pub summary: &'static str,
    /// Its status; that of a preview group holds for the groups below it.
    pub status: Status,
    /// Whether the real CLI knows more of it than we do, so that its help and unknown commands are passed on.
    pub shared: bool,
}

/// All commands and groups.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// The groups, each one before the groups below it.
    pub groups: &'static [Group],
    /// The commands.
    pub commands: &'static [Command],
    /// Commands that the reference has before all of ours, and ours has not: what it loads first below a word.
    pub foreign: &'static [&'static str],
    /// The arguments that `az` itself and every command take.
    pub globals: &'static [Argument],
    /// `--subscription`, which every command takes.
    pub subscription: &'static Argument,
    /// The arguments of a connection.
    pub connection: &'static [Argument],
}

impl Table {
    /// The command of that path.
    pub fn command(&self, path: &str) -> Option<&'static Command> {
        self.commands.iter().find(|command| command.path == path)
    }

    /// The group of that path.
    pub fn group(&self, path: &str) -> Option<&'static Group> {
        self.groups.iter().find(|group| group.path == path)
    }

    /// The words that may follow a path, in the order of the table, each one once.
    pub fn children(&self, path: &str) -> Vec<&'static str> {
        let paths = self.groups.iter().map(|group| group.path).chain(self.commands.iter().map(|c| c.path));
        let mut words: Vec<&'static str> = Vec::new();
        for child in paths.filter_map(|candidate| child_word(candidate, path)) {
            if !words.contains(&child) {
                words.push(child);
            }
        }
        words
    }

    /// Whether a word that is not a child of this path may be one of the real CLI: in `az` itself and in the groups that are
    /// its own as well, unless the word is nearly one of ours.
    pub fn may_be_elsewhere(&self, path: &str, word: &str) -> bool {
        match self.group(path) {
            None => path.is_empty(),
            Some(group) => group.shared && difflib::closest(word, self.children(path)).is_none(),
        }
    }

    /// Whether the reference lacks what stands at a path: an extension, or a group of nothing else.
    pub fn is_extension(&self, path: &str) -> bool {
        match self.command(path) {
            Some(command) => command.extension,
            None => {
                let below = |candidate: &str| candidate.strip_prefix(path).is_some_and(|rest| rest.starts_with(' '));
                let mut commands = self.commands.iter().filter(|command| below(command.path));
                commands.all(|command| command.extension) && !self.foreign.iter().any(|candidate| below(candidate))
            }
        }
    }

    /// All arguments of a command in the order in which the reference's parser knows them: those that are registered
    /// with the command first, then those of the function behind it; what the reference lacks comes last.
    pub fn arguments(&self, command: &Command) -> impl Iterator<Item = &'static Argument> + use<> {
        let connection = if command.spec.connects { self.connection } else { &[] };
        let own = connection.iter().filter(|argument| argument.extension);
        self.registered_arguments(command).chain(command.spec.arguments).chain(own)
    }

    /// The arguments that the reference knows of a command before it has loaded the function behind it.
    pub fn registered_arguments(&self, command: &Command) -> impl Iterator<Item = &'static Argument> + use<> {
        let connection = if command.spec.connects { self.connection } else { &[] };
        let connection = connection.iter().filter(|argument| !argument.extension);
        self.globals.iter().chain(connection).chain(std::iter::once(self.subscription))
    }

    /// The nearest group above `path` that has a status of its own or by inheritance, as messages name it.
    pub fn status_above(&self, path: &str) -> Option<(&'static Group, Status)> {
        let parent = path.rsplit_once(' ')?.0;
        let group = self.group(parent)?;
        match group.status {
            Status::Stable => {
                let (_, status) = self.status_above(parent)?;
                // A deprecated group does not deprecate groups below it that are listed on their own.
                Some((group, status))
            }
            status => Some((group, status)),
        }
    }
}

/// The word that stands behind a path, where the candidate has no further ones.
pub(crate) fn child_word(candidate: &'static str, path: &str) -> Option<&'static str> {
    let rest = if path.is_empty() { candidate } else { candidate.strip_prefix(path)?.strip_prefix(' ')? };
    (!rest.contains(' ') && !rest.is_empty()).then_some(rest)
}

/// The texts of knack's status messages.
pub mod messages {
    use super::{Command, Group, Status, Table};
    use crate::report::program::Program;

    const PREVIEW: &str =
        "is in preview and under development. Reference and support levels: https://aka.ms/CLI_refstatus";

    fn deprecated(program: &Program, what: &str, redirect: &str) -> String {
        let redirect = program.words(redirect);
        format!("{what} has been deprecated and will be removed in a future release. Use '{redirect}' instead.")
    }

    /// What is said about a command when it runs and in its help.
    pub fn of_command(program: &Program, table: &Table, command: &Command) -> Vec<String> {
        let mut messages = Vec::new();
        if let Some(redirect) = command.redirect {
            messages.push(deprecated(program, "This command", redirect));
        }
        match table.status_above(command.path) {
            Some((group, Status::Deprecated { redirect })) => messages.push(format!(
                "This command is implicitly deprecated because command group '{}' is deprecated and will be removed \
                 in a future release. Use '{}' instead.",
                program.words(group.path),
                program.words(redirect)
            )),
            // It is the reference's word about its own group.
            Some((group, Status::Preview)) if program.is_az() => {
                messages.push(format!("Command group '{}' {PREVIEW}", group.path));
            }
            _ => {}
        }
        messages
    }

    /// What is said about a group in its help.
    pub fn of_group(program: &Program, table: &Table, group: &Group) -> Option<String> {
        match group.status {
            Status::Deprecated { redirect } => Some(deprecated(program, "This command group", redirect)),
            _ if !program.is_az() => None,
            Status::Preview => Some(format!("This command group {PREVIEW}")),
            Status::Stable => match table.status_above(group.path) {
                Some((above, Status::Preview)) => Some(format!("Command group '{}' {PREVIEW}", above.path)),
                _ => None,
            },
        }
    }
}
