//! Creates identities, or finds those with a custom id.

use std::borrow::Cow;
use std::sync::LazyLock;

use tokio_postgres::types::Type;

use super::super::connect::Lease;
use super::super::fault::Fault;
use super::super::row::{self, Columns, IDENTITY};
use super::guard::{Guard, Guards, VERDICT_COLUMNS, asked, verdict};
use super::{Ended, Hot, unlike};
use crate::store::operation::{Created, NewIdentity};
use crate::store::rows::IdentityRow;

pub(in crate::store::postgres) struct Create {
    pub(in crate::store::postgres) guard: Guard,
    pub(in crate::store::postgres) new: NewIdentity,
}

/// Existing custom ids are found before the insertion, because that waits for whoever changes their rows. Rows are
/// inserted in the order of custom ids, so that two statements cannot wait for each other. A custom id that is neither
/// found nor inserted was inserted meanwhile.
static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    let columns =
        [("user_id", "text"), ("custom_id", "text"), ("created_at", "bigint"), ("last_token_issued_at", "bigint")];
    format!(
        "{asked}, found AS MATERIALIZED (SELECT a.place, {IDENTITY} FROM a JOIN identities i \
             ON i.custom_id = a.custom_id WHERE i.custom_id IS NOT NULL), \
         made AS (INSERT INTO identities (user_id, custom_id, last_token_issued_at, revocation, revoked_below, created_at) \
             SELECT user_id, custom_id, last_token_issued_at, 0, 0, created_at FROM a \
             WHERE NOT stale AND NOT gone AND NOT EXISTS (SELECT FROM found f WHERE f.place = a.place) \
             ORDER BY custom_id COLLATE \"C\", user_id COLLATE \"C\" \
             ON CONFLICT (custom_id) WHERE custom_id IS NOT NULL DO NOTHING RETURNING user_id) \
         SELECT {VERDICT_COLUMNS}, made.user_id IS NOT NULL, {IDENTITY} FROM a \
             LEFT JOIN made ON made.user_id = a.user_id LEFT JOIN found i ON i.place = a.place ORDER BY a.place",
        asked = asked(true, &columns)
    )
});

impl Hot for Create {
    type Answer = Created;
    const WRITES: bool = true;
    const FLIGHTS: usize = 2;

    async fn run(all: &[Self], connection: &Lease) -> Result<Vec<Ended<Created>>, Fault> {
        let guards = Guards::of(all.iter().map(|create| create.guard));
        let users: Vec<&str> = all.iter().map(|create| create.new.user.as_str()).collect();
        let custom_ids: Vec<Option<Cow<'_, str>>> =
            all.iter().map(|create| create.new.custom_id.as_deref().map(row::kept)).collect();
        let created: Vec<i64> = all.iter().map(|create| create.new.created_at).collect();
        let issued: Vec<Option<i64>> = all.iter().map(|create| create.new.token_issued_at).collect();
        let parameters = guards.with([
            (&users, Type::TEXT_ARRAY),
            (&custom_ids, Type::TEXT_ARRAY),
            (&created, Type::INT8_ARRAY),
            (&issued, Type::INT8_ARRAY),
        ]);
        let rows = connection.query(&STATEMENT, &parameters).await?;
        if rows.len() != all.len() {
            return Err(unlike());
        }
        all.iter().zip(&rows).map(|(create, row)| ended(&create.new, &mut Columns::of(row))).collect()
    }
}

fn ended(new: &NewIdentity, columns: &mut Columns<'_>) -> Result<Ended<Created>, Fault> {
    if let Err(failure) = verdict(columns)? {
        return Ok(Ended::Done(Err(failure)));
    }
    let is_new: bool = columns.next()?;
    Ok(match row::identity_or_none(columns)? {
        _ if is_new => {
            let row = IdentityRow {
                user: new.user.clone(),
                custom_id: new.custom_id.clone(),
                last_token_issued_at: new.token_issued_at,
                created_at: Some(new.created_at),
                ..IdentityRow::default()
            };
            Ended::Done(Ok(Created { row, found: false }))
        }
        Some(mut row) => {
            // It is written later, like that of every token.
            row.last_token_issued_at = new.token_issued_at.or(row.last_token_issued_at);
            Ended::Done(Ok(Created { row, found: true }))
        }
        None => Ended::Again,
    })
}
