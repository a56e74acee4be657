//! Additional tools that the tests need. `scripts/install.sh` installs them, once for each version of its lists.

use std::cell::{OnceCell, RefCell};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::{self, JoinHandle};

use super::ignored::Beside;
use super::postgres::Server;
use crate::child;
use crate::error::Error;
use crate::release::command::output;

/// The tools. They are installed while the first steps run, which need none of them.
#[derive(Debug)]
pub struct Tools {
    /// The repository's folder.
    pub root: PathBuf,
    /// The script that installs them. `None` once it has ended.
    script: RefCell<Option<JoinHandle<Result<String, Error>>>>,
    /// Variables for the tests: their Python, their npm packages, their root folders.
    variables: OnceCell<Vec<(String, String)>>,
    /// The server for the tests of the store in PostgreSQL.
    postgres: OnceCell<Server>,
    /// Tests that run beside the steps.
    pub beside: RefCell<Option<Beside>>,
}

impl Tools {
    /// Begins to install missing tools.
    pub fn install(root: &Path) -> Self {
        let mut script = child::command(root, root.join("scripts/install.sh"));
        let script = thread::spawn(move || output(script.stdin(Stdio::null())));
        Self {
            root: root.to_owned(),
            script: RefCell::new(Some(script)),
            variables: OnceCell::new(),
            postgres: OnceCell::new(),
            beside: RefCell::default(),
        }
    }

    /// Waits until the tools are installed.
    ///
    /// # Errors
    ///
    /// When a tool is missing that cannot be installed here. The script prints the command to type.
    pub fn wait(&self) -> Result<(), Error> {
        let Some(script) = self.script.borrow_mut().take() else { return Ok(()) };
        let said = script.join().map_err(|_| Error::new("scripts/install.sh was not run to its end."))??;
        // Nobody else sets them, because the script is there only once.
        let _ = self.variables.set(variables(&said));
        Ok(())
    }

    /// Returns the folder that a variable names.
    ///
    /// # Errors
    ///
    /// When the script did not print it.
    pub fn folder(&self, name: &str) -> Result<PathBuf, Error> {
        let found = self.installed().iter().find(|(known, _)| known == name);
        found
            .map(|(_, value)| value.into())
            .ok_or_else(|| Error::new(format!("scripts/install.sh did not print {name}.")))
    }

    /// Returns a program in the repository that finds the installed tools.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = child::command(&self.root, program.as_ref());
        command.envs(self.installed().iter().cloned());
        command
    }

    /// Returns a command line whose words contain no blanks.
    pub fn line(&self, line: &str) -> Command {
        let mut command = child::line(&self.root, line);
        command.envs(self.installed().iter().cloned());
        command
    }

    /// Lets a command find a PostgreSQL server, which runs until all steps have ended.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub fn with_postgres(&self, command: &mut Command) -> Result<(), Error> {
        if self.postgres.get().is_none() {
            // Nobody else sets it, because the steps run one after the other.
            let _ = self.postgres.set(Server::start()?);
        }
        self.postgres.get().into_iter().for_each(|server| server.tell(command));
        Ok(())
    }

    /// Returns the variables. There are none before [`Self::wait`].
    fn installed(&self) -> &[(String, String)] {
        self.variables.get().map_or(&[], Vec::as_slice)
    }
}

impl Drop for Tools {
    /// Lets the script end if an early step has failed, so that it does not go on without anybody who knows of it.
    fn drop(&mut self) {
        let _ = self.wait();
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
