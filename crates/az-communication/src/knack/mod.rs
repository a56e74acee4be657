//! The command line: the grammar of argparse as the reference uses it, its errors, and its help pages.

pub mod argument;
pub mod arguments;
pub mod command_table;
pub mod config;
pub mod file_arguments;
pub mod globals;
pub mod grammar;
pub mod help;
pub mod invocation;
pub mod json_value;
pub mod outcome;
pub mod output;
pub mod pasted;
pub mod rendering;
pub mod subscription;
pub mod usage_error;
pub mod values;
pub mod variables;

pub use file_arguments::expand as expand_file_arguments;
pub use grammar::argparse::{Parsed, ParsedCommand, leads_elsewhere, parse, parse_short};
pub use help::{command_help, group_addition, group_help};
