//! Connections: TLS or plain HTTP by the first byte, limits in number and in time, a clean end.

mod accept;
mod connection;
mod emulator;
mod limits;
mod shared;
mod stream;
mod table;
mod turns;
mod watch;

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub use emulator::Emulator;
use limits::GRACE;
use table::Table;

use crate::certificates;
use crate::clock::machine;
use crate::core::settle_what_is_due;
use crate::edge::Edge;

/// How long the log may take at the end.
const LOG: Duration = Duration::from_millis(200);

/// Serves connections until `shutdown` resolves, then lets those that are open end, and writes what is queued.
pub async fn run(listeners: Vec<TcpListener>, emulator: Emulator, shutdown: impl Future<Output = ()>) {
    let port = listeners.first().and_then(|listener| listener.local_addr().ok()).map_or(0, |address| address.port());
    let base = emulator.config.endpoint(port);
    let edge = Arc::new(Edge::new(Arc::clone(&emulator.core), emulator.config, Arc::clone(&emulator.pki), base));
    let tls = TlsAcceptor::from(emulator.tls);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let table = Arc::new(Table::new());
    for listener in listeners {
        tokio::spawn(accept::accept(listener, Arc::clone(&edge), tls.clone(), Arc::clone(&table), stopped.clone()));
    }
    let looking = tokio::spawn(Arc::clone(&table).look_after());
    let turns = tokio::spawn(Arc::clone(&table.turns).give());
    tokio::spawn(settle_what_is_due(Arc::clone(&emulator.core), stopped.clone()));
    tokio::spawn(certificates::keep_up(emulator.pki, Arc::clone(&emulator.core), stopped));
    shutdown.await;
    let _ = stop.send(true);
    // The tasks that accept and those that keep up hold receivers.
    let _ = machine::timeout(GRACE, stop.closed()).await;
    table.end(GRACE).await;
    looking.abort();
    turns.abort();
    emulator.core.close();
    crate::log::flush_log(LOG);
}
