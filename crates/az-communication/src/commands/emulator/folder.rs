//! The folder for the files of one run.

use std::env;
use std::fs;
use std::path::PathBuf;

use crate::error::CliError;

/// A folder for the files of one run, for its owner only; gone when the run ends.
pub(super) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    pub(super) fn new() -> Result<Self, CliError> {
        let parent = env::temp_dir();
        let fail = |error: std::io::Error| CliError::new(format!("{} cannot be used: {error}.", parent.display()));
        for attempt in 0..1000 {
            let path = parent.join(format!("az-communication-emulator-{}-{attempt}", std::process::id()));
            let mut builder = fs::DirBuilder::new();
            #[cfg(unix)]
            {
                use std::os::unix::fs::DirBuilderExt as _;
                builder.mode(0o700);
            }
            match builder.create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(fail(error)),
            }
        }
        Err(fail(std::io::ErrorKind::AlreadyExists.into()))
    }

    /// Writes a file into it.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<PathBuf, CliError> {
        let path = self.0.join(name);
        fs::write(&path, content)
            .map_err(|error| CliError::new(format!("{} cannot be written: {error}.", path.display())))?;
        Ok(path)
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
