//! How a folder gets to the front of PATH for good.

use std::env;
use std::path::Path;

use crate::system;
use crate::system::platform::Platform;

/// A shell, the file that it reads at its start, and a line for it.
struct Profile {
    shell: &'static str,
    file: &'static str,
    line: fn(&str) -> String,
}

const PROFILES: [Profile; 3] = [
    Profile { shell: "bash", file: "~/.bashrc", line: posix },
    Profile { shell: "zsh", file: "~/.zshrc", line: posix },
    Profile { shell: "fish", file: "~/.config/fish/config.fish", line: fish },
];

fn posix(folder: &str) -> String {
    format!("export PATH={folder}:\"$PATH\"")
}

fn fish(folder: &str) -> String {
    format!("fish_add_path --path --move {folder}")
}

/// The line for the user's shell; without a known one, that for most shells. On Windows there is none.
pub(crate) fn line(folder: &Path) -> Option<String> {
    if Platform::HERE.path_settings().is_some() {
        return None;
    }
    let profile = own().unwrap_or(&PROFILES[0]);
    Some((profile.line)(&written(folder)))
}

/// What to do, in words: for the user's shell, or for each.
pub(crate) fn advice(folder: &Path) -> String {
    if let Some(settings) = Platform::HERE.path_settings() {
        return format!(
            "Put {} first in the variable Path: {settings}. What stands in the Path of the system comes before that of the \
             user.",
            folder.display()
        );
    }
    let folder = written(folder);
    let mut lines = Vec::new();
    for profile in PROFILES.iter().filter(|profile| own().is_none_or(|own| own.shell == profile.shell)) {
        lines.push(format!(
            "Add this line at the end of {}, for {}:\n  {}",
            profile.file,
            profile.shell,
            (profile.line)(&folder)
        ));
    }
    lines.join("\n")
}

/// What the user's shell reads.
fn own() -> Option<&'static Profile> {
    let shell = env::var_os("SHELL")?;
    let name = Path::new(&shell).file_name()?;
    PROFILES.iter().find(|profile| name == profile.shell)
}

/// A folder as it is written in a shell.
fn written(folder: &Path) -> String {
    let plain =
        |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+'));
    let below = system::home().and_then(|home| Some(folder.strip_prefix(home).ok()?.to_str()?.to_owned()));
    match below.filter(|below| plain(below) && !below.is_empty()) {
        Some(below) => format!("\"$HOME/{below}\""),
        None => format!("'{}'", folder.to_string_lossy().replace('\'', r"'\''")),
    }
}
