//! The response: answers, errors, and the headers of every response.

pub(super) mod answer;
pub(super) mod error;
pub(super) mod finish;
mod refusals;
