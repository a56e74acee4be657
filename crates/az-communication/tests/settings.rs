//! Tests that the options of the emulator, their variables and the manual come from one table.

mod support;

use std::path::Path;

use az_communication::commands::table::TABLE;
use az_communication::knack::argument::{Argument, Arity};
use az_communication::knack::command_table::Command;

/// `AZ_WRITE_DOCS=1 cargo test --test settings` writes the table of the manual.
const WRITE: &str = "AZ_WRITE_DOCS";

const BEGIN: &str = "<!-- The table is made from the code: AZ_WRITE_DOCS=1 cargo test --test settings -->\n\n";
const END: &str = "\n<!-- End of the table. -->";

const VERBS: [&str; 3] = ["start", "run", "status"];

fn command(verb: &str) -> &'static Command {
    TABLE.command(&format!("communication emulator {verb}")).unwrap()
}

fn options(verb: &str) -> impl Iterator<Item = &'static Argument> {
    command(verb).spec.arguments.iter().filter(|argument| !argument.is_positional())
}

/// Returns the cells of an option: its spelling, its variable, its meaning.
fn cells(argument: &Argument) -> [String; 3] {
    let values = match argument.arity {
        Arity::Flag => "",
        Arity::One | Arity::Positional | Arity::Remainder => " VALUE",
        Arity::Many => " VALUE…",
    };
    let (help, named) = argument.help.split_once(" Environment variable: ").unwrap_or((argument.help, ""));
    let named = (!named.is_empty()).then(|| named.trim_end_matches('.').to_owned());
    let names = argument.variable_name().into_iter().chain(argument.file_variable_name()).chain(named);
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    let default = argument.default.map_or_else(String::new, |default| format!(" Default: `{default}`."));
    let help = help.replace('|', r"\|");
    [format!("`{}{values}`", argument.key()), names.join(", "), format!("{help}{default}")]
}

/// Returns the table: a row for each option, with the commands that have it.
fn table() -> String {
    let mut rows: Vec<([String; 3], Vec<&str>)> = Vec::new();
    for verb in VERBS {
        for cells in options(verb).map(cells) {
            match rows.iter_mut().find(|(known, _)| *known == cells) {
                Some((_, verbs)) => verbs.push(verb),
                None => rows.push((cells, vec![verb])),
            }
        }
    }
    let mut text = "| option | of | variable | meaning |\n| --- | --- | --- | --- |\n".to_owned();
    for ([option, variable, meaning], verbs) in rows {
        text.push_str(&format!("| {option} | {} | {variable} | {meaning} |\n", verbs.join(", ")));
    }
    text
}

#[test]
fn the_manual_has_the_table_of_options_and_variables_that_the_code_has() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/emulator/options.md");
    let manual = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = manual.split_once(BEGIN).expect("the manual has the mark where the table begins");
    let (written, after) = rest.split_once(END).expect("the manual has the mark where the table ends");
    let table = table();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{table}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(written, table, "docs/emulator/options.md differs from the code: {WRITE}=1 cargo test --test settings");
}

#[test]
fn every_option_of_start_and_run_has_a_variable_and_no_two_of_a_command_the_same() {
    for verb in VERBS {
        let mut names: Vec<String> = Vec::new();
        for argument in options(verb) {
            let name = argument.variable_name();
            assert!(name.is_some() || argument.key() == "--connection-string", "{verb} {}", argument.key());
            names.extend(name.into_iter().chain(argument.file_variable_name()));
        }
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all, "{verb}: {names:?}");
    }
}

/// `emulator run` sets no variable that the emulator itself reads.
#[cfg(unix)]
#[test]
fn no_variable_that_a_run_sets_is_a_setting_of_another_emulator() {
    let home = support::Folder::new();
    let names = |command: &mut std::process::Command| -> Vec<String> {
        let output = command.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().filter_map(|line| Some(line.split_once('=')?.0.to_owned())).collect()
    };
    let before = names(&mut support::other_program("env", &home));
    let mut set = names(support::az(&home).args(["communication", "emulator", "run", "--", "env"]));
    set.retain(|name| !before.contains(name));
    assert!(set.iter().any(|name| name == "AZURE_COMMUNICATION_CONNECTION_STRING"), "{set:?}");
    let settings: Vec<String> =
        VERBS.iter().flat_map(|verb| options(verb)).filter_map(Argument::variable_name).collect();
    let clash: Vec<&String> = set.iter().filter(|name| settings.contains(name)).collect();
    assert_eq!(clash, [] as [&String; 0]);
}
