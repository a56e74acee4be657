//! What must be so for an operation to be executed: the process knows the current generation, and the caller's key is
//! in force.

use std::sync::LazyLock;

use tokio_postgres::Row;
use tokio_postgres::types::Type;

use super::super::connect::Parameter;
use super::super::fault::Fault;
use super::super::row::Columns;
use super::super::schema::VERSION;
use crate::store::failure::Failure;
use crate::store::operation::Caller;

/// The conditions of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store::postgres) struct Guard {
    /// The generation that the process had when the request began. `None` if it does not matter.
    pub(in crate::store::postgres) seen: Option<i64>,
    pub(in crate::store::postgres) caller: Option<Caller>,
}

/// The guards of several operations as columns, which are the first three parameters of a statement.
#[derive(Default)]
pub(in crate::store::postgres) struct Guards {
    seen: Vec<Option<i64>>,
    slots: Vec<Option<&'static str>>,
    keys: Vec<Option<i64>>,
}

/// The row of the service with the generations of the keys, as `s`. The limit tells the planner that it is one row.
/// With its guess of a thousand, it would compile each statement, which takes 10 ms.
const SERVICE: &str = "s AS MATERIALIZED (SELECT generation, oldest, \
    (SELECT generation FROM access_keys WHERE slot = 'primary') AS primary_key, \
    (SELECT generation FROM access_keys WHERE slot = 'secondary') AS secondary_key FROM service LIMIT 1)";

/// The part of a statement that waits for a transaction that must be alone. The statement must also have the condition
/// [`PASSED`]: a part that nothing refers to is not executed, and a prepared statement would then not lock the table.
pub(in crate::store::postgres) const GATE: &str = "g AS (SELECT FROM gate FOR KEY SHARE)";
pub(in crate::store::postgres) const PASSED: &str = "NOT EXISTS (SELECT FROM g)";

/// The first part of a statement for operations with the same guard: the verdict on them as `s`. Its parameters are
/// those of [`Guards::one`]. PostgreSQL plans it faster than [`asked`].
pub(in crate::store::postgres) static ALIKE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "WITH {GATE}, s AS (SELECT coalesce(s.generation <> $1, false) OR s.oldest > {VERSION} AS stale, \
             (SELECT generation FROM access_keys WHERE slot = $2) IS DISTINCT FROM $3 AS gone FROM service s)"
    )
});

/// Whether an operation `t` is to be executed.
static VERDICT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "(coalesce(t.seen <> s.generation, false) OR s.oldest > {VERSION}) AS stale, \
         (t.key IS DISTINCT FROM CASE t.slot WHEN 'primary' THEN s.primary_key \
          WHEN 'secondary' THEN s.secondary_key END) AS gone"
    )
});

/// Returns the first part of a statement: the operations as `a`, with the columns that are given by name and type, and
/// the verdict on each. A statement that writes waits for a transaction that must be alone.
///
/// The planner does not see how long the arrays of such a statement are. If it did, it would read the whole table for
/// long arrays, up to 100,000 rows, instead of using the index.
pub(in crate::store::postgres) fn asked(writes: bool, columns: &[(&str, &str)]) -> String {
    let (gate, passed) = match writes {
        true => (format!("{GATE}, "), format!(" WHERE {PASSED}")),
        false => (String::new(), String::new()),
    };
    let own = [("seen", "bigint"), ("slot", "text"), ("key", "bigint")];
    let parameter = |number: usize, sql: &str| {
        if writes { format!("(SELECT ${number}::{sql}[])") } else { format!("${number}::{sql}[]") }
    };
    let all = own.iter().chain(columns);
    let parameters: Vec<String> = (1..).zip(all.clone()).map(|(number, (_, sql))| parameter(number, sql)).collect();
    let names: Vec<&str> = all.map(|(name, _)| *name).collect();
    format!(
        "WITH {gate}{SERVICE}, a AS MATERIALIZED (SELECT t.*, {verdict}, s.primary_key, s.secondary_key \
         FROM s, unnest({parameters}) WITH ORDINALITY AS t({names}, place){passed})",
        verdict = *VERDICT,
        parameters = parameters.join(", "),
        names = names.join(", ")
    )
}

fn alike<T: PartialEq>(all: &[T]) -> bool {
    all.windows(2).all(|pair| pair[0] == pair[1])
}

impl Guards {
    pub(in crate::store::postgres) fn of(all: impl Iterator<Item = Guard>) -> Self {
        let mut guards = Self::default();
        for Guard { seen, caller } in all {
            guards.seen.push(seen);
            let key = match caller {
                Some(Caller::Key { slot, generation }) => Some((slot.name(), generation)),
                Some(Caller::Entra) | None => None,
            };
            guards.slots.push(key.map(|(slot, _)| slot));
            guards.keys.push(key.map(|(_, generation)| generation));
        }
        guards
    }

    /// Returns the parameters of [`ALIKE`], if all operations have the same guard.
    pub(in crate::store::postgres) fn one(&self) -> Option<[Parameter<'_>; 3]> {
        let are_alike = alike(&self.seen) && alike(&self.slots) && alike(&self.keys);
        let (seen, slot, key) = (self.seen.first()?, self.slots.first()?, self.keys.first()?);
        are_alike.then_some([(seen, Type::INT8), (slot, Type::TEXT), (key, Type::INT8)])
    }

    /// Returns the parameters of a statement.
    pub(in crate::store::postgres) fn with<'a, const N: usize>(
        &'a self,
        rest: [Parameter<'a>; N],
    ) -> Vec<Parameter<'a>> {
        let own: [Parameter<'a>; 3] =
            [(&self.seen, Type::INT8_ARRAY), (&self.slots, Type::TEXT_ARRAY), (&self.keys, Type::INT8_ARRAY)];
        own.into_iter().chain(rest).collect()
    }
}

/// The columns of [`verdict`].
pub(in crate::store::postgres) const VERDICT_COLUMNS: &str = "a.stale, a.gone";

/// Reads the verdict on an operation.
pub(in crate::store::postgres) fn verdict(columns: &mut Columns<'_>) -> Result<Result<(), Failure>, Fault> {
    let (stale, gone): (bool, bool) = (columns.next()?, columns.next()?);
    Ok(match (stale, gone) {
        (true, _) => Err(Failure::Stale),
        (false, true) => Err(Failure::KeyGone),
        (false, false) => Ok(()),
    })
}

/// Checks the conditions of one operation by a statement of its own.
pub(in crate::store::postgres) fn check(
    guard: Guard,
    query: impl FnOnce(&str, &[Parameter<'_>]) -> Result<Vec<Row>, Fault>,
) -> Result<Result<(), Failure>, Fault> {
    static STATEMENT: LazyLock<String> =
        LazyLock::new(|| format!("{} SELECT {VERDICT_COLUMNS} FROM a", asked(false, &[])));
    let guards = Guards::of(std::iter::once(guard));
    let rows = query(&STATEMENT, &guards.with([]))?;
    let row = rows.first().ok_or_else(super::unlike)?;
    verdict(&mut Columns::of(row))
}
