//! Limits of the system that a process meets, in words.

use std::fs::File;
use std::io;

use crate::error::CliError;

/// What to do where an error says that a limit was reached.
pub fn advice(error: &io::Error) -> Option<&'static str> {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        match Errno::from_io_error(error)? {
            Errno::MFILE => Some("This process may open no more files. Raise the limit: ulimit -n 1024"),
            Errno::NFILE => Some("This machine has too many open files. End other programs, or raise fs.file-max."),
            Errno::AGAIN => Some(
                "This user or container may not start more processes or threads. Raise the limit: ulimit -u, or that of \
                 the container: --pids-limit",
            ),
            Errno::NOMEM => Some(
                "There is not enough memory for it. Raise the limit: ulimit -v, or that of the container: --memory",
            ),
            Errno::NOSPC | Errno::DQUOT => Some("The disk is full. Remove what is not needed, or name another folder."),
            _ => None,
        }
    }
    #[cfg(not(unix))]
    {
        let _ = error;
        None
    }
}

/// The error of a process that may not open another file now. For error paths, where files that could not be opened were left
/// out.
pub fn of_files() -> Option<io::Error> {
    File::open("/dev/null").err().filter(is_of_files)
}

/// Whether a process may open so many more files. For what ends with a panic in the middle of it.
///
/// # Errors
///
/// Why it may not.
pub fn room_for_files(count: usize) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match (0..count).map(|_| File::open("/dev/null")).collect::<io::Result<Vec<_>>>() {
        Err(error) if is_of_files(&error) => Err(error),
        _ => Ok(()),
    }
}

/// Whether the process, or the machine, has too many open files.
pub fn is_of_files(error: &io::Error) -> bool {
    #[cfg(unix)]
    return matches!(
        rustix::io::Errno::from_io_error(error),
        Some(rustix::io::Errno::MFILE | rustix::io::Errno::NFILE)
    );
    #[cfg(not(unix))]
    {
        let _ = error;
        false
    }
}

/// Adds the advice about a limit to an error, where it was one.
pub fn explain(described: CliError, error: &io::Error) -> CliError {
    match advice(error) {
        Some(advice) => described.hint(advice),
        None => described,
    }
}
