//! Limits of the system that a process meets, in words.

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

/// Adds the advice about a limit to an error, where it was one.
pub fn explain(described: CliError, error: &io::Error) -> CliError {
    match advice(error) {
        Some(advice) => described.hint(advice),
        None => described,
    }
}
