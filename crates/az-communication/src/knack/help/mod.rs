//! Help pages in the layout of knack (`knack/help.py`).

pub(crate) mod examples;
pub(crate) mod text_wrap;

use crate::knack::argument::Argument;
use crate::knack::command_table::{Command, Group, Status, Table, messages};
use crate::knack::globals::{HELP, OUTPUT};
use crate::knack::grammar::short;
use crate::knack::help::examples::example_command;
use crate::knack::help::text_wrap::fill;
use crate::report::program::Program;

const WIDTH: usize = 100;
const INDENT: usize = 4;

/// The separator between a name and its summary.
const SEPARATOR: &str = " : ";

const YELLOW: &str = "\u{1b}[33m";
const RESET: &str = "\u{1b}[0m";

/// A name, its tags and its summary.
type Item = (String, String, String);

/// Returns the width of the name and the tags, with the blanks around them.
fn line_length(name: &str, tags: &str) -> usize {
    name.chars().count() + tags.len() + if tags.is_empty() { 1 } else { 2 }
}

fn longest<'a>(items: impl Iterator<Item = &'a Item>) -> Option<usize> {
    items.map(|(name, tags, _)| line_length(name, tags)).max()
}

struct Page {
    text: String,
    colour: bool,
}

/// Returns the help of a command. `output` is the output format that applies without `--output`.
pub fn command_help(table: &Table, command: &Command, output: Option<&str>, colour: bool) -> String {
    let mut page = Page { text: String::new(), colour };
    let deprecated =
        command.redirect.is_some() || matches!(table.status_above(command.path), Some((_, Status::Deprecated { .. })));
    page.header(
        "Command",
        command.path,
        command.spec.summary,
        &messages::of_command(Program::current(), table, command),
        deprecated,
    );
    page.arguments(table, command, output);
    page.examples(command);
    page.text
}

/// Returns the help of a group, or of `az` itself if the path is empty.
pub fn group_help(table: &Table, path: &str, colour: bool) -> String {
    let mut page = Page { text: String::new(), colour };
    let group = table.group(path);
    let is_own_page = short::is_root(path) && !Program::current().is_az();
    let summary = if is_own_page { short::SUMMARY } else { group.map_or("", |group| group.summary) };
    let message: Vec<String> =
        group.and_then(|group| messages::of_group(Program::current(), table, group)).into_iter().collect();
    let deprecated = group.is_some_and(|group| matches!(group.status, Status::Deprecated { .. }));
    page.header("Group", path, summary, &message, deprecated);
    page.children(table, path);
    page.text
}

/// Returns our commands and groups in a shared group. They are printed below the page of the real Azure CLI.
pub fn group_addition(table: &Table, path: &str, colour: bool) -> String {
    let mut page = Page { text: String::new(), colour };
    page.print("", 0, None);
    page.print(concat!("Commands of ", env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"), " itself:"), 0, None);
    page.print("", 0, None);
    page.children(table, path);
    page.text
}

impl Page {
    /// Prints each line of `text` as a wrapped paragraph.
    fn print(&mut self, text: &str, level: usize, hanging: Option<usize>) {
        let indent = INDENT * level;
        for paragraph in text.split('\n') {
            self.text.push_str(&fill(paragraph, indent, hanging.unwrap_or(indent), WIDTH));
            self.text.push('\n');
        }
    }

    fn header(&mut self, kind: &str, path: &str, summary: &str, messages: &[String], deprecated: bool) {
        self.print("", 0, None);
        self.print(kind, 0, None);
        let summary = Program::current().text(summary, path);
        let (first, long) = split_summary(&summary);
        let separator = if first.is_empty() { "" } else { SEPARATOR };
        self.print(&format!("{}{separator}{first}", Program::current().command(path)), 1, None);
        if !long.is_empty() {
            self.print(long, 2, None);
        }
        for message in messages {
            let message = if self.colour { format!("{YELLOW}{message}{RESET}") } else { format!("WARNING: {message}") };
            self.print(&message, 2, None);
        }
        // knack prints no empty line after a preview message.
        if messages.is_empty() || deprecated || !long.is_empty() {
            self.print("", 0, None);
        }
    }

    /// Prints names, tags and summaries in two columns.
    fn columns<'a>(&mut self, items: impl Iterator<Item = &'a Item>, longest: usize) {
        for (name, tags, summary) in items {
            let mut padding = longest.saturating_sub(line_length(name, tags));
            if !tags.is_empty() {
                padding += 1;
            }
            let separator = if summary.is_empty() { "" } else { SEPARATOR };
            let line = format!("{name}{:padding$}{tags}{separator}{summary}", "");
            self.print(&line, 1, Some(longest + INDENT + SEPARATOR.len() - 1));
        }
    }

    fn children(&mut self, table: &Table, path: &str) {
        let mut groups = Vec::new();
        let mut commands = Vec::new();
        let program = Program::current();
        for (name, child) in short::children(table, path) {
            let extension = table.is_extension(&child);
            if let Some(group) = table.group(&child) {
                let summary = split_summary(group.summary).0.to_owned();
                groups.push(((name.to_owned(), group_tag(group).to_owned(), summary), extension));
            } else if let Some(command) = table.command(&child).filter(|command| command.redirect.is_none()) {
                let summary = program.text(split_summary(command.spec.summary).0, &child).into_owned();
                commands.push(((name.to_owned(), String::new(), summary), extension));
            }
        }
        for (title, mut items) in [("Subgroups:", groups), ("Commands:", commands)] {
            items.sort();
            if !items.is_empty() {
                self.print(title, 0, None);
                // Lines of the reference keep their layout, even if our names are longer.
                let theirs = items.iter().filter(|(_, extension)| program.is_az() && !extension);
                let longest = longest(theirs.map(|(item, _)| item))
                    .unwrap_or_else(|| longest(items.iter().map(|(item, _)| item)).unwrap_or(0));
                self.columns(items.iter().map(|(item, _)| item), longest);
                self.print("", 0, None);
            }
        }
    }

    fn arguments(&mut self, table: &Table, command: &Command, output: Option<&str>) {
        let arguments = arguments_of_help(table, command);
        // The reference has the heading even if nothing is below it.
        let has_own = arguments.iter().any(|argument| argument.group.is_none());
        if has_own || !command.extension {
            self.print("Arguments", 0, None);
        }
        let deprecated = is_deprecated(table, command);
        let items: Vec<Item> = arguments
            .iter()
            .map(|argument| {
                let tag = if argument.required { "[Required]" } else { "" };
                let configured = output.filter(|_| argument.key() == OUTPUT.key());
                let default = configured.or(argument.default);
                (spellings(argument), tag.to_owned(), argument_summary(argument, default))
            })
            .collect();
        let longest = longest(items.iter()).unwrap_or(0);
        let mut last = "";
        for (argument, item) in arguments.iter().zip(&items) {
            let (_, title) = heading(argument);
            if title != last {
                let is_first = last.is_empty() && !has_own && command.extension;
                self.text.push_str(&format!("{}{title} Arguments\n", if is_first { "" } else { "\n" }));
                last = title;
            }
            self.columns(std::iter::once(item), longest);
            // The note is a line of its own, so that the lines of the reference stay unchanged.
            if let Some(note) = need(argument).filter(|_| !deprecated) {
                let indent = longest + INDENT + SEPARATOR.len() - 1;
                self.text.push_str(&fill(&note, indent, indent, WIDTH));
                self.text.push('\n');
            }
        }
        self.print("", 0, None);
    }

    fn examples(&mut self, command: &Command) {
        if command.spec.examples.is_empty() {
            return;
        }
        self.print("Examples", 0, None);
        for example in command.spec.examples {
            self.print(example.name, 1, None);
            self.print(&example_command(command, example.command), 2, None);
            self.text.push('\n');
        }
    }
}

/// Returns the arguments in the help of a command, in the order of the help.
pub fn arguments_of_help(table: &Table, command: &Command) -> Vec<&'static Argument> {
    let mut arguments: Vec<&Argument> = std::iter::once(&HELP).chain(table.arguments(command)).collect();
    // The help of deprecated commands stays unchanged. New options are described in the help of the commands that
    // replace them.
    let deprecated = is_deprecated(table, command);
    arguments.retain(|argument| !(deprecated && argument.extension));
    // Headings are in the order in which the command lists their options.
    let mut headings: Vec<&str> = Vec::new();
    for (_, title) in arguments.iter().map(|argument| heading(argument)) {
        if !headings.contains(&title) {
            headings.push(title);
        }
    }
    let place = |argument: &Argument| {
        let (class, title) = heading(argument);
        (class, headings.iter().position(|known| *known == title))
    };
    arguments.sort_by_cached_key(|argument| (place(argument), !argument.required, spellings(argument)));
    arguments
}

fn is_deprecated(table: &Table, command: &Command) -> bool {
    matches!(table.status_above(command.path), Some((_, Status::Deprecated { .. })))
}

/// Returns the heading of an argument, and the position of the heading.
fn heading(argument: &Argument) -> (u8, &'static str) {
    match argument.group {
        None => (0, ""),
        Some("Global") => (2, "Global"),
        Some(other) => (1, other),
    }
}

fn spellings(argument: &Argument) -> String {
    let mut spellings = argument.options.to_vec();
    spellings.sort_unstable();
    spellings.join(" ")
}

fn group_tag(group: &Group) -> &'static str {
    match group.status {
        Status::Deprecated { .. } => "[Deprecated]",
        Status::Preview if Program::current().is_az() => "[Preview]",
        Status::Preview | Status::Stable => "",
    }
}

/// Splits a summary at its first empty line into the short and the long summary.
fn split_summary(summary: &str) -> (&str, &str) {
    summary.split_once("\n\n").unwrap_or((summary, ""))
}

/// Returns a note that says when an argument is required. It exists where `[Required]` would be wrong or incomplete.
pub fn need(argument: &Argument) -> Option<String> {
    if let Some(flag) = argument.unless {
        return Some(format!("Not required with {flag}."));
    }
    let (last, others) = argument.one_of.split_last()?;
    Some(format!("One of {} and {last} is required.", others.join(", ")))
}

fn argument_summary(argument: &Argument, default: Option<&str>) -> String {
    let mut summary = argument.text();
    for note in [choices_note(argument), default_note(default)].into_iter().flatten() {
        summary.push_str("  ");
        summary.push_str(&note);
    }
    summary
}

fn choices_note(argument: &Argument) -> Option<String> {
    let mut choices = argument.choices.to_vec();
    choices.sort_unstable();
    (!choices.is_empty()).then(|| format!("Allowed values: {}.", choices.join(", ")))
}

fn default_note(default: Option<&str>) -> Option<String> {
    default.filter(|default| !default.is_empty()).map(|default| format!("Default: {default}."))
}

/// Returns a note with the allowed values of an argument and its default.
pub fn values_note(argument: &Argument) -> Option<String> {
    let notes: Vec<String> = [choices_note(argument), default_note(argument.default)].into_iter().flatten().collect();
    (!notes.is_empty()).then(|| notes.join(" "))
}
