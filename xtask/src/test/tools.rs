//! Additional tools that the tests need. `scripts/install.sh` installs them, once for each version of its lists.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::child;
use crate::error::Error;
use crate::release::command::output;

/// The places of the tools.
#[derive(Debug)]
pub struct Tools {
    /// The repository's folder.
    pub root: PathBuf,
    /// Variables for the tests: their Python, their npm packages, their root folders.
    variables: Vec<(String, String)>,
}

impl Tools {
    /// Installs missing tools.
    ///
    /// # Errors
    ///
    /// When a tool is missing that cannot be installed here. The script prints the command to type.
    pub fn install(root: &Path) -> Result<Self, Error> {
        let mut script = child::command(root, root.join("scripts/install.sh"));
        let said = output(script.stdin(Stdio::null()))?;
        Ok(Self { root: root.to_owned(), variables: variables(&said) })
    }

    /// Returns the folder that a variable names.
    ///
    /// # Errors
    ///
    /// When the script did not print it.
    pub fn folder(&self, name: &str) -> Result<PathBuf, Error> {
        let found = self.variables.iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.into())
            .ok_or_else(|| Error::new(format!("scripts/install.sh did not print {name}.")))
    }

    /// Returns a program in the repository that finds the tools.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = child::command(&self.root, program.as_ref());
        command.envs(self.variables.iter().cloned());
        command
    }

    /// Returns a command line whose words contain no blanks.
    pub fn line(&self, line: &str) -> Command {
        let mut command = child::line(&self.root, line);
        command.envs(self.variables.iter().cloned());
        command
    }
}

/// Parses lines such as `NAME=VALUE`.
fn variables(text: &str) -> Vec<(String, String)> {
    text.lines().filter_map(|line| line.split_once('=')).map(|(name, value)| (name.into(), value.into())).collect()
}

#[cfg(test)]
mod tests {
    use super::variables;

    #[test]
    fn a_value_may_have_blanks_and_equals_signs() {
        let expected = [("A".to_owned(), "/a folder/x=y".to_owned()), ("B".to_owned(), String::new())];
        assert_eq!(variables("A=/a folder/x=y\nB=\n"), expected);
    }
}
