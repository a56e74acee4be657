//! Connections to a PostgreSQL server, for a thread of their own.
//!
//! A [`Pool`] keeps a small, fixed number of connections open. [`Pool::lease`] takes one until a point in time. A
//! statement that has no answer by then is given up, and its connection is closed, because its state is unknown. A
//! closed connection is replaced in the background, by the first host that can be used.
//!
//! Statements are sent unnamed with the types of their parameters, so poolers in transaction mode work. No connection
//! has a state that outlives a transaction, except statements that `prepare=yes` prepares.

mod binding;
mod driver;
mod failure;
mod fault;
mod lease;
mod open;
mod pool;
mod session;
mod slot;
mod socket;
mod stream;
#[cfg(test)]
mod tests;
mod tls;
mod transaction;
mod verifier;

use std::time::Duration;

#[cfg(test)]
pub(crate) use failure::{Problem, Unreachable};
pub(crate) use fault::{Effect, Fault};
pub(crate) use lease::Lease;
pub(crate) use pool::Pool;
pub(crate) use session::Parameter;
pub(crate) use transaction::{Isolation, Transaction};

/// How long an operation may take, including the wait for a connection. A request is answered within 2 s.
pub(crate) const OPERATION: Duration = Duration::from_millis(1800);
