//! The terminal.

use std::io::{self, IsTerminal};

/// The minimum width of a usual terminal.
const USUAL: usize = 80;

/// Returns the minimum number of columns of stdout's terminal, or `None` if stdout is not a terminal.
pub fn columns_of_stdout() -> Option<usize> {
    io::stdout().is_terminal().then_some(USUAL)
}

/// Returns the minimum number of columns of stderr's terminal, or `None` if stderr is not a terminal.
pub fn columns_of_stderr() -> Option<usize> {
    io::stderr().is_terminal().then_some(USUAL)
}
