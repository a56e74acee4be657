//! Parses numbers and durations in the values of options, in one place each.

pub(crate) mod count;
pub(crate) mod duration;
pub(crate) mod number;
