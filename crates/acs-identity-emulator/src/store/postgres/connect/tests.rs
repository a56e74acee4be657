//! Tests of connections. Those in `server` need a PostgreSQL server.

mod hosts;
mod server;
mod tls;

use std::future::Future;
use std::time::{Duration, Instant};

use super::*;
use crate::clock::machine;
use crate::database::PostgresAddress;

/// Runs a test on a thread's own runtime, as the store does.
fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}

fn parse(url: &str) -> PostgresAddress {
    PostgresAddress::parse(url).unwrap()
}

/// A point in time that a test does not reach.
fn later() -> Instant {
    machine::instant() + Duration::from_secs(60)
}

/// Returns why no host of an address can be used.
async fn unreachable(address: PostgresAddress) -> Unreachable {
    let pool = Pool::start(address, 1).unwrap();
    match pool.lease(later()).await {
        Err(Fault::Unreachable(unreachable)) => unreachable,
        Err(fault) => panic!("{fault}"),
        Ok(_) => panic!("a connection"),
    }
}
