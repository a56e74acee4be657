//! Deletes identities.

use std::collections::HashSet;
use std::sync::LazyLock;

use tokio_postgres::types::Type;

use super::super::connect::Lease;
use super::super::fault::Fault;
use super::super::row;
use super::guard::{Guard, Guards, VERDICT_COLUMNS, asked, verdict};
use super::{Ended, Hot, made, one_each};
use crate::store::operation::Outcome;

pub(in crate::store::postgres) struct Delete {
    pub(in crate::store::postgres) guard: Guard,
    pub(in crate::store::postgres) user: String,
}

/// Rows that another transaction has locked are skipped, so that nobody waits for them. The result has a row for each
/// operation, and one for each deleted identity.
static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{asked}, t AS MATERIALIZED (SELECT DISTINCT user_id FROM a WHERE NOT stale AND NOT gone), \
         l AS MATERIALIZED (SELECT k.user_id FROM t CROSS JOIN LATERAL (SELECT i.user_id FROM identities i \
             WHERE i.user_id = t.user_id FOR UPDATE SKIP LOCKED) k), \
         done AS (DELETE FROM identities i USING l WHERE i.user_id = l.user_id RETURNING i.user_id), \
         cleared AS (DELETE FROM revocations WHERE user_id IN (SELECT user_id FROM done)) \
         SELECT a.place, {VERDICT_COLUMNS}, i.user_id FROM a {join} \
         UNION ALL SELECT 0, false, false, user_id FROM done ORDER BY 1",
        asked = asked(true, &[("user_id", "text")]),
        join = row::join_identity("user_id", "a.user_id")
    )
});

impl Hot for Delete {
    type Answer = Outcome;
    const WRITES: bool = true;

    async fn run(all: &[Self], connection: &Lease) -> Result<Vec<Ended<Outcome>>, Fault> {
        let guards = Guards::of(all.iter().map(|delete| delete.guard));
        let users: Vec<&str> = all.iter().map(|delete| delete.user.as_str()).collect();
        let rows = connection.query(&STATEMENT, &guards.with([(&users, Type::TEXT_ARRAY)])).await?;
        let (mut done, rows) = made(&rows)?;
        one_each(rows.len(), all.len())?;
        let (mut gone, mut ended) = (HashSet::new(), Vec::with_capacity(all.len()));
        for (delete, mut columns) in all.iter().zip(rows) {
            if let Err(failure) = verdict(&mut columns)? {
                ended.push(Ended::Done(Err(failure)));
                continue;
            }
            let there: Option<&str> = columns.next()?;
            let user = delete.user.as_str();
            ended.push(if done.remove(user) {
                gone.insert(user);
                Ended::Done(Ok(Outcome::Done))
            } else if there.is_none() || gone.contains(user) {
                // If an identity is in the group twice, the second operation finds it deleted.
                Ended::Done(Ok(Outcome::Missing))
            } else {
                Ended::Again
            });
        }
        Ok(ended)
    }
}
