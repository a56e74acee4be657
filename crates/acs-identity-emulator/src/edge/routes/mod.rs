//! Routes: what a row of their tables says, and which row a request belongs to.

pub(super) mod route;
pub(super) mod router;
pub(super) mod row;
pub(super) mod versions;
