//! `completion SHELL`: a script that completes commands, options and values, from the one table of commands. What a script
//! does stands in a file of its shell; what it knows is written here.

use std::fmt::Write as _;

use super::{Invocation, TABLE};
use crate::cli::argparse::HELP;
use crate::cli::table::{Argument, Arity, Command, Completion, Example, Verb};
use crate::error::CliError;
use crate::exit_code::ExitCode;
use crate::output;
use pyjmespath::Value;

/// The shells.
const SHELLS: [&str; 4] = ["bash", "fish", "powershell", "zsh"];

pub(super) const VERB: Verb = Verb {
    summary: "Print a script that completes `az communication` in a shell.",
    arguments: &[Argument::new(&["SHELL"], "bash, fish, powershell or zsh.")
        .arity(Arity::Remainder)
        .completion(Completion::Words(&SHELLS))
        .required()
        .extension()],
    connects: false,
    confirms: false,
    examples: &[
        Example { name: "bash, for this session", command: "source <({} bash)" },
        Example { name: "zsh, for this session", command: "source <({} zsh)" },
        Example {
            name: "fish, for good",
            command: "mkdir -p ~/.config/fish/completions && {} fish > ~/.config/fish/completions/az.fish",
        },
        Example { name: "PowerShell, for this session", command: "{} powershell | Out-String | Invoke-Expression" },
    ],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Option<Value>, CliError> {
    let words = invocation.arguments.list("SHELL");
    let (script, data) = match words {
        [shell] if shell == "bash" => (include_str!("bash.sh"), posix_data()),
        [shell] if shell == "zsh" => (include_str!("zsh.zsh"), posix_data()),
        [shell] if shell == "fish" => (include_str!("fish.fish"), fish_data()),
        [shell] if shell == "powershell" || shell == "pwsh" => (include_str!("powershell.ps1"), powershell_data()),
        _ => {
            return Err(CliError::new(format!(
                "'{}' is not a shell that can be completed. Allowed values: {}.",
                words.join(" "),
                SHELLS.join(", ")
            ))
            .exit_code(ExitCode::Usage));
        }
    };
    output::print_line(script.replacen("{{data}}", data.trim_end(), 1).trim_end())?;
    Ok(None)
}

/// The paths that have words below them, each with those words. The first one is `az` itself.
fn groups() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut groups = vec![("", TABLE.children(""))];
    groups.extend(TABLE.groups.iter().map(|group| (group.path, TABLE.children(group.path))));
    groups
}

/// The paths of which the Azure CLI knows more.
fn shared() -> Vec<&'static str> {
    let shared = TABLE.groups.iter().filter(|group| group.shared).map(|group| group.path);
    std::iter::once("").chain(shared).collect()
}

/// The commands behind which another command follows.
fn runners() -> Vec<&'static str> {
    let runs = |command: &&Command| {
        let mut arguments = command.verb.arguments.iter();
        positional(command).is_none() && arguments.any(|argument| argument.arity == Arity::Remainder)
    };
    TABLE.commands.iter().filter(runs).map(|command| command.path).collect()
}

fn options(command: &Command) -> Vec<&'static Argument> {
    let arguments = TABLE.arguments(command).filter(|argument| argument.arity != Arity::Remainder);
    std::iter::once(&HELP).chain(arguments).collect()
}

fn positional(command: &Command) -> Option<&'static [&'static str]> {
    command.verb.arguments.iter().find_map(|argument| match (argument.arity, argument.completion) {
        (Arity::Remainder, Completion::Words(words)) => Some(words),
        _ => None,
    })
}

/// What may follow each path, with a description where there is one.
fn words() -> Vec<(&'static str, Vec<(&'static str, &'static str)>)> {
    let mut words = Vec::new();
    let described = |argument: &'static Argument| argument.options.iter().map(|option| (*option, argument.help));
    for (path, children) in groups() {
        let below = |word: &str| if path.is_empty() { word.to_owned() } else { format!("{path} {word}") };
        let summary = |word: &'static str| {
            let path = below(word);
            let group = TABLE.group(&path).map(|group| group.summary);
            (word, TABLE.command(&path).map_or(group.unwrap_or_default(), |command| command.verb.summary))
        };
        words.push((path, children.into_iter().map(summary).chain(described(&HELP).rev()).collect()));
    }
    for command in TABLE.commands {
        let values = positional(command).unwrap_or_default().iter().map(|word| (*word, ""));
        words.push((command.path, values.chain(options(command).into_iter().flat_map(described)).collect()));
    }
    words
}

fn list(words: &[(&str, &str)]) -> String {
    words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(" ")
}

/// What follows an option: `flag` for nothing, `one` or `many` values, and which: words, `<file>`, or anything.
fn kind(argument: &Argument) -> String {
    let number = match argument.arity {
        Arity::Flag => return "flag".into(),
        Arity::Many => "many",
        Arity::One | Arity::Remainder => "one",
    };
    match argument.completion {
        Completion::Nothing => number.to_owned(),
        Completion::File => format!("{number} <file>"),
        Completion::Words(words) => format!("{number} {}", words.join(" ")),
    }
}

/// The kind of each option: by itself where it is the same in all commands, else behind the command's path.
fn kinds() -> Vec<(String, String)> {
    let mut uses: Vec<(&'static str, Vec<(&'static str, String)>)> = Vec::new();
    for command in TABLE.commands {
        for argument in options(command) {
            for option in argument.options {
                let used = (command.path, kind(argument));
                match uses.iter_mut().find(|(known, _)| known == option) {
                    Some((_, uses)) => uses.push(used),
                    None => uses.push((option, vec![used])),
                }
            }
        }
    }
    let mut kinds = Vec::new();
    for (option, uses) in uses {
        // The most usual one stands for the rest.
        let count = |kind: &str| uses.iter().filter(|(_, other)| other == kind).count();
        let usual = uses.iter().map(|(_, kind)| kind).max_by_key(|kind| count(kind)).cloned().unwrap_or_default();
        let others = uses.iter().filter(|(_, kind)| *kind != usual);
        kinds.extend(others.map(|(path, kind)| (format!("{path} {option}"), kind.clone())));
        kinds.push((option.to_owned(), usual));
    }
    kinds
}

/// The functions that bash and zsh share.
fn posix_data() -> String {
    let mut out = String::new();
    let mut yes_for = |name: &str, what: &str, paths: &[&str]| {
        let paths: Vec<String> = paths.iter().map(|path| format!("'{path}'")).collect();
        let _ = writeln!(
            out,
            "# {what}\n_az_communication_{name}() {{ # PATH\n    case $1 in\n        {}) return 0 ;;\n    esac\n    \
             return 1\n}}\n",
            paths.join(" | ")
        );
    };
    let ours: Vec<&str> = words().iter().map(|(path, _)| *path).collect();
    let commands: Vec<&str> = TABLE.commands.iter().map(|command| command.path).collect();
    yes_for("is_ours", "Whether we know what follows these words.", &ours);
    yes_for("is_shared", "Whether the Azure CLI may know more words that follow.", &shared());
    yes_for("is_command", "Whether these words are a command.", &commands);
    yes_for("runs", "Whether another command follows.", &runners());
    out.push_str("# What may follow these words.\n_az_communication_words() { # PATH\n    case $1 in\n");
    for (path, words) in words() {
        let _ = writeln!(out, "        '{path}') echo '{}' ;;", list(&words));
    }
    out.push_str(
        "    esac\n}\n\n# What follows an option: a flag has no value, others one or many, of these words or anything.\n\
         _az_communication_kind() { # PATH OPTION\n    case \"$1 $2\" in\n",
    );
    for (option, kind) in kinds() {
        let pattern = if option.starts_with('-') { format!("*' {option}'") } else { format!("'{option}'") };
        let _ = writeln!(out, "        {pattern}) echo '{kind}' ;;");
    }
    out.push_str("    esac\n}\n\n");
    out.push_str(include_str!("state.sh"));
    out
}

fn fish_data() -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    let mut out = String::new();
    let mut yes_for = |name: &str, paths: &[&str]| {
        let paths: Vec<String> = paths.iter().map(|path| quoted(path)).collect();
        let _ = writeln!(
            out,
            "function __az_communication_{name}\n    contains -- \"$argv[1]\" {}\nend\n",
            paths.join(" ")
        );
    };
    let ours: Vec<&str> = words().iter().map(|(path, _)| *path).collect();
    let commands: Vec<&str> = TABLE.commands.iter().map(|command| command.path).collect();
    yes_for("is_ours", &ours);
    yes_for("is_command", &commands);
    yes_for("runs", &runners());
    out.push_str("function __az_communication_words\n    switch \"$argv[1]\"\n");
    for (path, words) in words() {
        let _ = writeln!(out, "        case {}", quoted(path));
        for (word, description) in words {
            let description = description.lines().next().unwrap_or_default();
            let _ = writeln!(out, "            printf '%s\\t%s\\n' {} {}", quoted(word), quoted(description));
        }
    }
    out.push_str("    end\nend\n\nfunction __az_communication_kind\n    switch \"$argv[1] $argv[2]\"\n");
    for (option, kind) in kinds() {
        let pattern = if option.starts_with('-') { format!("* {option}") } else { option };
        let _ = writeln!(out, "        case {}\n            echo {}", quoted(&pattern), quoted(&kind));
    }
    out.push_str("    end\nend\n");
    out
}

fn powershell_data() -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let mut out = String::from("$azCommunicationWords = @{\n");
    for (path, words) in words() {
        let _ = writeln!(out, "    {} = {}", quoted(path), quoted(&list(&words)));
    }
    out.push_str("}\n$azCommunicationKinds = @{\n");
    for (option, kind) in kinds() {
        let _ = writeln!(out, "    {} = {}", quoted(&option), quoted(&kind));
    }
    let commands: Vec<String> = TABLE.commands.iter().map(|command| quoted(command.path)).collect();
    let _ = writeln!(out, "}}\n$azCommunicationCommands = @({})", commands.join(", "));
    out
}
