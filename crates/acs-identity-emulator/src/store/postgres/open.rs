//! Opens the database: makes or migrates the tables, and starts the worker.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use super::connect::{Isolation, Pool};
use super::fault::Fault;
use super::open_error::OpenError;
use super::row::{self, Columns};
use super::schema::{ELSEWHERE, OTHER, SERVICE, STEPS, Step, TABLES};
use super::secret::Secrets;
use super::shared::Shared;
use super::transaction::{LOCK, LONG, Time, Transaction};
use super::watch::watch;
use super::worker::{Queues, Worker};
use super::{Postgres, generation};
use crate::clock::machine;
use crate::database::PostgresStorage;
use crate::log::Shown;
use crate::store::block_on;

/// The number of connections. Statements that wait for one are combined with others meanwhile.
const CONNECTIONS: usize = 10;

/// How long opening is begun again, because another process makes or migrates the tables or holds them locked, and the
/// pause before it is.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(250);

/// When the user is told why opening takes long.
const TOLD: Duration = Duration::from_secs(2);

/// The time for one step of opening. Migrations take longer.
const STEP: Duration = Duration::from_secs(10);

impl Postgres {
    /// Connects, and makes or migrates the tables. It blocks. Returns whether the database was new.
    pub(crate) fn open(storage: &PostgresStorage) -> Result<(Self, bool), OpenError> {
        Self::open_with(storage, STEPS)
    }

    pub(super) fn open_with(storage: &PostgresStorage, steps: &'static [Step]) -> Result<(Self, bool), OpenError> {
        let secrets = Secrets::new(storage.key.as_ref());
        let runtime = Worker::runtime().map_err(OpenError::Worker)?;
        let pool = {
            let _entered = runtime.enter();
            Pool::start(storage.address.clone(), CONNECTIONS).map_err(|error| OpenError::Tls(error.to_string()))?
        };
        let shared = Arc::new(Shared::new(pool, secrets));
        let queues = Arc::new(Queues::default());
        let worker = Worker::start(runtime, Arc::clone(&shared), Arc::clone(&queues)).map_err(OpenError::Worker)?;
        let handle = worker.handle.clone();
        let preparing = Arc::clone(&shared);
        let store = Self { shared, queues, handle, worker: Mutex::new(Some(worker)) };
        let prepared = block_on(store.handle.spawn_blocking(move || prepare(&preparing, steps)));
        let is_new = prepared.map_err(|error| OpenError::Failed(error.to_string()))??;
        store.handle.spawn(watch(Arc::clone(&store.shared)));
        Ok((store, is_new))
    }
}

/// Makes or migrates the tables. Returns whether they were made.
fn prepare(shared: &Shared, steps: &[Step]) -> Result<bool, OpenError> {
    let begun = machine::instant();
    let mut was_told = false;
    loop {
        match prepare_once(shared, steps) {
            Err(error @ (OpenError::Locked | OpenError::Interrupted(_))) if machine::since(begun) < PATIENCE => {
                if !was_told && machine::since(begun) > TOLD {
                    was_told = true;
                    let words = format!("the database cannot be opened yet, and it is tried again: {error}");
                    tracing::warn!("{}", Shown(words));
                }
                machine::sleep_here(PAUSE);
            }
            prepared => return prepared,
        }
    }
}

fn prepare_once(shared: &Shared, steps: &[Step]) -> Result<bool, OpenError> {
    // A host that does not answer is given up after connect_timeout, and the error names it.
    let connected = machine::instant() + PATIENCE;
    let mut transaction = Transaction::begin(shared, Isolation::Alone(LOCK), Time::Each(STEP), connected)?;
    let setting = |name| format!("SELECT current_setting('{name}')");
    let encoding: String = row::single(&transaction.query(&setting("server_encoding"), &[])?)?;
    if encoding != "UTF8" {
        return Err(OpenError::Encoding(encoding));
    }
    let isolation: String = row::single(&transaction.query(&setting("default_transaction_isolation"), &[])?)?;
    // A statement that has waited for a transaction that is alone must see what that has changed.
    if isolation != "read committed" && isolation != "read uncommitted" {
        return Err(OpenError::Isolation(isolation));
    }
    let names: Vec<&str> = TABLES.iter().copied().chain(["service"]).collect();
    let statement = "SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NOT NULL ORDER BY name";
    let there = transaction.query(statement, &[(&names, Type::TEXT_ARRAY)])?;
    let there: Vec<String> = there.iter().map(|row| Columns::of(row).next()).collect::<Result<_, _>>()?;
    if there.iter().any(|name| name == "service") {
        return present(transaction, &shared.secrets, steps).map(|()| false);
    }
    if let Some(row) = transaction.query(ELSEWHERE, &[])?.first() {
        return Err(OpenError::Elsewhere(Columns::of(row).next()?));
    }
    match there.into_iter().next() {
        Some(name) => Err(OpenError::Foreign(name)),
        None => {
            if let Some(row) = transaction.query(OTHER, &[])?.first() {
                let name: String = Columns::of(row).next()?;
                let words = format!(
                    "the database has a table '{name}' of something else. Its tables and those of the emulator are in \
                     the same schema now. Give the emulator a database of its own"
                );
                tracing::warn!("{}", Shown(words));
            }
            make(transaction, &shared.secrets, steps)
        }
    }
}

/// Makes the tables. Returns `true`.
fn make(mut transaction: Transaction, secrets: &Secrets, steps: &[Step]) -> Result<bool, OpenError> {
    match transaction.query(SERVICE, &[]) {
        Err(Fault::Refused(code, _))
            if [SqlState::UNIQUE_VIOLATION, SqlState::DUPLICATE_TABLE, SqlState::DUPLICATE_OBJECT].contains(&code) =>
        {
            return Err(OpenError::Locked);
        }
        result => result?,
    };
    let (version, oldest) = execute(&mut transaction, steps, 0)?;
    transaction.query(
        "INSERT INTO service (version, oldest, generation, proof) VALUES ($1, $2, $3, $4)",
        &[
            (&version, Type::INT4),
            (&oldest, Type::INT4),
            (&generation::other()?, Type::INT8),
            (&secrets.proof()?, Type::BYTEA),
        ],
    )?;
    transaction.commit()?;
    Ok(true)
}

/// Checks tables that exist, and migrates them.
fn present(mut transaction: Transaction, secrets: &Secrets, steps: &[Step]) -> Result<(), OpenError> {
    let statement = "SELECT version, oldest, proof FROM service";
    let rows = match transaction.query(statement, &[]) {
        Err(Fault::Refused(SqlState::UNDEFINED_COLUMN, _)) => {
            return Err(OpenError::Foreign("service".to_owned()));
        }
        rows => rows?,
    };
    // The tables were committed together with the row. So they are looked for after it.
    let missing = "SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NULL LIMIT 1";
    if let Some(row) = transaction.query(missing, &[(&TABLES, Type::TEXT_ARRAY)])?.first() {
        return Err(OpenError::Incomplete(Columns::of(row).next()?));
    }
    let row = rows.first().ok_or_else(|| OpenError::Failed("the table service of the database is empty".to_owned()))?;
    let mut columns = Columns::of(row);
    let (version, oldest, proof): (i32, i32, &[u8]) = (columns.next()?, columns.next()?, columns.next()?);
    let known = i32::try_from(steps.len()).unwrap_or(i32::MAX);
    if oldest > known {
        return Err(OpenError::Newer { version, known });
    }
    secrets.check(proof)?;
    if version >= known {
        transaction.end();
        return Ok(());
    }
    transaction.query("LOCK TABLE gate IN EXCLUSIVE MODE", &[])?;
    transaction.time = Time::Each(LONG);
    // Another process may have migrated meanwhile.
    let version = row::single(&transaction.query("SELECT version FROM service", &[])?)?;
    if version < known {
        let (version, oldest) = execute(&mut transaction, steps, version)?;
        transaction.query(generation::CHANGE, &[(&generation::other()?, Type::INT8)])?;
        let statement = "UPDATE service SET version = $1, oldest = $2";
        transaction.query(statement, &[(&version, Type::INT4), (&oldest, Type::INT4)])?;
        tracing::info!("the database was migrated to schema {version}");
    }
    Ok(transaction.commit()?)
}

/// Executes the steps after a version. Returns the new version, and the oldest one that can work with it.
fn execute(transaction: &mut Transaction, steps: &[Step], version: i32) -> Result<(i32, i32), OpenError> {
    let done = usize::try_from(version).unwrap_or_default();
    for statement in steps.iter().skip(done).flat_map(|step| step.statements) {
        transaction.query(statement, &[])?;
    }
    let oldest = steps.last().map_or(0, |step| step.oldest);
    Ok((i32::try_from(steps.len()).unwrap_or(i32::MAX), oldest))
}
