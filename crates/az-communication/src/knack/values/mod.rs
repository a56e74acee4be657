//! Parses numbers and durations in the values of options, and words wrong choices, in one place each.

pub(crate) mod choice;
pub(crate) mod duration;
pub(crate) mod number;
pub(crate) mod options;
