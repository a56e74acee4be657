//! `manual`: writes man pages of all commands and groups, generated from the table of commands. Packages install these
//! pages.

pub(crate) mod page;
pub(crate) mod program;
pub(crate) mod roff;

use std::fs;
use std::path::PathBuf;

use page::{Edition, page_name};
use pyjmespath::Value;
use time::OffsetDateTime;
use time::macros::format_description;

use crate::knack::argument::{Argument, Completion};
use crate::knack::command_table::{CommandSpec, Example, Table};
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;
use crate::system::system_text;

const OUT_DIR: Argument = Argument::new(&["--out-dir"], "Folder for the pages. It is created if it does not exist.")
    .completion(Completion::File)
    .required()
    .extension();

pub(crate) const SPEC: CommandSpec = CommandSpec {
    summary: "Write man pages of all commands into a folder.\n\nExisting pages with the same names are replaced. The \
        pages contain the date in SOURCE_DATE_EPOCH if it is set. The result is the list of file names.",
    arguments: &[OUT_DIR],
    connects: false,
    confirms: false,
    examples: &[Example {
        name: "Read them with man",
        command: "{} --out-dir ~/.local/share/man/man1 -o none && man az-communication",
    }],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Outcome, CliError> {
    let folder = PathBuf::from(invocation.arguments.get(&OUT_DIR).unwrap_or_default());
    let failed = |path: &std::path::Path, error: &std::io::Error| {
        CliError::new(format!("{} cannot be written: {}.", path.display(), system_text(error)))
    };
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    let mut names = Vec::new();
    for (name, text) in pages(invocation.table, &date()?) {
        let path = folder.join(&name);
        fs::write(&path, text).map_err(|error| failed(&path, &error))?;
        names.push(Value::from(name));
    }
    Ok(Outcome::of(Value::Array(names.into())))
}

/// Returns the names of all pages, sorted, with their contents.
fn pages(table: &'static Table, date: &str) -> Vec<(String, String)> {
    let edition = Edition { table, date };
    let groups = table.groups.iter().map(|group| (group.path, edition.group(group)));
    let commands = table.commands.iter().map(|command| (command.path, edition.command(command)));
    let mut pages = Vec::new();
    for (path, text) in groups.chain(commands) {
        let name = page_name(path);
        pages.push((format!("{name}.1"), text));
        // A command that can be typed in a short form also has a page with the short name.
        if let Some(short) = path.strip_prefix("communication user-identity ") {
            let link = page_name(&format!("communication {short}"));
            pages.push((format!("{link}.1"), format!(".so man1/{name}.1\n")));
        }
    }
    pages.sort();
    pages
}

/// Returns the date in SOURCE_DATE_EPOCH. Without this variable, pages have no date, so that they are the same every
/// day.
fn date() -> Result<String, CliError> {
    let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH").filter(|text| !text.is_empty()) else {
        return Ok(String::new());
    };
    let day = text.to_str().and_then(|text| OffsetDateTime::from_unix_timestamp(text.parse().ok()?).ok());
    let day = day.and_then(|day| day.format(format_description!("[year]-[month]-[day]")).ok());
    day.ok_or_else(|| {
        CliError::usage(format!(
            "SOURCE_DATE_EPOCH must be a number of seconds, but it is '{}'.",
            text.to_string_lossy()
        ))
    })
}
