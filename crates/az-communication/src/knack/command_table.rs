//! The types of a table of commands. The tables themselves are in `commands`.

use crate::knack::argument::Argument;
use crate::knack::grammar::difflib;
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;

/// An example of a help page. Its command line is a template for `Program::text`: `{}` stands for the command itself.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// What the example does.
    pub name: &'static str,
    /// The command line.
    pub command: &'static str,
}

/// The function of a command. It receives the arguments and returns the outcome.
pub type Run = fn(&Invocation<'_>) -> Result<Outcome, CliError>;

/// A command without its place in the tree.
#[derive(Debug, Clone, Copy)]
pub struct CommandSpec {
    /// The first sentence of the help. It is a template for `Program::text`.
    pub summary: &'static str,
    /// The arguments of this command only.
    pub arguments: &'static [Argument],
    /// Whether the command also has the arguments of a connection.
    pub connects: bool,
    /// Whether the command asks for confirmation unless `--yes` is given. Such a command removes something and has no
    /// result.
    pub confirms: bool,
    /// The examples of the help.
    pub examples: &'static [Example],
    /// The function that runs the command.
    pub run: Run,
}

/// A command and its place in the tree.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// The words after `az`.
    pub path: &'static str,
    /// The command itself.
    pub spec: &'static CommandSpec,
    /// The command to use instead, if this command is deprecated. A deprecated command is hidden from help.
    pub redirect: Option<&'static str>,
    /// Whether the reference lacks the command.
    pub extension: bool,
}

impl Command {
    /// Declares a command that the reference has, too.
    pub const fn of_the_reference(path: &'static str, spec: &'static CommandSpec) -> Self {
        Self { path, spec, redirect: None, extension: false }
    }

    /// Declares a command that the reference lacks.
    pub const fn extension(path: &'static str, spec: &'static CommandSpec) -> Self {
        Self { path, spec, redirect: None, extension: true }
    }
}

/// The status of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The group is stable.
    Stable,
    /// The group may change.
    Preview,
    /// Another group replaces this group.
    Deprecated {
        /// The path of the other group.
        redirect: &'static str,
    },
}

/// A group of commands.
#[derive(Debug, Clone, Copy)]
pub struct Group {
    /// The words after `az`.
    pub path: &'static str,
    /// The summary.
    pub summary: &'static str,
    /// The status. The status `Preview` also applies to the groups below.
    pub status: Status,
    /// Whether the real Azure CLI may have more commands in this group. If so, its help and unknown commands are passed
    /// on.
    pub shared: bool,
}

/// All commands and groups.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// The groups. Each group comes before the groups below it.
    pub groups: &'static [Group],
    /// The commands.
    pub commands: &'static [Command],
    /// Commands of the reference that we lack and that the reference registers before our commands. The reference loads
    /// them first below a word.
    pub foreign: &'static [&'static str],
    /// The arguments of `az` itself and of every command.
    pub globals: &'static [Argument],
    /// `--subscription`, which every command takes.
    pub subscription: &'static Argument,
    /// The arguments of a connection.
    pub connection: &'static [Argument],
}

impl Table {
    /// Returns the command of a path.
    pub fn command(&self, path: &str) -> Option<&'static Command> {
        self.commands.iter().find(|command| command.path == path)
    }

    /// Returns the group of a path.
    pub fn group(&self, path: &str) -> Option<&'static Group> {
        self.groups.iter().find(|group| group.path == path)
    }

    /// Returns the words that may follow a path, in the order of the table and without repetition.
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

    /// Checks whether the real Azure CLI may have a word that is not a child of this path. This is possible directly
    /// after `az` and in shared groups, unless the word is nearly one of our words.
    pub fn may_be_elsewhere(&self, path: &str, word: &str) -> bool {
        match self.group(path) {
            None => path.is_empty(),
            Some(group) => group.shared && difflib::closest(word, self.children(path)).is_none(),
        }
    }

    /// Checks whether the reference lacks the command or group of a path. A group counts if it contains only
    /// extensions.
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

    /// Returns all arguments of a command in the order of the reference's parser: first the arguments that are
    /// registered with the command, then the arguments of its function. Arguments that the reference lacks come last.
    pub fn arguments(&self, command: &Command) -> impl Iterator<Item = &'static Argument> + use<> {
        let connection = if command.spec.connects { self.connection } else { &[] };
        let own = connection.iter().filter(|argument| argument.extension);
        self.registered_arguments(command).chain(command.spec.arguments).chain(own)
    }

    /// Returns the arguments of a command that the reference knows before it loads the function of the command.
    pub fn registered_arguments(&self, command: &Command) -> impl Iterator<Item = &'static Argument> + use<> {
        let connection = if command.spec.connects { self.connection } else { &[] };
        let connection = connection.iter().filter(|argument| !argument.extension);
        self.globals.iter().chain(connection).chain(std::iter::once(self.subscription))
    }

    /// Returns the nearest group above `path` that has a status, and the status, for messages. The status may be
    /// inherited.
    pub fn status_above(&self, path: &str) -> Option<(&'static Group, Status)> {
        let parent = path.rsplit_once(' ')?.0;
        let group = self.group(parent)?;
        match group.status {
            Status::Stable => {
                let (_, status) = self.status_above(parent)?;
                // A deprecated group does not deprecate the groups below it, which are listed on their own.
                Some((group, status))
            }
            status => Some((group, status)),
        }
    }
}

/// Returns the last word of `candidate` if it is exactly one word below `path`.
pub(crate) fn child_word(candidate: &'static str, path: &str) -> Option<&'static str> {
    let rest = if path.is_empty() { candidate } else { candidate.strip_prefix(path)?.strip_prefix(' ')? };
    (!rest.contains(' ') && !rest.is_empty()).then_some(rest)
}

/// The texts of the status messages of knack.
pub mod messages {
    use super::{Command, Group, Status, Table};
    use crate::report::program::Program;

    const PREVIEW: &str =
        "is in preview and under development. Reference and support levels: https://aka.ms/CLI_refstatus";

    fn deprecated(program: &Program, what: &str, redirect: &str) -> String {
        let redirect = program.words(redirect);
        format!("{what} has been deprecated and will be removed in a future release. Use '{redirect}' instead.")
    }

    /// Returns the status messages of a command. They are shown when the command runs and in its help.
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
            // This is the status that the reference gives to its own group, so it is shown under its name only.
            Some((group, Status::Preview)) if program.is_az() => {
                messages.push(format!("Command group '{}' {PREVIEW}", group.path));
            }
            _ => {}
        }
        messages
    }

    /// Returns the status message in the help of a group.
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
