//! Revokes all tokens of identities at once.

use std::sync::LazyLock;

use tokio_postgres::types::Type;

use super::super::connect::Lease;
use super::super::fault::Fault;
use super::super::row::Columns;
use super::guard::{Guard, Guards, VERDICT_COLUMNS, asked, verdict};
use super::{Ended, Hot, unlike};
use crate::store::operation::Outcome;
use crate::store::revocation::MAX_NUMBER;

pub(in crate::store::postgres) struct Revoke {
    pub(in crate::store::postgres) guard: Guard,
    pub(in crate::store::postgres) user: String,
}

/// Rows that another transaction has locked are skipped, so that nobody waits for them. A revocation of all tokens
/// covers every other revocation, also one that is pending, so that their rows are deleted. Nobody adds one meanwhile,
/// because that needs the gate alone.
static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{asked}, t AS MATERIALIZED (SELECT user_id, count(*) AS times FROM a WHERE NOT stale AND NOT gone \
             GROUP BY user_id), \
         l AS MATERIALIZED (SELECT i.user_id FROM identities i WHERE i.user_id IN (SELECT user_id FROM t) \
             ORDER BY i.user_id FOR NO KEY UPDATE SKIP LOCKED), \
         done AS (UPDATE identities i SET revocation = i.revocation + t.times, revoked_below = i.revocation + t.times \
             FROM l JOIN t ON t.user_id = l.user_id \
             WHERE i.user_id = l.user_id AND i.revocation + t.times <= {MAX_NUMBER} RETURNING i.user_id), \
         cleared AS (DELETE FROM revocations WHERE user_id IN (SELECT user_id FROM done)) \
         SELECT {VERDICT_COLUMNS}, i.user_id IS NOT NULL, coalesce(i.revocation + t.times > {MAX_NUMBER}, false), \
             done.user_id IS NOT NULL FROM a \
             LEFT JOIN identities i ON i.user_id = a.user_id LEFT JOIN t ON t.user_id = a.user_id \
             LEFT JOIN done ON done.user_id = a.user_id ORDER BY a.place",
        asked = asked(true, &[("user_id", "text")])
    )
});

impl Hot for Revoke {
    type Answer = Outcome;
    const WRITES: bool = true;
    const FLIGHTS: usize = 2;

    async fn run(all: &[Self], connection: &Lease) -> Result<Vec<Ended<Outcome>>, Fault> {
        let guards = Guards::of(all.iter().map(|revoke| revoke.guard));
        let users: Vec<&str> = all.iter().map(|revoke| revoke.user.as_str()).collect();
        let rows = connection.query(&STATEMENT, &guards.with([(&users, Type::TEXT_ARRAY)])).await?;
        if rows.len() != all.len() {
            return Err(unlike());
        }
        let ended = |row| {
            let mut columns = Columns::of(row);
            if let Err(failure) = verdict(&mut columns)? {
                return Ok(Ended::Done(Err(failure)));
            }
            let (exists, is_exhausted, done): (bool, bool, bool) = (columns.next()?, columns.next()?, columns.next()?);
            Ok(match (exists, is_exhausted, done) {
                (_, _, true) => Ended::Done(Ok(Outcome::Done)),
                (false, ..) => Ended::Done(Ok(Outcome::Missing)),
                (true, true, false) => Ended::Done(Ok(Outcome::Exhausted)),
                (true, false, false) => Ended::Again,
            })
        };
        rows.iter().map(ended).collect()
    }
}
