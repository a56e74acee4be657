//! Deletes identities.

use std::collections::HashSet;
use std::sync::LazyLock;

use tokio_postgres::types::Type;

use super::super::connect::Lease;
use super::super::fault::Fault;
use super::super::row::Columns;
use super::guard::{Guard, Guards, VERDICT_COLUMNS, asked, verdict};
use super::{Ended, Hot, unlike};
use crate::store::operation::Outcome;

pub(in crate::store::postgres) struct Delete {
    pub(in crate::store::postgres) guard: Guard,
    pub(in crate::store::postgres) user: String,
}

/// Rows that another transaction has locked are skipped, so that nobody waits for them.
static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{asked}, l AS MATERIALIZED (SELECT i.user_id FROM identities i \
             WHERE i.user_id IN (SELECT user_id FROM a WHERE NOT stale AND NOT gone) \
             ORDER BY i.user_id FOR UPDATE SKIP LOCKED), \
         done AS (DELETE FROM identities i USING l WHERE i.user_id = l.user_id RETURNING i.user_id), \
         cleared AS (DELETE FROM revocations WHERE user_id IN (SELECT user_id FROM done)) \
         SELECT {VERDICT_COLUMNS}, i.user_id IS NOT NULL, done.user_id IS NOT NULL FROM a \
             LEFT JOIN identities i ON i.user_id = a.user_id LEFT JOIN done ON done.user_id = a.user_id \
             ORDER BY a.place",
        asked = asked(true, &[("user_id", "text")])
    )
});

impl Hot for Delete {
    type Answer = Outcome;
    const WRITES: bool = true;
    const FLIGHTS: usize = 2;

    async fn run(all: &[Self], connection: &Lease) -> Result<Vec<Ended<Outcome>>, Fault> {
        let guards = Guards::of(all.iter().map(|delete| delete.guard));
        let users: Vec<&str> = all.iter().map(|delete| delete.user.as_str()).collect();
        let rows = connection.query(&STATEMENT, &guards.with([(&users, Type::TEXT_ARRAY)])).await?;
        if rows.len() != all.len() {
            return Err(unlike());
        }
        // If an identity is in the group twice, the second operation finds it deleted.
        let mut deleted = HashSet::new();
        let ended = |(delete, row): (&Self, _)| {
            let mut columns = Columns::of(row);
            if let Err(failure) = verdict(&mut columns)? {
                return Ok(Ended::Done(Err(failure)));
            }
            let (exists, done): (bool, bool) = (columns.next()?, columns.next()?);
            Ok(match (exists, done) {
                (_, true) if deleted.insert(delete.user.clone()) => Ended::Done(Ok(Outcome::Done)),
                (_, true) | (false, false) => Ended::Done(Ok(Outcome::Missing)),
                (true, false) => Ended::Again,
            })
        };
        all.iter().zip(&rows).map(ended).collect()
    }
}
