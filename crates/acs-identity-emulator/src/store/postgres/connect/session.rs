//! One open connection.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Error, Row, SimpleQueryMessage, Statement};

use super::driver::Driver;
use super::slot::Slot;
use super::socket::Place;
use super::stream::SetUp;
use crate::clock::machine;

/// A parameter of a statement, and its type.
pub(crate) type Parameter<'a> = (&'a (dyn ToSql + Sync), Type);

/// How long the goodbye to the server may take.
const GOODBYE: Duration = Duration::from_millis(100);

/// An open connection. It is closed when it is dropped.
pub(super) struct Session {
    client: Client,
    /// The task that reads and writes.
    driver: Option<JoinHandle<()>>,
    /// Whether the server has warned of something since the last look.
    warned: Arc<AtomicBool>,
    /// The statements that are prepared on it. `None` if statements are not prepared.
    prepared: Option<Mutex<HashMap<String, Statement>>>,
    pub(super) place: Place,
    /// The number of the host in the address.
    pub(super) host: usize,
    /// The place among the pool's connections that it takes.
    pub(super) slot: Option<Slot>,
}

impl Session {
    pub(super) fn new(client: Client, driver: Driver, place: Place, host: usize, prepares: bool) -> Self {
        let prepared = prepares.then(Mutex::default);
        let Driver { task, warned } = driver;
        Self { client, driver: Some(task), warned, prepared, place, host, slot: None }
    }

    /// Returns whether the server has warned since the last call. A commit whose wait for a standby was cancelled is
    /// reported as a success with a warning.
    pub(super) fn was_warned(&self) -> bool {
        self.warned.swap(false, Ordering::Relaxed)
    }

    /// Checks whether the connection has ended. A statement that is sent on it fails, and has no effect.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Executes a statement and returns its rows.
    pub(super) async fn query(&self, sql: &str, parameters: &[Parameter<'_>]) -> Result<Vec<Row>, Error> {
        match self.statement(sql, parameters).await? {
            Some(statement) => self.client.query(&statement, &values(parameters)).await,
            None => self.client.query_typed(sql, parameters).await,
        }
    }

    /// Executes a statement and returns how many rows it has changed.
    pub(super) async fn execute(&self, sql: &str, parameters: &[Parameter<'_>]) -> Result<u64, Error> {
        match self.statement(sql, parameters).await? {
            Some(statement) => self.client.execute(&statement, &values(parameters)).await,
            None => self.client.execute_typed(sql, parameters).await,
        }
    }

    /// Executes statements without parameters.
    pub(super) async fn batch(&self, sql: &str) -> Result<(), Error> {
        self.client.batch_execute(sql).await
    }

    /// Checks whether the server accepts writes.
    pub(super) async fn accepts_writes(&self) -> Result<bool, Error> {
        let answer = self.client.simple_query("SHOW transaction_read_only").await?;
        let is_read_only = answer.iter().any(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0) == Some("on"),
            _ => false,
        });
        Ok(!is_read_only)
    }

    /// Returns the prepared statement, if statements are prepared.
    async fn statement(&self, sql: &str, parameters: &[Parameter<'_>]) -> Result<Option<Statement>, Error> {
        let Some(prepared) = &self.prepared else { return Ok(None) };
        let known = || prepared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(statement) = known().get(sql).cloned() {
            return Ok(Some(statement));
        }
        let types: Vec<Type> = parameters.iter().map(|(_, of_type)| of_type.clone()).collect();
        let statement = self.client.prepare_typed(sql, &types).await?;
        known().insert(sql.to_owned(), statement.clone());
        Ok(Some(statement))
    }

    /// Returns what asks the server, on a connection of its own, to stop the statement that runs on this one.
    pub(super) fn canceller(&self) -> Canceller {
        Canceller(self.client.cancel_token())
    }

    /// Says goodbye to the server and closes the connection.
    pub(super) async fn end(mut self) {
        let driver = self.driver.take();
        drop(self);
        let Some(mut driver) = driver else { return };
        if machine::timeout(GOODBYE, &mut driver).await.is_none() {
            driver.abort();
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(driver) = &self.driver {
            driver.abort();
        }
    }
}

/// Asks the server to stop the statement of a connection.
pub(super) struct Canceller(tokio_postgres::CancelToken);

impl Canceller {
    /// Sends the request on a new connection.
    pub(super) async fn send(&self, stream: super::stream::Stream) {
        // If it is lost, the statement runs on until the server finds that the connection has ended.
        let _ = self.0.cancel_query_raw(stream, SetUp).await;
    }
}

fn values<'a>(parameters: &[Parameter<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    parameters.iter().map(|(value, _)| *value).collect()
}
