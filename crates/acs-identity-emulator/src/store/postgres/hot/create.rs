//! Creates identities, or finds those with a custom id.

use std::borrow::Cow;
use std::sync::LazyLock;

use tokio_postgres::types::Type;

use super::super::connect::{Lease, Parameter};
use super::super::fault::Fault;
use super::super::row::{self, Columns, IDENTITY};
use super::guard::{ALIKE, Guard, Guards, PASSED, VERDICT_COLUMNS, asked, verdict};
use super::{Ended, Hot, made, one_each, unlike};
use crate::store::operation::{Created, NewIdentity};

pub(in crate::store::postgres) struct Create {
    pub(in crate::store::postgres) guard: Guard,
    pub(in crate::store::postgres) new: NewIdentity,
}

/// Existing custom ids are found before the insertion, because that waits for whoever changes their rows. Rows are
/// inserted in the order of custom ids, so that two statements cannot wait for each other. A custom id that is neither
/// found nor inserted was inserted meanwhile. The result has a row for each operation, and one for each new identity.
static STATEMENT: LazyLock<String> = LazyLock::new(|| {
    let columns =
        [("user_id", "text"), ("custom_id", "text"), ("created_at", "bigint"), ("last_token_issued_at", "bigint")];
    format!(
        "{asked}, f AS MATERIALIZED (SELECT a.place, {VERDICT_COLUMNS}, a.user_id AS user_of_new, \
             a.custom_id AS custom_id_of_new, a.created_at AS created_at_of_new, a.last_token_issued_at AS at_of_new, \
             {IDENTITY} FROM a {found}), \
         made AS (INSERT INTO identities \
                 (user_id, custom_id, last_token_issued_at, revocation, revoked_below, created_at) \
             SELECT user_of_new, custom_id_of_new, at_of_new, 0, 0, created_at_of_new FROM f \
             WHERE NOT stale AND NOT gone AND user_id IS NULL \
             ORDER BY custom_id_of_new COLLATE \"C\", user_of_new COLLATE \"C\" \
             ON CONFLICT (custom_id) WHERE custom_id IS NOT NULL DO NOTHING RETURNING user_id) \
         SELECT i.place, stale, gone, {IDENTITY} FROM f i \
         UNION ALL SELECT 0, false, false, user_id, NULL, NULL, NULL, NULL, NULL FROM made ORDER BY 1",
        asked = asked(true, &columns),
        found = row::join_identity("custom_id", "a.custom_id")
    )
});

/// The same for identities without custom ids, which are all new, and with the same guard. PostgreSQL plans it in a
/// fraction of the time. For a small group, the plan takes longer than the execution. It returns no rows, because their
/// number is enough: it makes all identities or none.
static WITHOUT_CUSTOM_IDS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{alike} INSERT INTO identities (user_id, created_at, last_token_issued_at, revocation, revoked_below) \
             SELECT t.*, 0, 0 FROM unnest($4::text[], $5::bigint[], $6::bigint[]) AS t \
             WHERE {PASSED} AND EXISTS (SELECT FROM s WHERE NOT stale AND NOT gone)",
        alike = *ALIKE
    )
});

/// Why that statement has made none.
static WHY_NONE: LazyLock<String> = LazyLock::new(|| format!("{alike} SELECT stale, gone FROM s", alike = *ALIKE));

impl Hot for Create {
    type Answer = Created;
    const WRITES: bool = true;

    async fn run(all: &[Self], connection: &Lease) -> Result<Vec<Ended<Created>>, Fault> {
        let guards = Guards::of(all.iter().map(|create| create.guard));
        let users: Vec<&str> = all.iter().map(|create| create.new.user.as_str()).collect();
        let custom_ids: Vec<Option<Cow<'_, str>>> =
            all.iter().map(|create| create.new.custom_id.as_deref().map(row::kept)).collect();
        let created: Vec<i64> = all.iter().map(|create| create.new.created_at).collect();
        let issued: Vec<Option<i64>> = all.iter().map(|create| create.new.token_issued_at).collect();
        let own: [Parameter<'_>; 3] =
            [(&users, Type::TEXT_ARRAY), (&created, Type::INT8_ARRAY), (&issued, Type::INT8_ARRAY)];
        let [users, created, issued] = own;
        if let Some([seen, slot, key]) = guards.one()
            && custom_ids.iter().all(Option::is_none)
        {
            let parameters = [seen, slot, key, users, created, issued];
            let made = connection.execute(&WITHOUT_CUSTOM_IDS, &parameters).await?;
            if usize::try_from(made) == Ok(all.len()) {
                return Ok(all.iter().map(|create| Ended::Done(Ok(made_of(&create.new)))).collect());
            }
            let rows = connection.query(&WHY_NONE, &parameters[..3]).await?;
            let [row] = rows.as_slice() else { return Err(unlike()) };
            return match verdict(&mut Columns::of(row))? {
                Err(failure) if made == 0 => Ok(all.iter().map(|_| Ended::Done(Err(failure.clone()))).collect()),
                _ => Err(not_all_made()),
            };
        }
        let parameters = guards.with([users, (&custom_ids, Type::TEXT_ARRAY), created, issued]);
        let rows = connection.query(&STATEMENT, &parameters).await?;
        let (made, rows) = made(&rows)?;
        one_each(rows.len(), all.len())?;
        let ended =
            |(create, columns): (&Self, _)| ended(&create.new, made.contains(create.new.user.as_str()), columns);
        all.iter().zip(rows).map(ended).collect()
    }
}

fn ended(new: &NewIdentity, is_new: bool, mut columns: Columns<'_>) -> Result<Ended<Created>, Fault> {
    if let Err(failure) = verdict(&mut columns)? {
        return Ok(Ended::Done(Err(failure)));
    }
    Ok(match row::identity_or_none(&mut columns)? {
        _ if is_new => Ended::Done(Ok(made_of(new))),
        Some(mut row) => {
            // It is written later, like that of every token.
            row.last_token_issued_at = new.token_issued_at.or(row.last_token_issued_at);
            Ended::Done(Ok(Created { row, found: true }))
        }
        None => Ended::Again,
    })
}

/// Returns the error for creations that were neither refused nor carried out.
fn not_all_made() -> Fault {
    let what = "a statement made another number of identities than asked for: a trigger or a rule was added to the table \
        identities, or a row to the table gate";
    Fault::Damaged(what.to_owned())
}

fn made_of(new: &NewIdentity) -> Created {
    Created { row: new.row(), found: false }
}
