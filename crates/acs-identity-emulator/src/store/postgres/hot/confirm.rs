//! Confirms that what a process has copied is up to date.

use std::sync::LazyLock;

use super::super::connect::Lease;
use super::super::fault::Fault;
use super::super::row::Columns;
use super::super::schema::VERSION;
use super::{Ended, Hot, unlike};
use crate::store::failure::Failure;

pub(in crate::store::postgres) struct Confirm {
    /// The generation that the process had when the request began.
    pub(in crate::store::postgres) seen: i64,
}

static STATEMENT: LazyLock<String> = LazyLock::new(|| format!("SELECT generation, oldest > {VERSION} FROM service"));

impl Hot for Confirm {
    type Answer = ();
    const WRITES: bool = false;

    async fn run(all: &[Self], connection: &Lease) -> Result<Vec<Ended<()>>, Fault> {
        let rows = connection.query(&STATEMENT, &[]).await?;
        let [row] = rows.as_slice() else { return Err(unlike()) };
        let mut columns = Columns::of(row);
        let (generation, is_newer): (i64, bool) = (columns.next()?, columns.next()?);
        let ended = |confirm: &Self| {
            let is_current = confirm.seen == generation && !is_newer;
            Ended::Done(if is_current { Ok(()) } else { Err(Failure::Stale) })
        };
        Ok(all.iter().map(ended).collect())
    }
}
