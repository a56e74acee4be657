//! The tables of routes: their rows, and how the row of a request is found.

pub(super) mod router;
pub(super) mod row;
