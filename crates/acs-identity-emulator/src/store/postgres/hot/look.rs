//! Reads the state of identities and the generations of the access keys.

use std::sync::LazyLock;

use tokio_postgres::types::Type;

use super::super::connect::Lease;
use super::super::fault::Fault;
use super::super::row::{self, Columns, IDENTITY, JOIN_REVOCATIONS, REVOCATIONS};
use super::guard::{Guard, Guards, VERDICT_COLUMNS, asked, verdict};
use super::{Ended, Hot, one_each};
use crate::store::operation::Snapshot;

pub(in crate::store::postgres) struct Look {
    pub(in crate::store::postgres) guard: Guard,
    pub(in crate::store::postgres) user: Option<String>,
}

static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{asked} SELECT {VERDICT_COLUMNS}, a.primary_key, a.secondary_key, {IDENTITY}, {REVOCATIONS} FROM a \
         {join} {JOIN_REVOCATIONS} ORDER BY a.place",
        asked = asked(false, &[("user_id", "text")]),
        join = row::join_identity("user_id", "a.user_id")
    )
});

impl Hot for Look {
    type Answer = Snapshot;
    const WRITES: bool = false;

    async fn run(all: &[Self], connection: &Lease) -> Result<Vec<Ended<Snapshot>>, Fault> {
        let guards = Guards::of(all.iter().map(|look| look.guard));
        let users: Vec<Option<&str>> = all.iter().map(|look| look.user.as_deref()).collect();
        let rows = connection.query(&STATEMENT, &guards.with([(&users, Type::TEXT_ARRAY)])).await?;
        one_each(rows.len(), all.len())?;
        rows.iter().map(|row| ended(&mut Columns::of(row))).collect()
    }
}

fn ended(columns: &mut Columns<'_>) -> Result<Ended<Snapshot>, Fault> {
    if let Err(failure) = verdict(columns)? {
        return Ok(Ended::Done(Err(failure)));
    }
    let generations: [Option<i64>; 2] = [columns.next()?, columns.next()?];
    let identity = row::identity_or_none(columns)?;
    let revocations = row::revocations(columns)?;
    let generations = generations.map(Option::unwrap_or_default);
    Ok(Ended::Done(Ok(Snapshot { identity, revocations, generations })))
}
