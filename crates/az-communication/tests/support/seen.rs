//! The exit code and the output of a command, as one text for a snapshot.

use std::fmt;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::Folder;

/// A part of the warning about preview groups. One test checks it, and all others leave it out.
const PREVIEW: &str = "is in preview and under development";

/// The exit code and the output of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub code: Option<i32>,
    pub stdout: String,
    /// The text without the warning about preview groups.
    pub stderr: String,
}

impl Seen {
    /// Returns the result, which must be JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Replaces a text that differs from run to run by a name.
    #[must_use]
    pub fn hiding(self, text: impl fmt::Display, name: &str) -> Self {
        let text = text.to_string();
        Self { code: self.code, stdout: self.stdout.replace(&text, name), stderr: self.stderr.replace(&text, name) }
    }

    /// Replaces the path of that folder by `HOME`.
    #[must_use]
    pub fn hiding_home(self, home: &Folder) -> Self {
        self.hiding(home.path().display(), "HOME")
    }

    /// Replaces raw ids, tokens and times by names.
    #[must_use]
    pub fn hiding_ids(self) -> Self {
        Self { code: self.code, stdout: without_ids(&self.stdout), stderr: without_ids(&self.stderr) }
    }

    /// Removes the lines of stderr that contain this text.
    #[must_use]
    pub fn without_lines(self, text: &str) -> Self {
        let lines = self.stderr.lines().filter(|line| !line.contains(text));
        Self { stderr: lines.map(|line| format!("{line}\n")).collect(), ..self }
    }
}

/// Shows the exit code, and each stream that is not empty.
impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => writeln!(f, "exit {code}")?,
            None => writeln!(f, "ended by a signal")?,
        }
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                writeln!(f, "--- {name}\n{}", text.strip_suffix('\n').unwrap_or(text))?;
            }
        }
        Ok(())
    }
}

/// Runs a command without a terminal.
pub fn run(command: &mut Command) -> Seen {
    seen(command.stdin(Stdio::null()).output().unwrap())
}

/// Runs a command that reads this text from a pipe.
pub fn run_reading(command: &mut Command, stdin: &[u8]) -> Seen {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that does not read stdin may end before.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    seen(child.wait_with_output().unwrap())
}

/// Converts the output of a command that has ended.
pub fn seen(output: Output) -> Seen {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let stderr = text(output.stderr);
    let lines = stderr.split_inclusive('\n').filter(|line| !line.contains(PREVIEW));
    Seen { code: output.status.code(), stdout: text(output.stdout), stderr: lines.collect() }
}

/// Returns the outputs for all items, each with its name.
pub fn each<T: AsRef<str>>(items: impl IntoIterator<Item = T>, mut shows: impl FnMut(&str) -> Seen) -> String {
    let one = |item: T| {
        let item = item.as_ref();
        // Line breaks, a byte order mark and an empty word at the end would be invisible.
        let is_hidden = |c: char| c.is_control() || c == '\u{feff}';
        let name: String =
            item.chars().map(|c| if is_hidden(c) { c.escape_default().to_string() } else { c.to_string() }).collect();
        let end = if name.is_empty() || name.ends_with(' ') { "''" } else { "" };
        format!("> {name}{end}\n{}\n", shows(item))
    };
    items.into_iter().map(one).collect()
}

/// Returns the text with `USER` in place of each raw id of the emulator, `TOKEN` of each token and `TIME` of each time.
pub fn without_ids(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let begins_word = !result.ends_with(|c: char| c.is_ascii_alphanumeric());
        let (length, name) = match () {
            () if rest.starts_with("8:acs:") => {
                (6 + run_of(&rest[6..], |c| c.is_ascii_hexdigit() || "-_".contains(c)), "USER")
            }
            () if rest.starts_with("eyJ") => {
                (run_of(rest, |c| c.is_ascii_alphanumeric() || "-_.".contains(c)), "TOKEN")
            }
            () if begins_word && is_time(rest) => {
                (run_of(rest, |c| c.is_ascii_digit() || "-:.+TZ".contains(c)), "TIME")
            }
            () => (0, ""),
        };
        // A short token was written by a test.
        if length > 18 {
            result.push_str(name);
            rest = &rest[length..];
        } else {
            result.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    result
}

/// Returns how many bytes at the start are such characters.
fn run_of(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

/// Checks whether a text begins with a date and a time of these years.
fn is_time(text: &str) -> bool {
    text.starts_with("20") && text.as_bytes().get(4) == Some(&b'-') && text.as_bytes().get(10) == Some(&b'T')
}
