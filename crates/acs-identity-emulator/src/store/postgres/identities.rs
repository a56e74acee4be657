//! Reads of identities with everything that belongs to them. Reads that may look at all identities go through them in
//! the order of users, a part in each statement, so that no statement takes long.

use std::sync::Arc;

use tokio_postgres::types::Type;

use super::connect::{Isolation, OPERATION};
use super::fault::Fault;
use super::hot::guard::Guard;
use super::read::owned;
use super::row::{self, Columns, IDENTITY, JOIN_REVOCATIONS, REVOCATIONS};
use super::shared::Shared;
use super::transaction::{Time, Transaction};
use super::{Postgres, closed};
use crate::clock::machine;
use crate::store::failure::{Failure, StoreError};
use crate::store::{Caller, DescribedIdentity, Filter, GuidPart, Name};

/// The number of identities that the first statement of a search looks at. Each further one looks at four times as
/// many, up to the largest number.
const FIRST: i64 = 2000;
const MOST: i64 = 50_000;

/// The number of identities that a statement counts.
const COUNTED: i64 = 500_000;

/// The number of assignments of an identity `i`.
const ASSIGNMENTS: &str = "(SELECT count(*) FROM assignments \
    WHERE kind IN ('teamsExtension', 'entra') AND object = i.user_id) AS assignments";

fn described(columns: &mut Columns<'_>) -> Result<DescribedIdentity, Fault> {
    let row = row::identity(columns)?;
    let revocations = row::revocations(columns)?;
    let assignments: i64 = columns.next()?;
    Ok(DescribedIdentity { row, revocations, assignments: usize::try_from(assignments).unwrap_or_default() })
}

impl Postgres {
    pub(in crate::store) async fn described(
        &self,
        caller: Caller,
        name: Name<'_>,
        seen: Option<i64>,
    ) -> Result<Option<DescribedIdentity>, Failure> {
        let (condition, name) = match name {
            Name::User(user) => ("i.user_id = $4", user.to_owned()),
            Name::CustomId(custom_id) => ("i.custom_id = $4", row::kept(custom_id).into_owned()),
        };
        let query = format!(
            "SELECT true, {IDENTITY}, {REVOCATIONS}, {ASSIGNMENTS} FROM identities i {JOIN_REVOCATIONS} \
             WHERE {condition}"
        );
        let guard = Guard { seen, caller: Some(caller) };
        let parameters = vec![owned(name, Type::TEXT)];
        Ok(self.query(guard, &query, "1", parameters, |_, columns| described(columns)).await?.pop())
    }

    pub(in crate::store) async fn identities_after(
        &self,
        caller: Caller,
        filter: Option<&Filter>,
        after: Option<&str>,
        limit: usize,
        seen: Option<i64>,
    ) -> Result<Vec<DescribedIdentity>, Failure> {
        let guard = Guard { seen, caller: Some(caller) };
        let after = after.unwrap_or_default().to_owned();
        if let Some(filter) = filter {
            let filter = filter.clone();
            return self.long_read(guard, move |transaction| found(transaction, &filter, after, limit)).await;
        }
        let query = format!(
            "SELECT true, {IDENTITY}, {REVOCATIONS}, {ASSIGNMENTS} FROM identities i {JOIN_REVOCATIONS} \
             WHERE i.user_id > $4 ORDER BY i.user_id LIMIT $5"
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let parameters = vec![owned(after, Type::TEXT), owned(limit, Type::INT8)];
        self.query(guard, &query, "q.user_id", parameters, |_, columns| described(columns)).await
    }

    pub(in crate::store) async fn identity_count(&self, caller: Caller, seen: Option<i64>) -> Result<u64, Failure> {
        self.long_read(Guard { seen, caller: Some(caller) }, |transaction| {
            let (mut all, mut after) = (0, String::new());
            while let Some((count, last)) = part(transaction, &after, COUNTED)? {
                all += count;
                after = last;
                if count < COUNTED {
                    break;
                }
            }
            Ok(u64::try_from(all).unwrap_or_default())
        })
        .await
    }

    /// Reads the state of one moment by several statements, on a thread that may block.
    pub(super) async fn long_read<T: Send + 'static>(
        &self,
        guard: Guard,
        read: impl FnOnce(&mut Transaction) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Failure> {
        let shared = Arc::clone(&self.shared);
        self.on_worker(async move {
            let permit = machine::timeout(OPERATION, Arc::clone(&shared.long_reads).acquire_owned()).await;
            let Some(Ok(_permit)) = permit else { return Err(busy().into()) };
            let read = move || {
                let result = read_all(&shared, guard, read);
                shared.trouble.note(&result);
                result.map_err(Fault::of_read)?
            };
            tokio::task::spawn_blocking(read).await.unwrap_or_else(|_| Err(closed().into()))
        })
        .await
    }
}

fn busy() -> StoreError {
    StoreError::Unreachable("too many reads of all identities run at once".to_owned())
}

fn read_all<T>(
    shared: &Shared,
    guard: Guard,
    read: impl FnOnce(&mut Transaction) -> Result<T, Fault>,
) -> Result<Result<T, Failure>, Fault> {
    let mut transaction =
        Transaction::begin(shared, Isolation::Snapshot, Time::Each(OPERATION), machine::instant() + OPERATION)?;
    let result = match transaction.check(guard)? {
        Ok(()) => Ok(read(&mut transaction)?),
        Err(failure) => Err(failure),
    };
    transaction.end();
    Ok(result)
}

/// Returns how many identities come after a user, at most a number, and the last of them. Returns `None` if there are
/// none.
fn part(transaction: &mut Transaction, after: &str, most: i64) -> Result<Option<(i64, String)>, Fault> {
    let statement = "SELECT count(*), max(user_id) FROM \
                     (SELECT user_id FROM identities WHERE user_id > $1 ORDER BY user_id LIMIT $2) k";
    let rows = transaction.query(statement, &[(&after, Type::TEXT), (&most, Type::INT8)])?;
    let Some(row) = rows.first() else { return Ok(None) };
    let mut columns = Columns::of(row);
    let (count, last): (i64, Option<String>) = (columns.next()?, columns.next()?);
    Ok(last.map(|last| (count, last)))
}

/// Returns the next identities that match. `lower` changes only the letters A to Z in this collation.
fn found(
    transaction: &mut Transaction,
    filter: &Filter,
    mut after: String,
    limit: usize,
) -> Result<Vec<DescribedIdentity>, Fault> {
    let (condition, user) = match &filter.user {
        // The parameter is not null.
        None => ("$5 IS NULL", ""),
        Some(GuidPart::Start(start)) => ("starts_with(i.user_id, $5)", start.as_str()),
        Some(GuidPart::Within(within)) => ("strpos(i.user_id, $5) > 0", within.as_str()),
    };
    let statement = format!(
        "SELECT {IDENTITY}, {REVOCATIONS}, {ASSIGNMENTS} FROM identities i {JOIN_REVOCATIONS} \
         WHERE i.user_id > $1 AND i.user_id <= $2 AND (strpos(lower(i.custom_id), $4) > 0 OR {condition}) \
         ORDER BY i.user_id LIMIT $3"
    );
    let custom_id = row::kept(&filter.custom_id.to_ascii_lowercase()).into_owned();
    let mut all = Vec::new();
    let mut most = FIRST;
    while all.len() < limit
        && let Some((_, last)) = part(transaction, &after, most)?
    {
        let left = i64::try_from(limit - all.len()).unwrap_or(i64::MAX);
        let rows = transaction.query(
            &statement,
            &[
                (&after, Type::TEXT),
                (&last, Type::TEXT),
                (&left, Type::INT8),
                (&custom_id, Type::TEXT),
                (&user, Type::TEXT),
            ],
        )?;
        for row in &rows {
            all.push(described(&mut Columns::of(row))?);
        }
        after = last;
        most = (most * 4).min(MOST);
    }
    Ok(all)
}
