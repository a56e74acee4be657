//! When the last token of an identity was issued is written for many identities at once, after the answers.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_postgres::types::Type;

use super::fault::Fault;
use super::row::{self, Columns};
use super::schema::VERSION;
use super::shared::Shared;
use crate::clock::machine;

/// The pause between two writes.
pub(super) const PAUSE: Duration = Duration::from_millis(80);

/// The largest number of identities in one statement.
const MOST: usize = 5000;

/// Rows that another transaction has locked are skipped, and returned. An earlier time does not replace a later one of
/// another process, unless they are so far apart that the clock of the service was set back.
static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH g AS (SELECT FROM gate FOR KEY SHARE), \
         a AS MATERIALIZED (SELECT * FROM unnest((SELECT $1::text[]), (SELECT $2::bigint[])) AS t(user_id, at) \
             WHERE (SELECT oldest FROM service) <= {VERSION} AND NOT EXISTS (SELECT FROM g)), \
         l AS MATERIALIZED (SELECT k.user_id, a.at FROM a CROSS JOIN LATERAL (SELECT i.user_id FROM identities i \
             WHERE i.user_id = a.user_id FOR NO KEY UPDATE SKIP LOCKED) k), \
         done AS (UPDATE identities i SET last_token_issued_at = \
                 CASE WHEN i.last_token_issued_at - l.at BETWEEN 0 AND 1000000000 THEN i.last_token_issued_at \
                     ELSE l.at END \
             FROM l WHERE i.user_id = l.user_id RETURNING i.user_id) \
         SELECT i.user_id, false FROM a {join} WHERE i.user_id IS NOT NULL \
         UNION ALL SELECT user_id, true FROM done",
        join = row::join_identity("user_id", "a.user_id")
    )
});

/// The times that are not written yet.
#[derive(Default)]
pub(super) struct Aside {
    waiting: Mutex<HashMap<String, i64>>,
    /// Held during a write, so that a later write cannot overtake an earlier one.
    turn: tokio::sync::Mutex<()>,
}

impl Aside {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, i64>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds the time of a token.
    pub(super) fn add(&self, user: String, at: i64) {
        self.lock().insert(user, at);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    /// Puts times back that were not written. Those of later tokens stay.
    fn put_back(&self, times: impl IntoIterator<Item = (String, i64)>) {
        let mut waiting = self.lock();
        for (user, at) in times {
            waiting.entry(user).or_insert(at);
        }
    }
}

/// Writes the times that were added until now. Those of rows that are locked stay. It ends at a moment.
pub(super) async fn write(shared: &Shared, end: Instant) -> Result<(), Fault> {
    let aside = &shared.aside;
    let turn = machine::until(end, aside.turn.lock()).await;
    let Some(_turn) = turn else {
        return Err(Fault::Unreachable("the times of earlier tokens are still being written".to_owned()));
    };
    let all: Vec<(String, i64)> = aside.lock().drain().collect();
    for (number, part) in all.chunks(MOST).enumerate() {
        let result = write_part(shared, part, end).await;
        shared.trouble.note(&result);
        match result {
            Ok(locked) => aside.put_back(part.iter().filter(|(user, _)| locked.contains(user)).cloned()),
            Err(fault) => {
                // The statement can be repeated, whether it was carried out or not.
                aside.put_back(all[number * MOST..].iter().cloned());
                return Err(fault);
            }
        }
    }
    Ok(())
}

/// Writes times. Returns the users whose rows are locked.
async fn write_part(shared: &Shared, part: &[(String, i64)], end: Instant) -> Result<Vec<String>, Fault> {
    let (users, times): (Vec<&str>, Vec<i64>) = part.iter().map(|(user, at)| (user.as_str(), *at)).unzip();
    let lease = shared.pool.lease(end).await?;
    let rows = lease.query(&STATEMENT, &[(&users, Type::TEXT_ARRAY), (&times, Type::INT8_ARRAY)]).await?;
    let (mut there, mut done) = (Vec::new(), HashSet::new());
    for row in &rows {
        let mut columns = Columns::of(row);
        let (user, is_done): (String, bool) = (columns.next()?, columns.next()?);
        if is_done {
            done.insert(user);
        } else {
            there.push(user);
        }
    }
    there.retain(|user| !done.contains(user));
    Ok(there)
}
