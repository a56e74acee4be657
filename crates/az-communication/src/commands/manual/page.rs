//! Builds the page of a command or a group from the table of commands.

use crate::commands::manual::roff::{Roff, bold, escaped, placeholder};
use crate::knack::argument::{Argument, Arity};
use crate::knack::command_table::{Command, Group, Table, messages};
use crate::knack::grammar::short::{COMMUNICATION, SUMMARY as PROGRAM_SUMMARY, USER_IDENTITY};
use crate::knack::help::{arguments_of_help, need, values_note};
use crate::report::program::{OWN_NAME, Program};

/// The parts that all pages share.
pub(crate) struct Edition<'a> {
    /// The table of commands.
    pub table: &'static Table,
    /// The date, as `2026-11-26`.
    pub date: &'a str,
}

/// Returns the name of the page of a path: the words after `az`, beginning with `communication`.
pub(crate) fn page_name(path: &str) -> String {
    format!("az-{}", path.replace(' ', "-"))
}

/// Returns the program under the name that packages install, whatever name it was called by.
fn program() -> Program {
    Program::Own(OWN_NAME.to_owned())
}

/// Returns a command line of the program with these words.
fn typed(path: &str) -> String {
    program().command(path)
}

/// Fills in a template of the command or group with that path.
fn spoken(text: &str, path: &str) -> String {
    program().text(text, path).into_owned()
}

/// Returns the path of the group above.
fn above(path: &str) -> Option<&str> {
    path.rsplit_once(' ').map(|(above, _)| above)
}

impl Edition<'_> {
    fn start(&self, path: &str, summary: &str) -> Roff {
        let name = page_name(path);
        let source = format!("{OWN_NAME} {}", env!("CARGO_PKG_VERSION"));
        let mut page = Roff::new(&name, self.date, &source);
        let first = spoken(summary.split("\n\n").next().unwrap_or_default(), path);
        page.name(&name, first.trim_end_matches('.'));
        page
    }

    /// Adds the description: the rest of the summary after its first sentence, and the status messages of the command
    /// or group.
    fn description(page: &mut Roff, path: &str, summary: &str, messages: &[String]) {
        page.section("DESCRIPTION");
        for paragraph in summary.split("\n\n").flat_map(|part| part.split('\n')) {
            page.paragraph(&spoken(paragraph, path));
        }
        for message in messages {
            page.paragraph(message);
        }
    }

    /// Returns the page of a command.
    pub fn command(&self, command: &'static Command) -> String {
        let mut page = self.start(command.path, command.spec.summary);
        let arguments = arguments_of_help(self.table, command);
        page.section("SYNOPSIS");
        let mut line = bold(&typed(command.path));
        let positional = |argument: &&&Argument| argument.is_positional();
        for argument in arguments.iter().filter(|argument| argument.required && !positional(argument)) {
            line.push_str(&format!(" {}", with_value(argument.key(), argument)));
        }
        line.push_str(&format!(" [{}]", placeholder("OPTION\u{2026}")));
        for argument in arguments.iter().filter(positional) {
            line.push_str(&format!(" {}", value(argument)));
        }
        page.line(&line);
        Self::description(
            &mut page,
            command.path,
            command.spec.summary,
            &messages::of_command(&program(), self.table, command),
        );
        page.section("OPTIONS");
        let mut heading = "";
        for argument in &arguments {
            let group = argument.group.unwrap_or_default();
            if group != heading {
                page.subsection(&format!("{group} options"));
                heading = group;
            }
            self.argument(&mut page, argument);
        }
        if !command.spec.examples.is_empty() {
            page.section("EXAMPLES");
            for example in command.spec.examples {
                let line = spoken(example.command, command.path);
                page.example(example.name, &line);
            }
        }
        Self::see_also(&mut page, above(command.path).into_iter().collect());
        page.finish()
    }

    fn argument(&self, page: &mut Roff, argument: &Argument) {
        let tag = if argument.is_positional() {
            value(argument)
        } else {
            let spellings = argument.options.iter().filter(|spelling| spelling.starts_with('-'));
            spellings.map(|spelling| with_value(spelling, argument)).collect::<Vec<_>>().join(", ")
        };
        let text = argument.text();
        let choices = values_note(argument);
        let needed = need(argument).or_else(|| argument.required.then(|| "Required.".to_owned()));
        let texts: Vec<&str> =
            [Some(text.as_str()), choices.as_deref(), needed.as_deref()].into_iter().flatten().collect();
        page.item(&tag, &texts);
    }

    /// Returns the page of a group. The page of `communication` describes the program itself.
    pub fn group(&self, group: &'static Group) -> String {
        let summary = if group.path == COMMUNICATION { PROGRAM_SUMMARY } else { group.summary };
        let mut page = self.start(group.path, summary);
        page.section("SYNOPSIS");
        page.line(&format!(
            "{} {} [{}]",
            bold(&typed(group.path)),
            placeholder("COMMAND"),
            placeholder("OPTION\u{2026}")
        ));
        let messages: Vec<String> = messages::of_group(&program(), self.table, group).into_iter().collect();
        Self::description(&mut page, group.path, summary, &messages);
        let mut groups = Vec::new();
        let mut commands = Vec::new();
        for (word, path) in self.children(group.path) {
            let item = |summary: &str| {
                let first = spoken(summary.split("\n\n").next().unwrap_or_default(), &path);
                (word, page_name(&path), first)
            };
            match (self.table.group(&path), self.table.command(&path)) {
                (Some(group), _) => groups.push(item(group.summary)),
                (None, Some(command)) => commands.push(item(command.spec.summary)),
                (None, None) => {}
            }
        }
        for (heading, mut items) in [("GROUPS", groups), ("COMMANDS", commands)] {
            items.sort();
            if !items.is_empty() {
                page.section(heading);
                for (word, name, summary) in items {
                    page.item(&bold(word), &[&summary, &format!("See `{name}`(1).")]);
                }
            }
        }
        if group.path == COMMUNICATION {
            crate::commands::manual::program::sections(&mut page);
        }
        Self::see_also(&mut page, above(group.path).into_iter().collect());
        page.finish()
    }

    /// Returns the words that may follow a path, each with its full path. `user-identity` may be left out after the
    /// program name.
    fn children(&self, path: &str) -> Vec<(&'static str, String)> {
        let of =
            |path: &str| self.table.children(path).into_iter().map(|word| (word, format!("{path} {word}"))).collect();
        let mut words: Vec<_> = of(path);
        if path == COMMUNICATION {
            words.retain(|(_, path)| path != USER_IDENTITY);
            words.extend(of(USER_IDENTITY));
        }
        words.retain(|(_, path)| self.table.command(path).is_none_or(|command| command.redirect.is_none()));
        words
    }

    fn see_also(page: &mut Roff, paths: Vec<&str>) {
        let pages: Vec<String> = paths.into_iter().map(|path| format!("{}(1)", bold(&page_name(path)))).collect();
        page.section("SEE ALSO");
        page.line(&[pages, vec![escaped(env!("CARGO_PKG_REPOSITORY"))]].concat().join(",\n"));
    }
}

/// Formats an option with its value.
fn with_value(spelling: &str, argument: &Argument) -> String {
    let option = bold(spelling);
    if argument.arity == Arity::Flag { option } else { format!("{option} {}", value(argument)) }
}

/// Returns the placeholder for the value of an argument.
fn value(argument: &Argument) -> String {
    let name = argument.key().trim_start_matches('-').to_uppercase();
    let many = matches!(argument.arity, Arity::Many).then_some("\u{2026}").unwrap_or_default();
    placeholder(&format!("{name}{many}"))
}
