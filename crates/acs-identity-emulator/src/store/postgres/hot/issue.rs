//! Reads the numbers that new tokens must carry. When the tokens were issued is written later.

use std::sync::LazyLock;

use tokio_postgres::types::Type;

use super::super::connect::Lease;
use super::super::fault::Fault;
use super::super::row::{self, Columns};
use super::guard::{Guard, Guards, VERDICT_COLUMNS, asked, verdict};
use super::{Ended, Hot, one_each};

pub(in crate::store::postgres) struct Issue {
    pub(in crate::store::postgres) guard: Guard,
    pub(in crate::store::postgres) user: String,
}

static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{asked} SELECT {VERDICT_COLUMNS}, i.revocation FROM a {join} ORDER BY a.place",
        asked = asked(false, &[("user_id", "text")]),
        join = row::join_identity("user_id", "a.user_id")
    )
});

impl Hot for Issue {
    /// The number of the last revocation. `None` if the identity does not exist.
    type Answer = Option<i64>;
    const WRITES: bool = false;

    async fn run(all: &[Self], connection: &Lease) -> Result<Vec<Ended<Option<i64>>>, Fault> {
        let guards = Guards::of(all.iter().map(|issue| issue.guard));
        let users: Vec<&str> = all.iter().map(|issue| issue.user.as_str()).collect();
        let rows = connection.query(&STATEMENT, &guards.with([(&users, Type::TEXT_ARRAY)])).await?;
        one_each(rows.len(), all.len())?;
        let ended = |row| {
            let mut columns = Columns::of(row);
            Ok(match verdict(&mut columns)? {
                Ok(()) => Ended::Done(Ok(columns.next()?)),
                Err(failure) => Ended::Done(Err(failure)),
            })
        };
        rows.iter().map(ended).collect()
    }
}
