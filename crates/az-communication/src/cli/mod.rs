//! The command line: argparse's grammar as the reference uses it, its errors, and its help pages.

pub mod argparse;
mod classify;
mod difflib;
mod examples;
mod file_arguments;
mod help;
mod loaded;
mod no_list;
mod no_stop;
mod problem;
mod short;
pub mod table;
mod text_wrap;
mod usage_error;

pub(crate) use difflib::closest;
pub(crate) use text_wrap::fill as wrap;

pub use argparse::{Arguments, Outcome, Parsed, leads_elsewhere, parse, parse_short};
pub use file_arguments::{expand as expand_file_arguments, unreadable as unreadable_file};
pub(crate) use help::{arguments_of_help, need, values_note};
pub use help::{command_help, group_addition, group_help};
pub use problem::Problem;
pub use short::children;
pub(crate) use short::{COMMUNICATION, SUMMARY as PROGRAM_SUMMARY, USER_IDENTITY};
pub use usage_error::{QUERY_REFERENCE, Recommendation, Unknown, UsageError};
