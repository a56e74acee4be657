//! The name that was used to start this program. It decides whether the program is `az` or a program of its own
//! (docs/decisions/program-name.md).

use std::borrow::Cow;
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::sync::OnceLock;

/// The name of the package. It is also shown if the name of the program cannot be shown.
pub const OWN_NAME: &str = env!("CARGO_PKG_NAME");

/// The first argument from a shim that is a script. A script cannot choose the name that it calls a program by.
pub const AS_AZ: &str = "--as-az";

/// The maximum length of a name that messages show, in bytes.
const LONGEST: usize = 64;

/// The program that this process acts as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// `az`. It hands commands that it lacks over to the real `az`.
    Az,
    /// A program with its own name. It also accepts the short command paths and hands nothing over.
    Own(String),
}

static CURRENT: OnceLock<Program> = OnceLock::new();
static AZ: Program = Program::Az;

impl Program {
    /// Returns the program that this process acts as.
    pub fn current() -> &'static Self {
        CURRENT.get().unwrap_or(&AZ)
    }

    /// Reads the name from the arguments of this process. Must be called once. Returns the arguments after the name.
    pub fn take(words: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
        let mut words = words.into_iter();
        let mut program = Self::called(words.next().as_deref());
        let mut words: Vec<OsString> = words.collect();
        if program != Self::Az && words.first().is_some_and(|word| word == AS_AZ) {
            words.remove(0);
            program = Self::Az;
        }
        // The name is set only once, because only `main` calls this function.
        let _ = CURRENT.set(program);
        words
    }

    /// Returns the program with this name. Uses the name of the program's file if the name is missing or empty.
    fn called(name: Option<&OsStr>) -> Self {
        let of_path = |path: PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
        let given = name.and_then(|name| of_path(name.into()));
        let name = given.or_else(|| env::current_exe().ok().and_then(of_path)).unwrap_or_default();
        // Linux adds this suffix if the file was removed in the meantime.
        let name = name.strip_suffix(" (deleted)").unwrap_or(&name);
        let stem = match name.len().checked_sub(4).and_then(|at| name.split_at_checked(at)) {
            Some((stem, end)) if end.eq_ignore_ascii_case(".exe") => stem,
            _ => name,
        };
        if stem.eq_ignore_ascii_case("az") {
            return Self::Az;
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'+');
        let is_shown = stem.len() <= LONGEST
            && stem.starts_with(|first: char| first.is_ascii_alphanumeric())
            && stem.bytes().all(is_plain);
        Self::Own(if is_shown { stem } else { OWN_NAME }.to_owned())
    }

    /// Checks whether it is `az`.
    pub fn is_az(&self) -> bool {
        *self == Self::Az
    }

    /// Returns the name of the program.
    pub fn name(&self) -> &str {
        match self {
            Self::Az => "az",
            Self::Own(name) => name,
        }
    }

    /// Returns the name of this program in messages. Because there may be another `az`, it is "this az".
    pub fn this(&self) -> &str {
        match self {
            Self::Az => "this az",
            Self::Own(name) => name,
        }
    }

    /// Returns the same name for the start of a sentence.
    pub fn this_at_start(&self) -> &str {
        match self {
            Self::Az => "This az",
            Self::Own(name) => name,
        }
    }

    /// Returns the words of a command or group after the program's name, as a user types them. A program with its own
    /// name uses as few words as possible.
    pub fn words<'p>(&self, path: &'p str) -> &'p str {
        if self.is_az() {
            return path;
        }
        let below = match path.strip_prefix("communication") {
            Some("") => return "",
            Some(rest) => rest.strip_prefix(' ').unwrap_or(path),
            None => path,
        };
        below.strip_prefix("user-identity ").unwrap_or(below)
    }

    /// Returns a command line: the program's name and the words of a command or group.
    pub fn command(&self, path: &str) -> String {
        match self.words(path) {
            "" => self.name().to_owned(),
            words => format!("{} {words}", self.name()),
        }
    }

    /// Fills in a text that names commands. `{communication doctor}` becomes the command line of that command, `{}` the
    /// command line of the command `path`, `{name}` the name of the program, and `{this}` its name in messages.
    pub fn text<'t>(&self, template: &'t str, path: &str) -> Cow<'t, str> {
        let mut parts = template.split('{');
        let Some(first) = parts.next().filter(|first| first.len() < template.len()) else {
            return template.into();
        };
        let mut text = first.to_owned();
        for part in parts {
            match part.split_once('}') {
                Some(("", rest)) => text.extend([self.command(path).as_str(), rest]),
                Some(("name", rest)) => text.extend([self.name(), rest]),
                Some(("this", rest)) => text.extend([self.this(), rest]),
                Some((named, rest)) if named.starts_with("communication") => {
                    text.extend([self.command(named).as_str(), rest]);
                }
                _ => text.extend(["{", part]),
            }
        }
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(name: &str) -> Program {
        Program::called(Some(OsStr::new(name)))
    }

    fn own(name: &str) -> Program {
        Program::Own(name.to_owned())
    }

    #[test]
    fn the_name_is_the_name_of_the_file_that_was_called() {
        for name in ["az", "/usr/bin/az", "./az", "az.exe", "/opt/AZ.EXE"] {
            assert_eq!(called(name), Program::Az, "{name}");
        }
        assert_eq!(called("az-communication"), own("az-communication"));
        assert_eq!(called("/usr/bin/acs.exe"), own("acs"));
        assert_eq!(called("az-communication-0.1.0"), own("az-communication-0.1.0"));
    }

    #[test]
    fn a_missing_name_is_replaced_by_the_name_of_the_programs_file() {
        let own_file = called(env::current_exe().unwrap().to_str().unwrap());
        assert_eq!(Program::called(None), own_file);
        assert_eq!(called(""), own_file);
    }

    #[test]
    fn a_name_that_cannot_be_typed_is_not_shown() {
        for name in ["a z", "-az", "\u{1b}[31m", "é", &"x".repeat(65)] {
            assert_eq!(called(name), own(OWN_NAME), "{name}");
        }
    }

    #[test]
    fn a_program_with_its_own_name_uses_short_commands() {
        let of = |path| own("acs").command(path);
        assert_eq!(of("communication"), "acs");
        assert_eq!(of("communication emulator start"), "acs emulator start");
        assert_eq!(of("communication user-identity"), "acs user-identity");
        assert_eq!(of("communication user-identity token issue"), "acs token issue");
        assert_eq!(of("communication identity token issue"), "acs identity token issue");
        assert_eq!(of("version"), "acs version");
        assert_eq!(Program::Az.command("communication doctor"), "az communication doctor");
    }

    #[test]
    fn placeholders_in_texts_become_commands() {
        let template = "{} x {communication doctor} y {name} {z} {";
        assert_eq!(own("acs").text(template, "communication identity"), "acs identity x acs doctor y acs {z} {");
        assert_eq!(Program::Az.text(template, "version"), "az version x az communication doctor y az {z} {");
        assert!(matches!(Program::Az.text("plain", ""), Cow::Borrowed("plain")));
    }
}
