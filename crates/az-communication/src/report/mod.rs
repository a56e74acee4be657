//! Output of the program: errors with exit codes, lines on stderr, the log file, and the removal of secrets from them.

pub mod error;
pub mod exit_code;
pub(crate) mod json_lines;
pub mod log_file;
pub mod printer;
pub mod program;
pub mod prompt;
pub mod redact;
pub mod secrets;
pub mod stdout;
pub mod times;
