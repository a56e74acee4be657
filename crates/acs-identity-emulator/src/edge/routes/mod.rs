//! What is known about a route, except for its handler.

pub(super) mod route;
pub(super) mod versions;
