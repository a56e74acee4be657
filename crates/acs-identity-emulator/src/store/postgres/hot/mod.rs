//! The operations of most requests. Those that wait at the same time are executed by one statement.

pub(super) mod confirm;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod guard;
pub(super) mod issue;
pub(super) mod look;
pub(super) mod revoke;

use std::collections::HashSet;
use std::future::Future;

use tokio_postgres::Row;

use super::connect::Lease;
use super::fault::Fault;
use super::row::Columns;
use crate::store::failure::Failure;

/// An operation that is executed together with others of its kind.
pub(super) trait Hot: Send + Sync + Sized + 'static {
    type Answer: Send + 'static;

    /// Whether it writes. A write is not repeated if its end is unknown.
    const WRITES: bool;

    /// Executes operations in one statement. Returns what became of each.
    fn run(all: &[Self], connection: &Lease) -> impl Future<Output = Result<Vec<Ended<Self::Answer>>, Fault>> + Send;
}

/// What became of an operation.
pub(super) enum Ended<T> {
    Done(Result<T, Failure>),
    /// Nothing was done, because another transaction holds a lock on the row, or was faster.
    Again,
}

/// Returns the error for a result with another number of rows than operations.
pub(super) fn unlike() -> Fault {
    let what = "a statement returned another number of rows than expected: the table service must have one, and the table \
        gate none";
    Fault::Damaged(what.to_owned())
}

/// Checks that a result has a row for each operation.
fn one_each(rows: usize, operations: usize) -> Result<(), Fault> {
    if rows == operations { Ok(()) } else { Err(unlike()) }
}

/// Divides a result into the users whose rows were changed, which have the place 0, and the rows of the operations.
fn made(rows: &[Row]) -> Result<(HashSet<&str>, Vec<Columns<'_>>), Fault> {
    let (mut made, mut of_operations) = (HashSet::new(), Vec::with_capacity(rows.len()));
    for row in rows {
        let mut columns = Columns::of(row);
        let place: i64 = columns.next()?;
        if place == 0 {
            let _: (bool, bool) = (columns.next()?, columns.next()?);
            made.insert(columns.next()?);
        } else {
            of_operations.push(columns);
        }
    }
    Ok((made, of_operations))
}
