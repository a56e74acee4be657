//! The terminal.

use std::io;
use std::os::fd::AsFd;

/// How many columns the terminal behind stdout has; `None` where there is none, or it does not say.
pub fn columns_of_stdout() -> Option<usize> {
    columns(&io::stdout())
}

/// How many columns the terminal behind stderr has; `None` where there is none, or it does not say.
pub fn columns_of_stderr() -> Option<usize> {
    columns(&io::stderr())
}

fn columns(stream: &impl AsFd) -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(stream).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}
