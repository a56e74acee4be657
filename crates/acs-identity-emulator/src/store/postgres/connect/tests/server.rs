//! A real server. AZ_TEST_POSTGRES holds the URL of a user who may create databases.

use tokio_postgres::error::SqlState;
use tokio_postgres::types::Type;

use super::*;

/// Returns the address, with further parameters.
fn address(parameters: &str) -> PostgresAddress {
    let url = std::env::var("AZ_TEST_POSTGRES").unwrap();
    let separator = if url.contains('?') { '&' } else { '?' };
    // The machine may be busy.
    parse(&format!("{url}{separator}connect_timeout=30&{parameters}"))
}

fn pool(parameters: &str, size: usize) -> Pool {
    Pool::start(address(parameters), size).unwrap()
}

async fn lease(pool: &Pool) -> Lease {
    pool.lease(later()).await.map_err(|fault| fault.to_string()).unwrap()
}

/// Returns the number of the server's process for a connection.
async fn process(lease: &Lease) -> i32 {
    lease.query("SELECT pg_backend_pid()", &[]).await.unwrap()[0].get(0)
}

/// Makes a table with a name of its own and one row.
async fn table(pool: &Pool) -> String {
    let name = format!("link_{}", crate::random::guid().unwrap().replace('-', ""));
    let lease = lease(pool).await;
    lease.query(&format!("CREATE TABLE {name} (id bigint PRIMARY KEY)"), &[]).await.unwrap();
    lease.query(&format!("INSERT INTO {name} VALUES (1)"), &[]).await.unwrap();
    name
}

async fn count(pool: &Pool, table: &str) -> i64 {
    lease(pool).await.query(&format!("SELECT count(*) FROM {table}"), &[]).await.unwrap()[0].get(0)
}

async fn remove(pool: &Pool, table: &str) {
    lease(pool).await.query(&format!("DROP TABLE {table}"), &[]).await.unwrap();
}

/// What a transaction that writes is.
const ALONE: Isolation = Isolation::Alone(Duration::from_secs(1));

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn statements_have_parameters_in_both_forms() {
    for parameters in ["prepare=no", "prepare=yes"] {
        run(async {
            let pool = pool(parameters, 1);
            let lease = lease(&pool).await;
            for number in 1..4_i64 {
                let (text, bytes) = ("a'b", vec![0_u8, 255]);
                let rows = lease
                    .query(
                        "SELECT $1 + 1, $2, $3, current_setting('application_name')",
                        &[(&number, Type::INT8), (&text, Type::TEXT), (&bytes, Type::BYTEA)],
                    )
                    .await
                    .unwrap();
                assert_eq!(rows[0].get::<_, i64>(0), number + 1);
                assert_eq!((rows[0].get::<_, &str>(1), rows[0].get::<_, Vec<u8>>(2)), (text, bytes));
                assert_eq!(rows[0].get::<_, &str>(3), "acs-identity-emulator");
            }
            let prepared = lease.query("SELECT count(*) FROM pg_prepared_statements", &[]).await.unwrap();
            // The two statements of this test.
            assert_eq!(prepared[0].get::<_, i64>(0), if parameters == "prepare=yes" { 2 } else { 0 });
        });
    }
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn connections_stay_open_and_their_number_is_fixed() {
    run(async {
        let pool = pool("", 2);
        let [first, second] = [lease(&pool).await, lease(&pool).await];
        let mut processes = [process(&first).await, process(&second).await];
        let third = pool.lease(machine::instant() + Duration::from_millis(100)).await;
        assert!(matches!(third, Err(Fault::Busy)));
        drop((first, second));
        let [first, second] = [lease(&pool).await, lease(&pool).await];
        let mut again = [process(&first).await, process(&second).await];
        processes.sort_unstable();
        again.sort_unstable();
        assert_eq!(processes, again);
    });
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_refused_statement_has_a_code_and_leaves_the_connection_usable() {
    run(async {
        let pool = pool("", 1);
        let table = table(&pool).await;
        let lease_of_it = lease(&pool).await;
        let before = process(&lease_of_it).await;
        let fault = lease_of_it.query(&format!("INSERT INTO {table} VALUES (1)"), &[]).await.unwrap_err();
        assert_eq!((fault.code(), fault.effect()), (Some(&SqlState::UNIQUE_VIOLATION), Effect::None));
        drop(lease_of_it);
        assert_eq!(process(&lease(&pool).await).await, before);
        remove(&pool, &table).await;
    });
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_transaction_is_durable_when_it_is_committed_and_undone_when_it_is_left() {
    run(async {
        let pool = pool("", 2);
        let table = table(&pool).await;
        let insert = |number: i64| format!("INSERT INTO {table} VALUES ({number})");
        let committed = lease(&pool).await.begin(ALONE).await.unwrap();
        committed.query(&insert(2), &[]).await.unwrap();
        assert_eq!(count(&pool, &table).await, 1);
        committed.commit().await.unwrap();
        let left = lease(&pool).await.begin(ALONE).await.unwrap();
        left.query(&insert(3), &[]).await.unwrap();
        drop(left);
        let rolled_back = lease(&pool).await.begin(ALONE).await.unwrap();
        rolled_back.query(&insert(3), &[]).await.unwrap();
        rolled_back.roll_back().await.unwrap();
        assert_eq!(count(&pool, &table).await, 2);
        let failed = lease(&pool).await.begin(ALONE).await.unwrap();
        failed.query(&insert(3), &[]).await.unwrap();
        failed.query(&insert(1), &[]).await.unwrap_err();
        assert!(failed.commit().await.is_err());
        let reading = lease(&pool).await.begin(Isolation::Snapshot).await.unwrap();
        let fault = reading.query(&insert(4), &[]).await.unwrap_err();
        assert_eq!(fault.code(), Some(&SqlState::READ_ONLY_SQL_TRANSACTION));
        drop(reading);
        assert_eq!(count(&pool, &table).await, 2);
        remove(&pool, &table).await;
    });
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_statement_that_waits_too_long_is_given_up_and_stopped() {
    run(async {
        let pool = pool("", 3);
        let table = table(&pool).await;
        let holder = lease(&pool).await.begin(ALONE).await.unwrap();
        holder.query(&format!("SELECT id FROM {table} FOR UPDATE"), &[]).await.unwrap();
        let mut waits = lease(&pool).await;
        let process = process(&waits).await;
        waits.extend(machine::instant() + Duration::from_millis(200));
        let fault = waits.query(&format!("DELETE FROM {table}"), &[]).await.unwrap_err();
        assert!(matches!(fault, Fault::Late(Effect::Unknown)), "{fault}");
        drop(waits);
        // The server's process ends, because it was asked to: the lock is still held.
        let watcher = lease(&pool).await;
        let is_there = async || {
            let sql = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1";
            watcher.query(sql, &[(&process, Type::INT4)]).await.unwrap()[0].get::<_, i64>(0) == 1
        };
        while is_there().await {}
        holder.roll_back().await.unwrap();
        drop(watcher);
        assert_eq!(count(&pool, &table).await, 1);
        remove(&pool, &table).await;
    });
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn connections_that_the_server_ends_are_replaced() {
    run(async {
        let pool = pool("", 2);
        let [first, second] = [lease(&pool).await, lease(&pool).await];
        let ended = process(&first).await;
        let end = "SELECT pg_terminate_backend($1)";
        // One that is in use.
        second.query(end, &[(&ended, Type::INT4)]).await.unwrap();
        let fault = first.query("SELECT 1", &[]).await.unwrap_err();
        assert!(matches!(fault, Fault::Lost(_)), "{fault}");
        drop(first);
        let first = lease(&pool).await;
        let idle = process(&first).await;
        assert_ne!(idle, ended);
        drop(first);
        // One that nobody uses.
        second.query(end, &[(&idle, Type::INT4)]).await.unwrap();
        let gone = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1";
        while second.query(gone, &[(&idle, Type::INT4)]).await.unwrap()[0].get::<_, i64>(0) == 1 {}
        let first = lease(&pool).await;
        assert_ne!(process(&first).await, idle);
        assert!(pool.trouble().is_none());
    });
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_statement_that_nobody_waits_for_ends_its_connection() {
    run(async {
        let pool = pool("", 1);
        let first = lease(&pool).await;
        let before = process(&first).await;
        let dropped = machine::timeout(Duration::from_millis(50), first.query("SELECT pg_sleep(60)", &[])).await;
        assert!(dropped.is_none());
        let fault = first.query("SELECT 1", &[]).await.unwrap_err();
        assert!(matches!(fault, Fault::Lost(Effect::None)), "{fault}");
        drop(first);
        assert_ne!(process(&lease(&pool).await).await, before);
    });
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_missing_database_is_reported() {
    let unreachable = run(unreachable(address("dbname=nowhere")));
    let problems: Vec<_> = unreachable.problems().map(|(_, problem)| problem).collect();
    assert!(matches!(problems[..], [Problem::NoDatabase(_)]), "{problems:?}");
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_host_that_became_read_only_is_left() {
    run(async {
        let pool = pool("", 2);
        let lease_of_it = lease(&pool).await;
        let before = process(&lease_of_it).await;
        // What a primary says that has become a standby.
        let sql = "DO $$ BEGIN RAISE EXCEPTION 'read-only' USING ERRCODE = '25006'; END $$";
        let fault = lease_of_it.query(sql, &[]).await.unwrap_err();
        assert_eq!((fault.code(), fault.effect()), (Some(&SqlState::READ_ONLY_SQL_TRANSACTION), Effect::None));
        drop(lease_of_it);
        let [first, second] = [lease(&pool).await, lease(&pool).await];
        assert!(![process(&first).await, process(&second).await].contains(&before));
    });
}

#[test]
#[ignore = "it needs a PostgreSQL server: AZ_TEST_POSTGRES"]
fn a_pool_that_is_closed_says_goodbye_and_gives_no_connections() {
    run(async {
        let [watching, closed] = [pool("", 1), pool("", 1)];
        let process = process(&lease(&closed).await).await;
        closed.close().await;
        let refused = closed.lease(later()).await.err().map(|fault| fault.effect());
        assert_eq!(refused, Some(Effect::None));
        let watcher = lease(&watching).await;
        let gone = "SELECT count(*) FROM pg_stat_activity WHERE pid = $1";
        while watcher.query(gone, &[(&process, Type::INT4)]).await.unwrap()[0].get::<_, i64>(0) == 1 {}
    });
}
