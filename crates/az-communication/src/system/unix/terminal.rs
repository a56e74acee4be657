//! The terminal.

use std::io;
use std::os::fd::AsFd;

/// Returns the number of columns of stdout's terminal. Returns `None` if stdout is not a terminal or the width is not
/// known.
pub fn columns_of_stdout() -> Option<usize> {
    columns(&io::stdout())
}

/// Returns the number of columns of stderr's terminal. Returns `None` if stderr is not a terminal or the width is not
/// known.
pub fn columns_of_stderr() -> Option<usize> {
    columns(&io::stderr())
}

fn columns(stream: &impl AsFd) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(stream).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}
