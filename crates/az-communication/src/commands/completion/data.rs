//! The data of the completion scripts: functions that return the possible next words, in the language of each shell.

use std::fmt::Write as _;

use crate::commands::completion::offered::{Offered, list};

/// Returns the functions that bash and zsh share.
pub(crate) fn posix_data(offered: &Offered) -> String {
    let mut out = String::new();
    let mut yes_for = |name: &str, what: &str, paths: &[&str]| {
        let paths: Vec<String> = paths.iter().map(|path| format!("'{path}'")).collect();
        let _ = writeln!(out, "# {what}\n_{{{{id}}}}_{name}() {{ # PATH");
        if !paths.is_empty() {
            let _ = writeln!(out, "    case $1 in\n        {}) return 0 ;;\n    esac", paths.join(" | "));
        }
        out.push_str("    return 1\n}\n\n");
    };
    let ours: Vec<&str> = offered.words().iter().map(|(path, _)| *path).collect();
    let commands = offered.commands();
    yes_for("is_ours", "Whether the next words are known.", &ours);
    yes_for("is_shared", "Whether the Azure CLI may have more words.", &offered.shared());
    yes_for("is_command", "Whether these words are a command.", &commands);
    yes_for("runs", "Whether another command follows.", &offered.runners());
    out.push_str("# The words that may follow these words.\n_{{id}}_words() { # PATH\n    case $1 in\n");
    for (path, words) in offered.words() {
        let _ = writeln!(out, "        '{path}') echo '{}' ;;", list(&words));
    }
    out.push_str(
        "    esac\n}\n\n# The values of an option: none (flag), one or many, and either these words or \
         anything.\n_{{id}}_kind() { # PATH OPTION\n    case \"$1 $2\" in\n",
    );
    for (option, kind) in offered.kinds() {
        let pattern = if option.starts_with('-') { format!("*' {option}'") } else { format!("'{option}'") };
        let _ = writeln!(out, "        {pattern}) echo '{kind}' ;;");
    }
    out.push_str("    esac\n}\n\n");
    out.push_str(include_str!("state.sh"));
    out
}

pub(crate) fn fish_data(offered: &Offered) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    let mut out = String::new();
    let mut yes_for = |name: &str, paths: &[&str]| {
        let paths: Vec<String> = paths.iter().map(|path| quoted(path)).collect();
        let _ = writeln!(out, "function __{{{{id}}}}_{name}\n    contains -- \"$argv[1]\" {}\nend\n", paths.join(" "));
    };
    let ours: Vec<&str> = offered.words().iter().map(|(path, _)| *path).collect();
    let commands = offered.commands();
    yes_for("is_ours", &ours);
    yes_for("is_command", &commands);
    yes_for("runs", &offered.runners());
    out.push_str("function __{{id}}_words\n    switch \"$argv[1]\"\n");
    for (path, words) in offered.words() {
        let _ = writeln!(out, "        case {}", quoted(path));
        for (word, description) in words {
            let description = description.lines().next().unwrap_or_default();
            let _ = writeln!(out, "            printf '%s\\t%s\\n' {} {}", quoted(word), quoted(description));
        }
    }
    out.push_str("    end\nend\n\nfunction __{{id}}_kind\n    switch \"$argv[1] $argv[2]\"\n");
    for (option, kind) in offered.kinds() {
        let pattern = if option.starts_with('-') { format!("* {option}") } else { option };
        let _ = writeln!(out, "        case {}\n            echo {}", quoted(&pattern), quoted(&kind));
    }
    out.push_str("    end\nend\n");
    out
}

pub(crate) fn powershell_data(offered: &Offered) -> String {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let mut out = String::from("${{var}}Words = @{\n");
    for (path, words) in offered.words() {
        let _ = writeln!(out, "    {} = {}", quoted(path), quoted(&list(&words)));
    }
    out.push_str("}\n${{var}}Kinds = @{\n");
    for (option, kind) in offered.kinds() {
        let _ = writeln!(out, "    {} = {}", quoted(&option), quoted(&kind));
    }
    let commands: Vec<String> = offered.commands().into_iter().map(quoted).collect();
    let _ = writeln!(out, "}}\n${{{{var}}}}Commands = @({})", commands.join(", "));
    out
}
