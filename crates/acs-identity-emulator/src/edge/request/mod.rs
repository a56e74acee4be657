//! The request: its connection, its head, its body, and the context that every step is given.

mod any_case;
pub(super) mod body;
pub(crate) mod connection;
pub(super) mod context;
pub(crate) mod framing;
pub(super) mod head;
pub(super) mod host;
pub(super) mod json;
pub(super) mod path;
