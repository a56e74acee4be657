//! `completion SHELL`: a script that completes commands, options and values, from the one table of commands. What a script
//! does stands in a file of its shell; what it knows is written here.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::{Invocation, TABLE};
use crate::cli;
use crate::cli::argparse::HELP;
use crate::cli::table::{Argument, Arity, Command, Completion, Example, Group, Verb};
use crate::error::CliError;
use crate::exit_code::ExitCode;
use crate::output;
use crate::program::Program;
use pyjmespath::Value;

/// The shells.
const SHELLS: [&str; 4] = ["bash", "fish", "powershell", "zsh"];

pub(super) const VERB: Verb = Verb {
    summary: "Print a script that completes `{communication}` in a shell.",
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
            command: "mkdir -p ~/.config/fish/completions && {} fish > ~/.config/fish/completions/{name}.fish",
        },
        Example { name: "PowerShell, for this session", command: "{} powershell | Out-String | Invoke-Expression" },
    ],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Option<Value>, CliError> {
    let words = invocation.arguments.list("SHELL");
    let script = match words {
        [shell] if shell == "bash" => script(&BASH, &posix_data()),
        [shell] if shell == "zsh" => script(&ZSH, &posix_data()),
        [shell] if shell == "fish" => script(&FISH, &fish_data()),
        [shell] if shell == "powershell" || shell == "pwsh" => script(&POWERSHELL, &powershell_data()),
        _ => {
            return Err(CliError::new(format!(
                "'{}' is not a shell that can be completed. Allowed values: {}.",
                words.join(" "),
                SHELLS.join(", ")
            ))
            .exit_code(ExitCode::Usage));
        }
    };
    output::print_line(script.trim_end())?;
    Ok(None)
}

/// What the scripts of a shell are made of.
struct Shell {
    /// What completes.
    script: &'static str,
    /// What leaves other words to the completion of the Azure CLI, which has the same name as this program then.
    former: &'static str,
    /// Says so.
    about: &'static str,
    /// Takes words away that may be left out in front of others, under a name of its own.
    shorten: &'static str,
}

const GOES_ON: &str = " Other words go on to the completion that was there before.";

const SHORTEN: &str = "
                    case $words_path in
                        communication) words_path='' ;;
                        'user-identity '*) words_path=${words_path#user-identity } ;;
                    esac";

const BASH: Shell =
    Shell { script: include_str!("bash.sh"), former: include_str!("former.sh"), about: GOES_ON, shorten: SHORTEN };

const ZSH: Shell = Shell { script: include_str!("zsh.zsh"), former: "", about: GOES_ON, shorten: SHORTEN };

const FISH: Shell = Shell {
    script: include_str!("fish.fish"),
    former: include_str!("former.fish"),
    about: " What else completes az is asked, too.",
    shorten: "
                test \"$__az_path\" = communication; and set -g __az_path ''
                set -g __az_path (string replace -r '^user-identity ' '' -- \"$__az_path\")",
};

const POWERSHELL: Shell = Shell {
    script: include_str!("powershell.ps1"),
    former: include_str!("former.ps1"),
    about: " The Azure CLI is asked about other words.",
    shorten: "
            $path = $path -replace '^communication$', '' -replace '^user-identity ', ''",
};

/// The script of a shell, for the name that this program was called by. Scripts for several names may be loaded in one shell,
/// so that their functions have names of their own.
fn script(shell: &Shell, data: &str) -> String {
    let program = Program::current();
    let name = program.name();
    let (former, about, shorten, title, id, var) = match program {
        Program::Az => (
            shell.former,
            shell.about,
            "",
            "az communication",
            "az_communication".to_owned(),
            "azCommunication".to_owned(),
        ),
        Program::Own(name) => {
            let id: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
            ("", "", shell.shorten, name.as_str(), format!("own_{id}"), format!("own_{id}_"))
        }
    };
    let fixed = [("{{former}}", former), ("{{data}}", data.trim_end()), ("{{about}}", about), ("{{shorten}}", shorten)];
    let named = [("{{title}}", title), ("{{name}}", name), ("{{id}}", &id), ("{{var}}", &var)];
    fixed.iter().chain(&named).fold(shell.script.to_owned(), |script, (mark, text)| script.replace(mark, text))
}

/// The paths that have words below them: as they are typed, and whole. The first one is this program itself.
fn groups() -> Vec<(&'static str, &'static str)> {
    let typed = |group: &'static Group| (Program::current().words(group.path), group.path);
    let below = TABLE.groups.iter().map(typed).filter(|(typed, _)| !typed.is_empty());
    std::iter::once(("", "")).chain(below).collect()
}

/// The commands, as they are typed.
fn commands() -> Vec<&'static str> {
    TABLE.commands.iter().map(typed).collect()
}

fn typed(command: &'static Command) -> &'static str {
    Program::current().words(command.path)
}

/// The paths of which the Azure CLI knows more.
fn shared() -> Vec<&'static str> {
    if !Program::current().is_az() {
        return Vec::new();
    }
    let shared = TABLE.groups.iter().filter(|group| group.shared).map(|group| group.path);
    std::iter::once("").chain(shared).collect()
}

/// The commands behind which another command follows.
fn runners() -> Vec<&'static str> {
    let runs = |command: &&Command| {
        let mut arguments = command.verb.arguments.iter();
        positional(command).is_none() && arguments.any(|argument| argument.arity == Arity::Remainder)
    };
    TABLE.commands.iter().filter(runs).map(typed).collect()
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

/// A word, with a description where there is one.
type Word = (&'static str, Cow<'static, str>);

/// What may follow each path.
fn words() -> Vec<(&'static str, Vec<Word>)> {
    let mut words = Vec::new();
    let described = |argument: &'static Argument| argument.options.iter().map(|option| (*option, argument.help.into()));
    for (typed, path) in groups() {
        let summary = |(word, path): (&'static str, String)| {
            let group = TABLE.group(&path).map(|group| group.summary);
            let summary = TABLE.command(&path).map_or(group.unwrap_or_default(), |command| command.verb.summary);
            (word, Program::current().text(summary, &path))
        };
        let below = cli::children(&TABLE, path).into_iter().map(summary);
        words.push((typed, below.chain(described(&HELP).rev()).collect()));
    }
    for command in TABLE.commands {
        let values = positional(command).unwrap_or_default().iter().map(|word| (*word, "".into()));
        words.push((typed(command), values.chain(options(command).into_iter().flat_map(described)).collect()));
    }
    words
}

fn list(words: &[Word]) -> String {
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
                let used = (typed(command), kind(argument));
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
        let _ = writeln!(out, "# {what}\n_{{{{id}}}}_{name}() {{ # PATH");
        if !paths.is_empty() {
            let _ = writeln!(out, "    case $1 in\n        {}) return 0 ;;\n    esac", paths.join(" | "));
        }
        out.push_str("    return 1\n}\n\n");
    };
    let ours: Vec<&str> = words().iter().map(|(path, _)| *path).collect();
    let commands = commands();
    yes_for("is_ours", "Whether we know what follows these words.", &ours);
    yes_for("is_shared", "Whether the Azure CLI may know more words that follow.", &shared());
    yes_for("is_command", "Whether these words are a command.", &commands);
    yes_for("runs", "Whether another command follows.", &runners());
    out.push_str("# What may follow these words.\n_{{id}}_words() { # PATH\n    case $1 in\n");
    for (path, words) in words() {
        let _ = writeln!(out, "        '{path}') echo '{}' ;;", list(&words));
    }
    out.push_str(
        "    esac\n}\n\n# What follows an option: a flag has no value, others one or many, of these words or anything.\n\
         _{{id}}_kind() { # PATH OPTION\n    case \"$1 $2\" in\n",
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
        let _ = writeln!(out, "function __{{{{id}}}}_{name}\n    contains -- \"$argv[1]\" {}\nend\n", paths.join(" "));
    };
    let ours: Vec<&str> = words().iter().map(|(path, _)| *path).collect();
    let commands = commands();
    yes_for("is_ours", &ours);
    yes_for("is_command", &commands);
    yes_for("runs", &runners());
    out.push_str("function __{{id}}_words\n    switch \"$argv[1]\"\n");
    for (path, words) in words() {
        let _ = writeln!(out, "        case {}", quoted(path));
        for (word, description) in words {
            let description = description.lines().next().unwrap_or_default();
            let _ = writeln!(out, "            printf '%s\\t%s\\n' {} {}", quoted(word), quoted(description));
        }
    }
    out.push_str("    end\nend\n\nfunction __{{id}}_kind\n    switch \"$argv[1] $argv[2]\"\n");
    for (option, kind) in kinds() {
        let pattern = if option.starts_with('-') { format!("* {option}") } else { option };
        let _ = writeln!(out, "        case {}\n            echo {}", quoted(&pattern), quoted(&kind));
    }
    out.push_str("    end\nend\n");
    out
}

fn powershell_data() -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let mut out = String::from("${{var}}Words = @{\n");
    for (path, words) in words() {
        let _ = writeln!(out, "    {} = {}", quoted(path), quoted(&list(&words)));
    }
    out.push_str("}\n${{var}}Kinds = @{\n");
    for (option, kind) in kinds() {
        let _ = writeln!(out, "    {} = {}", quoted(&option), quoted(&kind));
    }
    let commands: Vec<String> = commands().into_iter().map(quoted).collect();
    let _ = writeln!(out, "}}\n${{{{var}}}}Commands = @({})", commands.join(", "));
    out
}
