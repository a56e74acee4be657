//! The facts about a route, except for its handler.

pub(super) mod route;
pub(super) mod versions;
