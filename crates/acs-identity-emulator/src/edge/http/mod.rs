//! HTTP, without any route: connections, heads and bodies, answers and errors.

pub(super) mod answer;
pub(super) mod body;
pub(crate) mod connection;
pub(super) mod error;
pub(crate) mod framing;
pub(super) mod head;
pub(super) mod host;
pub(super) mod path;
pub(super) mod pieces;
pub(super) mod rate;
mod refusals;
pub(crate) mod refused_certificate;
