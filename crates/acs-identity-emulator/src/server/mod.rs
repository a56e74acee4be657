//! Serves connections: TLS or plain HTTP by the first byte, limits on number and time, and an orderly stop.

mod accept;
mod access;
mod ahead;
mod connection;
mod emulator;
mod farewell;
mod handle;
mod last_export;
mod limits;
mod shared;
mod start;
mod stream;
mod table;
mod threads;
mod turns;
mod watch;

use std::sync::Arc;

use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

pub use access::Access;
pub use emulator::{Emulator, Opening};
pub use handle::{Handle, Serving};
pub use last_export::LastExport;
pub use threads::runtime;

use farewell::{Farewell, Last};
use limits::{GRACE, GRACE_AT_ONCE};
use table::Table;

use crate::certificates;
use crate::clock::machine;
use crate::core::{Core, settle_what_is_due};
use crate::edge::Edge;
use crate::keys::pki::Pki;

/// How an emulator stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Requests that have begun get their responses.
    Gracefully,
    /// Connections are cut. An operation that has begun is completed.
    AtOnce,
}

/// What serves requests.
struct Served {
    core: Arc<Core>,
    edge: Arc<Edge>,
    tls: Arc<ServerConfig>,
    pki: Arc<Pki>,
    /// See [`Config::closed_by_caller`](crate::Config::closed_by_caller).
    closed_by_caller: bool,
}

/// Serves connections on these listeners until `end` resolves, then lets open connections end. Returns what is left, if
/// the caller closes the emulator.
async fn serve(listeners: Vec<TcpListener>, served: Served, end: impl Future<Output = End>) -> Option<Last> {
    let Served { core, edge, tls, pki, closed_by_caller } = served;
    let ending = edge.ending();
    let tls = TlsAcceptor::from(tls);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let table = Arc::new(Table::new());
    for listener in listeners {
        tokio::spawn(accept::accept(listener, Arc::clone(&edge), tls.clone(), Arc::clone(&table), stopped.clone()));
    }
    let looking = tokio::spawn(Arc::clone(&table).look_after());
    let turns = tokio::spawn(Arc::clone(&table.turns).give());
    tokio::spawn(settle_what_is_due(Arc::clone(&core), stopped.clone()));
    tokio::spawn(edge.keep_copies(stopped.clone()));
    tokio::spawn(certificates::keep_up(pki, Arc::clone(&core), stopped));
    let end = tokio::select! {
        end = end => end,
        () = ending.asked() => End::Gracefully,
    };
    let grace = match end {
        End::Gracefully => GRACE,
        End::AtOnce => GRACE_AT_ONCE,
    };
    let _ = stop.send(true);
    edge.end_waits();
    if end == End::AtOnce {
        table.cut();
    }
    // The tasks that accept connections and the tasks for upkeep hold the receivers.
    let _ = machine::timeout(grace, stop.closed()).await;
    table.end(grace).await;
    looking.abort();
    turns.abort();
    let farewell = Farewell::new(ending, table);
    if closed_by_caller && end == End::Gracefully {
        return Some(Last { export: LastExport::of(core), farewell });
    }
    core.close();
    if end == End::Gracefully {
        farewell.tell(Ok(())).await;
    }
    None
}
