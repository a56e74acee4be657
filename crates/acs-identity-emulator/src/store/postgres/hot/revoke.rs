//! Revokes all tokens of identities at once.

use std::sync::LazyLock;

use tokio_postgres::types::Type;

use super::super::connect::Lease;
use super::super::fault::Fault;
use super::super::row::{self, Columns};
use super::guard::{Guard, Guards, VERDICT_COLUMNS, asked, verdict};
use super::{Ended, Hot, made, one_each};
use crate::store::operation::Outcome;
use crate::store::revocation::MAX_NUMBER;

pub(in crate::store::postgres) struct Revoke {
    pub(in crate::store::postgres) guard: Guard,
    pub(in crate::store::postgres) user: String,
}

/// Rows that another transaction has locked are skipped, so that nobody waits for them. A revocation of all tokens
/// covers every other revocation, also one that is pending, so that their rows are deleted. Nobody adds one meanwhile,
/// because that needs the gate alone. The result has a row for each operation, and one for each changed identity.
static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{asked}, t AS MATERIALIZED (SELECT user_id, count(*) AS times FROM a WHERE NOT stale AND NOT gone \
             GROUP BY user_id ORDER BY user_id COLLATE \"C\"), \
         l AS MATERIALIZED (SELECT k.user_id, t.times FROM t CROSS JOIN LATERAL (SELECT i.user_id FROM identities i \
             WHERE i.user_id = t.user_id FOR NO KEY UPDATE SKIP LOCKED) k), \
         done AS (UPDATE identities i SET revocation = i.revocation + l.times, revoked_below = i.revocation + l.times \
             FROM l WHERE i.user_id = l.user_id AND i.revocation + l.times <= {MAX_NUMBER} RETURNING i.user_id), \
         cleared AS (DELETE FROM revocations WHERE user_id IN (SELECT user_id FROM done)) \
         SELECT a.place, {VERDICT_COLUMNS}, i.user_id, \
             coalesce(i.revocation + (SELECT count(*) FROM a) > {MAX_NUMBER}, false) FROM a {join} \
         UNION ALL SELECT 0, false, false, user_id, false FROM done ORDER BY 1",
        asked = asked(true, &[("user_id", "text")]),
        join = row::join_identity("user_id", "a.user_id")
    )
});

impl Hot for Revoke {
    type Answer = Outcome;
    const WRITES: bool = true;

    async fn run(all: &[Self], connection: &Lease) -> Result<Vec<Ended<Outcome>>, Fault> {
        let guards = Guards::of(all.iter().map(|revoke| revoke.guard));
        let users: Vec<&str> = all.iter().map(|revoke| revoke.user.as_str()).collect();
        let rows = connection.query(&STATEMENT, &guards.with([(&users, Type::TEXT_ARRAY)])).await?;
        let (done, rows) = made(&rows)?;
        one_each(rows.len(), all.len())?;
        let ended = |(revoke, mut columns): (&Self, Columns<'_>)| {
            if let Err(failure) = verdict(&mut columns)? {
                return Ok(Ended::Done(Err(failure)));
            }
            let (user, is_exhausted): (Option<&str>, bool) = (columns.next()?, columns.next()?);
            Ok(match (user, is_exhausted) {
                _ if done.contains(revoke.user.as_str()) => Ended::Done(Ok(Outcome::Done)),
                (None, _) => Ended::Done(Ok(Outcome::Missing)),
                (Some(_), true) => Ended::Done(Ok(Outcome::Exhausted)),
                (Some(_), false) => Ended::Again,
            })
        };
        all.iter().zip(rows).map(ended).collect()
    }
}
