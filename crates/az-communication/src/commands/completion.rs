//! `completion SHELL`: a script that completes commands, options and values, from the one table of commands.

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
        Example { name: "fish, for good", command: "{} fish > ~/.config/fish/completions/az.fish" },
        Example { name: "PowerShell, for this session", command: "{} powershell | Out-String | Invoke-Expression" },
    ],
    run,
};

fn run(invocation: &Invocation<'_>) -> Result<Option<Value>, CliError> {
    let words = invocation.arguments.list("SHELL");
    let script = match words {
        [shell] if shell == "bash" => bash(),
        [shell] if shell == "zsh" => zsh(),
        [shell] if shell == "fish" => fish(),
        [shell] if shell == "powershell" || shell == "pwsh" => powershell(),
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

/// The paths that have words below them, each with those words.
fn groups() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut groups = vec![("", TABLE.children(""))];
    groups.extend(TABLE.groups.iter().map(|group| (group.path, TABLE.children(group.path))));
    groups
}

fn options(command: &Command) -> Vec<&'static Argument> {
    let arguments = TABLE.arguments(command).filter(|argument| argument.arity != Arity::Remainder);
    std::iter::once(&HELP).chain(arguments).collect()
}

fn long_options(command: &Command) -> String {
    let spellings = options(command).into_iter().flat_map(|argument| argument.options.iter().copied());
    spellings.collect::<Vec<_>>().join(" ")
}

/// The values of every option, by its spellings; the same option completes alike in all commands.
fn values() -> Vec<(&'static [&'static str], Completion)> {
    let mut values: Vec<(&'static [&'static str], Completion)> = Vec::new();
    for command in TABLE.commands {
        for argument in options(command) {
            if argument.completion != Completion::Nothing && !values.iter().any(|(o, _)| *o == argument.options) {
                values.push((argument.options, argument.completion));
            }
        }
    }
    values
}

fn positional(command: &Command) -> Option<&'static [&'static str]> {
    command.verb.arguments.iter().find_map(|argument| match (argument.arity, argument.completion) {
        (Arity::Remainder, Completion::Words(words)) => Some(words),
        _ => None,
    })
}

/// bash and zsh share the words; what differs is how they are handed over.
fn words_function(name: &str) -> String {
    let mut out = format!("{name}() {{\n    case $1 in\n");
    for (path, children) in groups() {
        let _ = writeln!(out, "        '{path}') echo '{}' ;;", children.join(" "));
    }
    for command in TABLE.commands {
        let mut words = long_options(command);
        if let Some(positional) = positional(command) {
            words = format!("{} {words}", positional.join(" "));
        }
        let _ = writeln!(out, "        '{}') echo '{words}' ;;", command.path);
    }
    out.push_str("    esac\n}\n\n");
    let _ = writeln!(out, "{name}_values() {{\n    case $1 in");
    for (options, completion) in values() {
        let reply = match completion {
            Completion::Words(words) => words.join(" "),
            _ => "<file>".to_owned(),
        };
        let _ = writeln!(out, "        {}) echo '{reply}' ;;", options.join("|"));
    }
    out.push_str("    esac\n}\n\n");
    // Not called `path`: that is a special variable of zsh. The path is the words up to the first option; a list option completes until the next one.
    let _ = writeln!(
        out,
        "{name}_state() {{\n    words_path=''; option=''\n    while [ $# -gt 0 ]; do\n        case $1 in\n            \
         -*) option=$1 ;;\n            *) if [ -z \"$option\" ]; then words_path=\"${{words_path:+$words_path }}$1\"; fi ;;\n        \
         esac\n        shift\n    done\n}}\n"
    );
    out
}

fn bash() -> String {
    let mut out = String::from("# bash completion for az communication\n\n");
    out.push_str(&words_function("_az_communication_words"));
    out.push_str(
        r#"_az_communication() {
    local cur=${COMP_WORDS[COMP_CWORD]} words_path option reply
    _az_communication_words_state "${COMP_WORDS[@]:1:COMP_CWORD-1}"
    COMPREPLY=()
    if [[ $cur != -* && -n $option ]]; then
        reply=$(_az_communication_words_values "$option")
        if [[ $reply == '<file>' ]]; then
            COMPREPLY=($(compgen -f -- "$cur"))
            return
        elif [[ -n $reply ]]; then
            COMPREPLY=($(compgen -W "$reply" -- "$cur"))
            return
        fi
    fi
    COMPREPLY=($(compgen -W "$(_az_communication_words "$words_path")" -- "$cur"))
}
complete -o default -F _az_communication az
"#,
    );
    out
}

fn zsh() -> String {
    let mut out = String::from("#compdef az\n# zsh completion for az communication\n\n");
    out.push_str(&words_function("_az_communication_words"));
    out.push_str(
        r#"_az_communication() {
    local words_path option reply
    _az_communication_words_state "${(@)words[2,CURRENT-1]}"
    if [[ $PREFIX != -* && -n $option ]]; then
        reply=$(_az_communication_words_values "$option")
        if [[ $reply == '<file>' ]]; then
            _files
            return
        elif [[ -n $reply ]]; then
            compadd -- ${=reply}
            return
        fi
    fi
    compadd -- ${=$(_az_communication_words "$words_path")}
}
compdef _az_communication az
"#,
    );
    out
}

fn fish() -> String {
    let mut out = String::from(
        "# fish completion for az communication\n\nfunction __az_communication_path\n    \
         set -l words (commandline -opc)\n    set -e words[1]\n    set -l path\n    for word in $words\n        \
         if string match -q -- '-*' $word\n            break\n        end\n        set -a path $word\n    end\n    \
         test \"$path\" = \"$argv\"\nend\n\n",
    );
    for (path, children) in groups() {
        let _ = writeln!(out, "complete -c az -n '__az_communication_path {path}' -f -a '{}'", children.join(" "));
    }
    for command in TABLE.commands {
        if let Some(words) = positional(command) {
            let _ = writeln!(
                out,
                "complete -c az -n '__az_communication_path {}' -f -a '{}'",
                command.path,
                words.join(" ")
            );
        }
        for argument in options(command) {
            let _ = write!(out, "complete -c az -n '__az_communication_path {}'", command.path);
            for spelling in argument.options {
                match spelling.strip_prefix("--") {
                    Some(long) => {
                        let _ = write!(out, " -l {long}");
                    }
                    None => {
                        let _ = write!(out, " -s {}", spelling.trim_start_matches('-'));
                    }
                }
            }
            match argument.completion {
                Completion::Words(words) => {
                    let _ = write!(out, " -x -a '{}'", words.join(" "));
                }
                Completion::File => out.push_str(" -r -F"),
                Completion::Nothing if argument.arity != Arity::Flag => out.push_str(" -x"),
                Completion::Nothing => out.push_str(" -f"),
            }
            let _ = writeln!(out, " -d '{}'", argument.help.replace('\'', "\\'"));
        }
    }
    out
}

fn powershell() -> String {
    let mut out = String::from("# PowerShell completion for az communication\n\n$azCommunicationWords = @{\n");
    for (path, children) in groups() {
        let _ = writeln!(out, "    '{path}' = '{}'", children.join(" "));
    }
    for command in TABLE.commands {
        let first = positional(command).map_or_else(String::new, |words| words.join(" ") + " ");
        let _ = writeln!(out, "    '{}' = '{first}{}'", command.path, long_options(command));
    }
    out.push_str("}\n$azCommunicationValues = @{\n");
    for (options, completion) in values() {
        if let Completion::Words(words) = completion {
            for option in options {
                let _ = writeln!(out, "    '{option}' = '{}'", words.join(" "));
            }
        }
    }
    out.push_str(
        r#"}
Register-ArgumentCompleter -Native -CommandName az -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $path = @(); $option = $null
    foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
        if ($element.Extent.EndOffset -ge $cursorPosition) { break }
        $word = $element.ToString()
        if ($word.StartsWith('-')) { $option = $word } elseif (-not $option) { $path += $word }
    }
    $words = $azCommunicationWords[$path -join ' ']
    if ($option -and -not $wordToComplete.StartsWith('-') -and $azCommunicationValues.ContainsKey($option)) {
        $words = $azCommunicationValues[$option]
    }
    "$words" -split ' ' | Where-Object { $_ -and $_.StartsWith($wordToComplete) } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
"#,
    );
    out
}
