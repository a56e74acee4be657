//! Reads of a few rows, each by one statement.

use std::sync::Arc;
use std::time::Duration;

use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use super::Postgres;
use super::connect::Parameter;
use super::fault::Fault;
use super::hot::guard::{Guard, Guards, VERDICT_COLUMNS, asked, verdict};
use super::hot::look::Look;
use super::hot::unlike;
use super::row::{self, ASSIGNMENT, Columns};
use super::shared::Shared;
use crate::clock::machine;
use crate::store::failure::Failure;
use crate::store::operation::{Caller, Snapshot};
use crate::store::rows::{AccessKeyRow, AssignmentRow, Kind, SigningKeyRow, SigningSlot};

/// The pause before a read is repeated, and how much time must be left for it.
const PAUSE: Duration = Duration::from_millis(5);
const LEAST: Duration = Duration::from_millis(500);

/// A parameter that lives as long as the statement.
pub(super) type Owned = (Box<dyn ToSql + Sync + Send>, Type);

/// Returns a parameter.
pub(super) fn owned(value: impl ToSql + Sync + Send + 'static, of_type: Type) -> Owned {
    (Box::new(value), of_type)
}

/// Returns the rows of a statement that only reads. It is repeated on another connection if a connection was lost.
pub(super) async fn rows(shared: &Shared, statement: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>, Failure> {
    let end = shared.end();
    loop {
        let read = async { Ok(shared.pool.lease(end).await?.query(statement, parameters).await?) };
        let result = read.await;
        shared.trouble.note(&result);
        match result {
            Ok(rows) => return Ok(rows),
            Err(fault) if fault.of_a_read_may_pass(&shared.trouble) && machine::instant() + LEAST < end => {
                machine::sleep(PAUSE).await;
            }
            Err(fault) => return Err(fault.of_read().into()),
        }
    }
}

impl Postgres {
    /// Returns the rows of a query `q` if its conditions are met, in the order that is given. The first column of the
    /// query must be `true`, and the columns of the result are those after it. The parameters begin with `$4`.
    pub(super) async fn query<T: Send + 'static>(
        &self,
        guard: Guard,
        query: &str,
        order: &str,
        parameters: Vec<Owned>,
        read: impl Fn(&Shared, &mut Columns<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<Vec<T>, Failure> {
        let shared = Arc::clone(&self.shared);
        let statement = format!(
            "{asked} SELECT {VERDICT_COLUMNS}, q.* FROM a LEFT JOIN LATERAL ({query}) q \
             ON NOT a.stale AND NOT a.gone ORDER BY {order}",
            asked = asked(false, &[])
        );
        self.on_worker(async move {
            let guards = Guards::of(std::iter::once(guard));
            let mut all = guards.with([]);
            all.extend(parameters.iter().map(|(value, of_type)| (&**value as &(dyn ToSql + Sync), of_type.clone())));
            let rows = rows(&shared, &statement, &all).await?;
            if rows.is_empty() {
                return Err(unlike().of_read().into());
            }
            let mut found = Vec::with_capacity(rows.len());
            for row in &rows {
                let value = read_row(&shared, row, &read).map_err(Fault::of_read)??;
                found.extend(value);
            }
            Ok(found)
        })
        .await
    }

    pub(in crate::store) async fn snapshot(
        &self,
        caller: Option<Caller>,
        user: Option<&str>,
        seen: Option<i64>,
    ) -> Result<Snapshot, Failure> {
        self.queues.look.ask(Look { guard: Guard { seen, caller }, user: user.map(str::to_owned) }).await
    }

    pub(in crate::store) async fn has_custom_id(&self, custom_id: &str, seen: Option<i64>) -> Result<bool, Failure> {
        let query = "SELECT true FROM identities WHERE custom_id = $4";
        let parameters = vec![owned(row::kept(custom_id).into_owned(), Type::TEXT)];
        let found = self.query(Guard { seen, caller: None }, query, "1", parameters, |_, _| Ok(())).await?;
        Ok(!found.is_empty())
    }

    /// Returns whether a revocation is due.
    pub(super) async fn is_due(&self, now: i64, seen: Option<i64>) -> Result<bool, Failure> {
        let query = "SELECT true FROM revocations WHERE in_force_at <= $4 LIMIT 1";
        let parameters = vec![owned(now, Type::INT8)];
        let found = self.query(Guard { seen, caller: None }, query, "1", parameters, |_, _| Ok(())).await?;
        Ok(!found.is_empty())
    }

    pub(in crate::store) async fn assignments_of(
        &self,
        caller: Caller,
        kind: Kind,
        tenant: Option<&str>,
        objects: &[&str],
        seen: Option<i64>,
    ) -> Result<Vec<AssignmentRow>, Failure> {
        let query = format!(
            "SELECT true, {ASSIGNMENT}, o.at FROM unnest($5::text[]) WITH ORDINALITY AS o(object, at) \
             JOIN assignments x ON x.object = o.object \
             WHERE x.kind = $4 AND ($6::text IS NULL OR x.tenant = $6)"
        );
        let objects: Vec<String> = objects.iter().map(|object| (*object).to_owned()).collect();
        let parameters = vec![
            owned(kind.name(), Type::TEXT),
            owned(objects, Type::TEXT_ARRAY),
            owned(tenant.map(str::to_owned), Type::TEXT),
        ];
        let guard = Guard { seen, caller: Some(caller) };
        self.query(guard, &query, "q.at, q.tenant", parameters, |_, columns| row::assignment(columns)).await
    }

    pub(in crate::store) async fn assignments_after(
        &self,
        caller: Caller,
        kind: Kind,
        after: Option<(&str, &str)>,
        limit: usize,
        seen: Option<i64>,
    ) -> Result<Vec<AssignmentRow>, Failure> {
        let query = format!(
            "SELECT true, {ASSIGNMENT} FROM assignments x WHERE x.kind = $4 AND (x.object, x.tenant) > ($5, $6) \
             ORDER BY x.object, x.tenant LIMIT $7"
        );
        let (object, tenant) = after.unwrap_or_default();
        let parameters = vec![
            owned(kind.name(), Type::TEXT),
            owned(object.to_owned(), Type::TEXT),
            owned(tenant.to_owned(), Type::TEXT),
            owned(i64::try_from(limit).unwrap_or(i64::MAX), Type::INT8),
        ];
        let guard = Guard { seen, caller: Some(caller) };
        self.query(guard, &query, "q.object, q.tenant", parameters, |_, columns| row::assignment(columns)).await
    }

    pub(in crate::store) async fn access_keys(&self, seen: Option<i64>) -> Result<Vec<AccessKeyRow>, Failure> {
        let query = "SELECT true, slot, generation, key FROM access_keys";
        self.query(Guard { seen, caller: None }, query, "q.slot", Vec::new(), |shared, columns| {
            row::access_key(&shared.secrets, columns.next()?, columns.next()?, columns.next()?)
        })
        .await
    }

    pub(in crate::store) async fn signing_key(
        &self,
        slot: SigningSlot,
        seen: Option<i64>,
    ) -> Result<Option<SigningKeyRow>, Failure> {
        let query = "SELECT true, slot, generation, pkcs8 FROM signing_keys WHERE slot = $4";
        let parameters = vec![owned(slot.name(), Type::TEXT)];
        let read = |shared: &Shared, columns: &mut Columns<'_>| {
            row::signing_key(&shared.secrets, columns.next()?, columns.next()?, columns.next()?)
        };
        Ok(self.query(Guard { seen, caller: None }, query, "1", parameters, read).await?.pop())
    }

    pub(in crate::store) async fn setting(&self, name: &str, seen: Option<i64>) -> Result<Option<String>, Failure> {
        let query = "SELECT true, name, value FROM settings WHERE name = $4";
        let parameters = vec![owned(name.to_owned(), Type::TEXT)];
        let read = |shared: &Shared, columns: &mut Columns<'_>| {
            row::setting(&shared.secrets, columns.next()?, columns.next()?)
        };
        Ok(self.query(Guard { seen, caller: None }, query, "1", parameters, read).await?.pop())
    }
}

/// Reads a row of [`Postgres::query`]. If the query found nothing, there is one row without a value.
fn read_row<T>(
    shared: &Shared,
    row: &Row,
    read: impl Fn(&Shared, &mut Columns<'_>) -> Result<T, Fault>,
) -> Result<Result<Option<T>, Failure>, Fault> {
    let mut columns = Columns::of(row);
    if let Err(failure) = verdict(&mut columns)? {
        return Ok(Err(failure));
    }
    let is_there: Option<bool> = columns.next()?;
    Ok(Ok(if is_there == Some(true) { Some(read(shared, &mut columns)?) } else { None }))
}
