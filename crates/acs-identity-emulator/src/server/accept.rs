//! Accepts connections.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch::Receiver;
use tokio_rustls::TlsAcceptor;

use super::connection;
use super::limits::ROOM;
use super::table::Table;
use crate::clock::machine;
use crate::edge::Edge;

/// How long to wait for another connection to end when a connection cannot be accepted.
const PAUSE: Duration = Duration::from_millis(50);

/// One log line is written for this many failures.
const FAILURES_A_LINE: u64 = 100;

/// Accepts connections until the emulator stops.
pub(super) async fn accept(
    listener: TcpListener,
    edge: Arc<Edge>,
    tls: TlsAcceptor,
    table: Arc<Table>,
    mut stopped: Receiver<bool>,
) {
    tokio::select! {
        () = accept_for_ever(listener, edge, tls, table) => {}
        _ = stopped.changed() => {}
    }
}

async fn accept_for_ever(listener: TcpListener, edge: Arc<Edge>, tls: TlsAcceptor, table: Arc<Table>) {
    let mut failures = 0;
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let entry = table.enter().await;
                tokio::spawn(connection::serve(stream, peer, entry, Arc::clone(&edge), tls.clone()));
            }
            Err(error) => {
                if failures % FAILURES_A_LINE == 0 {
                    tracing::warn!(%error, "a connection was not accepted: {error}");
                }
                failures += 1;
                // The most likely cause is a lack of file descriptors, so some connections are closed.
                table.make_room(ROOM);
                let _ = machine::timeout(PAUSE, table.one_has_left()).await;
            }
        }
    }
}
