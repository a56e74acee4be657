//! Values of options: one way to read numbers and one to read durations.

pub(crate) mod count;
pub(crate) mod duration;
pub(crate) mod number;
