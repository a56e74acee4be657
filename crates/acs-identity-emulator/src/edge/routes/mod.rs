//! Routes: the rows of their tables, and how the row of a request is found.

pub(super) mod route;
pub(super) mod router;
pub(super) mod row;
pub(super) mod versions;
