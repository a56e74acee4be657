//! The grammar of a command line: Python's argparse as the reference uses it.

pub(crate) mod argparse;
pub(crate) mod classify;
pub(crate) mod consume;
pub(crate) mod difflib;
pub(crate) mod loaded;
pub(crate) mod no_list;
pub(crate) mod problem;
pub(crate) mod remainder;
pub(crate) mod short;
pub(crate) mod unknown;
