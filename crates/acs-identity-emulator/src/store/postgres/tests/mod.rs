//! Tests with a PostgreSQL server. They are ignored unless they are asked for, and need the variable AZ_TEST_POSTGRES:
//! the URL of a user who may create databases, at a server that is reached by TCP without TLS. With AZ_TEST_PGBOUNCER,
//! the URL of a pooler before it, the stores are opened through that.

mod alone;
mod contention;
mod custom_ids;
mod opening;
mod proxy;
mod seen;
mod trouble;

use std::sync::atomic::{AtomicU32, Ordering};

use super::Postgres;
use super::open_error::OpenError;
use crate::clock::machine;
use crate::database::{PostgresAddress, PostgresStorage, StoreKey};
use crate::store::{Store, block_on};

/// The variable with the URL of the server.
pub(in crate::store) const SERVER: &str = "AZ_TEST_POSTGRES";

/// The variable with the URL of a pooler before the server.
const POOLER: &str = "AZ_TEST_PGBOUNCER";

/// A database of its own, which is dropped at the end.
pub(in crate::store) struct Database {
    name: String,
    server: String,
}

/// Returns the URL of the server.
fn server() -> String {
    std::env::var(SERVER).unwrap_or_else(|_| panic!("set {SERVER} to the URL of a PostgreSQL server"))
}

/// Opens a session on the database of a URL, outside of the store.
pub(super) async fn session(url: &str) -> tokio_postgres::Client {
    let address = PostgresAddress::parse(url).unwrap();
    let host = &address.hosts()[0];
    let stream = tokio::net::TcpStream::connect((host.name(), host.port())).await.unwrap();
    // It does not know our parameters.
    let config: tokio_postgres::Config = url.split('?').next().unwrap().parse().unwrap();
    let (client, connection) = config.connect_raw(stream, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Executes statements on the database of a URL, outside of the store.
pub(super) fn execute(url: &str, statements: &[&str]) -> Vec<tokio_postgres::SimpleQueryMessage> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = session(url).await;
        let mut last = Vec::new();
        for statement in statements {
            last = client.simple_query(statement).await.unwrap_or_else(|error| panic!("{statement}: {error:?}"));
        }
        last
    })
}

/// Returns the value of an answer with one row and one column.
pub(super) fn value(answer: &[tokio_postgres::SimpleQueryMessage]) -> String {
    let row = answer.iter().find_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    row.unwrap().to_owned()
}

impl Database {
    pub(in crate::store) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("acs_test_{}_{count}", std::process::id());
        let server = server();
        execute(
            &server,
            &[&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"), &format!("CREATE DATABASE {name}")],
        );
        Self { name, server }
    }

    /// Returns the URL of the database at this server, or at a pooler before it.
    fn url_at(&self, server: &str) -> String {
        let (base, query) = server.split_once('?').map_or((server, ""), |(base, query)| (base, query));
        let scheme = base.find("://").unwrap() + 3;
        let end = base[scheme..].find('/').map_or(base.len(), |at| scheme + at);
        format!("{}/{}?{query}", &base[..end], self.name)
    }

    pub(super) fn url(&self) -> String {
        self.url_at(&self.server)
    }

    pub(super) fn execute(&self, statement: &str) {
        execute(&self.url(), &[statement]);
    }

    /// Opens the database with a parameter in the URL.
    pub(super) fn open_with(&self, parameter: &str) -> Store {
        let mut url = self.url();
        url.push_str(parameter);
        let address = PostgresAddress::parse(&url).unwrap();
        Store::Postgres(Postgres::open(&PostgresStorage { address, key: None }).unwrap().0)
    }

    pub(super) fn storage(&self, key: Option<StoreKey>) -> PostgresStorage {
        // With a pooler, the tables are made and used through it.
        let pooler = std::env::var(POOLER).ok();
        let url = pooler.map_or_else(|| self.url(), |pooler| self.url_at(&pooler));
        PostgresStorage { address: PostgresAddress::parse(&url).unwrap(), key }
    }

    pub(super) fn try_open(&self, key: Option<StoreKey>) -> Result<(Postgres, bool), OpenError> {
        Postgres::open(&self.storage(key))
    }

    pub(in crate::store) fn open(&self) -> Store {
        Store::Postgres(self.try_open(None).unwrap().0)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        execute(&self.server, &[&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)]);
    }
}

/// Waits until a condition holds. Fails if it does not within 10 s.
pub(super) fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = machine::instant();
    while !is_so() {
        assert!(machine::since(start).as_secs() < 10, "{what}");
        std::thread::yield_now();
    }
}

/// Returns the implementation.
pub(super) fn postgres(store: &Store) -> &Postgres {
    let Store::Postgres(postgres) = store else { panic!("it is another store") };
    postgres
}

/// Runs a future for each number at the same time, on a runtime with two threads.
pub(super) fn at_once<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    count: usize,
    task: impl Fn(usize) -> F,
) -> Vec<T> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let tasks: Vec<_> = (0..count).map(|number| tokio::spawn(task(number))).collect();
        let mut all = Vec::with_capacity(count);
        for task in tasks {
            all.push(task.await.unwrap());
        }
        all
    })
}

/// Writes the times of tokens that are written later.
pub(in crate::store) fn write_aside(store: &Store) {
    if let Store::Postgres(postgres) = store {
        let shared = std::sync::Arc::clone(&postgres.shared);
        let write = async move {
            super::aside::write(&shared, machine::instant() + super::connect::OPERATION).await.unwrap();
            Ok(())
        };
        block_on(postgres.on_worker(write)).unwrap();
    }
}

/// Waits until so many sessions of the database wait for a lock, or one if there is a pooler, which may take a second
/// for each new connection.
pub(super) async fn until_waiting(client: &tokio_postgres::Client, count: i64) {
    let count = if std::env::var_os(POOLER).is_some() { 1 } else { count };
    let waiting = "SELECT count(*) FROM pg_stat_activity \
                   WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let start = machine::instant();
    loop {
        let found: i64 = client.query_one(waiting, &[]).await.unwrap().get(0);
        if found >= count {
            return;
        }
        assert!(machine::since(start).as_secs() < 10, "only {found} sessions wait for a lock");
    }
}
