//! The tables of routes: their rows, and the search for the row of a request.

pub(super) mod router;
pub(super) mod row;
