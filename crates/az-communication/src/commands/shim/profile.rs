//! How to put a folder at the front of PATH permanently.

use std::env;
use std::path::Path;

use crate::system;
use crate::system::platform::Platform;

/// A shell, its startup file, and a line for this file.
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

/// Returns the line for the user's shell, or the line for most shells if the user's shell is unknown. Returns `None` on
/// Windows.
pub(crate) fn line(folder: &Path) -> Option<String> {
    if Platform::HERE.path_settings().is_some() {
        return None;
    }
    let profile = own().unwrap_or(&PROFILES[0]);
    Some((profile.line)(&written(folder)))
}

/// Returns instructions for the user's shell, or for each shell if the user's shell is unknown.
pub(crate) fn advice(folder: &Path) -> String {
    if let Some(settings) = Platform::HERE.path_settings() {
        return format!(
            "Put {} first in the variable Path: {settings}. The Path of the system comes before the Path of the user.",
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

/// Returns the startup file of the user's shell.
fn own() -> Option<&'static Profile> {
    let shell = env::var_os("SHELL")?;
    let name = Path::new(&shell).file_name()?;
    PROFILES.iter().find(|profile| name == profile.shell)
}

/// Formats a folder for a shell.
fn written(folder: &Path) -> String {
    let plain =
        |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+'));
    let below = system::home().and_then(|home| Some(folder.strip_prefix(home).ok()?.to_str()?.to_owned()));
    match below.filter(|below| plain(below) && !below.is_empty()) {
        Some(below) => format!("\"$HOME/{below}\""),
        None => format!("'{}'", folder.to_string_lossy().replace('\'', r"'\''")),
    }
}
