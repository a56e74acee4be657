//! What comes in: the connection, the head, the body, and the one value that every step is given.

mod any_case;
pub(super) mod body;
pub(crate) mod connection;
pub(super) mod context;
pub(crate) mod framing;
pub(super) mod head;
pub(super) mod host;
pub(super) mod json;
pub(super) mod path;
