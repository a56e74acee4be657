//! The terminal.

use std::io::{self, IsTerminal};

/// What terminals have at least.
const USUAL: usize = 80;

/// How many columns the terminal behind stdout has at least; `None` where there is none.
pub fn columns_of_stdout() -> Option<usize> {
    io::stdout().is_terminal().then_some(USUAL)
}

/// How many columns the terminal behind stderr has at least; `None` where there is none.
pub fn columns_of_stderr() -> Option<usize> {
    io::stderr().is_terminal().then_some(USUAL)
}
