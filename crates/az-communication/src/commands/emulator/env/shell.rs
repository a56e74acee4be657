//! The syntax in which shells and programs read variables.

use std::ffi::OsStr;
use std::path::Path;

use crate::system::platform::Platform;

/// A syntax.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shell {
    /// bash, and all shells with the syntax of POSIX.
    Bash,
    Fish,
    /// PowerShell.
    Pwsh,
    Json,
    /// A file of lines `NAME=VALUE`, as docker compose and the libraries with the name dotenv read it.
    Dotenv,
}

impl Shell {
    pub(crate) const NAMES: [&str; 7] = ["bash", "zsh", "sh", "fish", "powershell", "json", "dotenv"];

    /// The syntaxes of these names.
    const ALL: [Self; 7] = [Self::Bash, Self::Bash, Self::Bash, Self::Fish, Self::Pwsh, Self::Json, Self::Dotenv];

    /// Returns the syntax with this name.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().zip(Self::NAMES).find(|(_, known)| *known == name).map(|(shell, _)| shell)
    }

    /// Returns the syntax of the user's shell, whose path is the value of `SHELL`.
    pub(crate) fn of_environment(shell: Option<&OsStr>) -> Self {
        let name = shell.and_then(|path| Path::new(path).file_stem()).and_then(OsStr::to_str);
        match name {
            Some("fish") => Self::Fish,
            Some("pwsh" | "powershell") => Self::Pwsh,
            None if Platform::HERE == Platform::Windows => Self::Pwsh,
            _ => Self::Bash,
        }
    }

    /// Returns the line that sets a variable.
    pub(crate) fn line(self, name: &str, value: &str) -> String {
        match self {
            Self::Bash => Platform::Linux.export(name, value),
            Self::Fish => format!("set -gx {name} '{}'", value.replace('\\', r"\\").replace('\'', r"\'")),
            Self::Pwsh => format!("$env:{name} = '{}'", doubled(value)),
            Self::Json => format!("{}: {}", serde_json::json!(name), serde_json::json!(value)),
            Self::Dotenv => format!("{name}={}", of_dotenv(value)),
        }
    }
}

/// Doubles the quotes. PowerShell also takes typographic quotes for quotes.
fn doubled(value: &str) -> String {
    let is_quote = |c: char| matches!(c, '\'' | '\u{2018}'..='\u{201b}');
    value.chars().flat_map(|c| std::iter::repeat_n(c, if is_quote(c) { 2 } else { 1 })).collect()
}

/// Returns a value for a file of variables. Between single quotes, nothing is expanded. A value with such a quote is
/// written between double quotes.
fn of_dotenv(value: &str) -> String {
    if !value.contains(['\'', '\n', '\r']) {
        return format!("'{value}'");
    }
    let mut quoted = String::from('"');
    for c in value.chars() {
        match c {
            '"' | '\\' | '$' | '`' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_syntax_quotes_what_it_would_change() {
        let value = "it's \\ \"$HOME\" `x`; # \u{2019}";
        let lines = Shell::ALL.map(|shell| shell.line("NAME", value));
        insta::assert_snapshot!(lines.join("\n"), @r#"
        export NAME='it'\''s \ "$HOME" `x`; # ’'
        export NAME='it'\''s \ "$HOME" `x`; # ’'
        export NAME='it'\''s \ "$HOME" `x`; # ’'
        set -gx NAME 'it\'s \\ "$HOME" `x`; # ’'
        $env:NAME = 'it''s \ "$HOME" `x`; # ’’'
        "NAME": "it's \\ \"$HOME\" `x`; # ’"
        NAME="it's \\ \"\$HOME\" \`x\`; # ’"
        "#);
        assert_eq!(Shell::Dotenv.line("NAME", "a=b;c d"), "NAME='a=b;c d'");
    }

    #[test]
    fn the_syntax_is_that_of_the_shell() {
        for (shell, expected) in [
            (Some("/bin/bash"), Shell::Bash),
            (Some("/usr/bin/zsh"), Shell::Bash),
            (Some("/usr/bin/fish"), Shell::Fish),
            (Some("/opt/microsoft/powershell/7/pwsh"), Shell::Pwsh),
            (Some(""), Shell::Bash),
        ] {
            assert_eq!(Shell::of_environment(shell.map(OsStr::new)), expected, "{shell:?}");
        }
        for (name, shell) in Shell::NAMES.into_iter().zip(Shell::ALL) {
            assert_eq!(Shell::of_name(name), Some(shell));
        }
    }
}
