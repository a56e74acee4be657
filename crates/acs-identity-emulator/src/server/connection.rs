//! Serves one connection. The first byte decides between TLS and plain HTTP; requests follow.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;

use hyper::Request;
use hyper::body::Incoming;
use hyper::header::CONNECTION;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::limits::MAX_HEAD;
use super::stream::Stream;
use super::table::Entry;
use super::watch::{Order, Stage, Watch};
use crate::edge::framing::Watched;
use crate::edge::{Connection, Dropped, Edge, has_credentials, refused_certificate};

/// The first byte of a TLS record that starts a handshake.
const TLS_HANDSHAKE: u8 = 0x16;

/// How many encrypted bytes of a response may wait for a slow client. The default of rustls is four times as large.
const MAX_TLS_BUFFER: usize = 16 * 1024;

pub(super) async fn serve(tcp: TcpStream, peer: SocketAddr, entry: Entry, edge: Arc<Edge>, tls: TlsAcceptor) {
    let _ = tcp.set_nodelay(true);
    let mut first = [0];
    let peeked = tokio::select! {
        peeked = tcp.peek(&mut first) => peeked,
        // No request has begun yet, so every order ends the connection.
        () = entry.woken() => return,
    };
    if !matches!(peeked, Ok(1)) {
        return;
    }
    let is_tls = first[0] == TLS_HANDSHAKE;
    if is_tls && edge.refuses_tls() {
        return;
    }
    // A connection that has already ended has no local address.
    let Ok(local) = tcp.local_addr() else { return };
    let connection = Arc::new(Connection::new(peer, local.ip(), is_tls));
    entry.name(Arc::clone(&connection));
    let stream = Stream::new(tcp, Arc::clone(entry.watch()));
    if !is_tls {
        // Without the boxes, every task would have room for both kinds of connections and for the handshake.
        return Box::pin(serve_http(stream, entry, edge, connection, peer)).await;
    }
    entry.enter(Stage::Handshake);
    let handshake = tls.accept_with(stream, |connection| connection.set_buffer_limit(Some(MAX_TLS_BUFFER)));
    let mut handshake = handshake.into_fallible();
    let stream = loop {
        tokio::select! {
            biased;
            result = &mut handshake => match result {
                Ok(stream) => break stream,
                Err((error, stream)) => {
                    // The emulator's first bytes contain the certificate.
                    if stream.has_written()
                        && let Some(reason) = refused_certificate::reason_before_requests(&error)
                    {
                        edge.refused_certificate(peer, reason);
                    }
                    return;
                }
            },
            // If the connection was cut, the stream returns an error.
            () = entry.woken() => {}
        }
    };
    Box::pin(serve_http(stream, entry, edge, connection, peer)).await;
}

async fn serve_http(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    entry: Entry,
    edge: Arc<Edge>,
    connection: Arc<Connection>,
    peer: SocketAddr,
) {
    entry.enter(Stage::Head);
    let watch: &Arc<Watch> = entry.watch();
    let turns = entry.turns();
    let service = service_fn(|request: Request<Incoming>| {
        watch.enter(Stage::Request);
        let is_stranger = !connection.is_authenticated();
        let has_credentials = has_credentials(request.headers());
        let handled = Arc::clone(&edge).handle(request, Arc::clone(&connection));
        // hyper keeps room for this future as long as the connection is open. In a box of its own it takes memory only
        // while a request is being answered.
        Box::pin(async move {
            // Requests of clients that have not authenticated wait for a turn, however many a connection has sent at
            // once. So a signed request need not wait for all of them. The operation has not begun until then.
            if is_stranger {
                watch.waits_to_read();
                if has_credentials {
                    tokio::task::yield_now().await;
                } else {
                    // This future is polled with the connection's task, which wakes when the connection is cut. The
                    // request must not stay in memory until its turn comes.
                    let cut = poll_fn(|_| if watch.is_cut() { Poll::Ready(()) } else { Poll::Pending });
                    tokio::select! {
                        () = turns.take() => {}
                        () = cut => {}
                    }
                }
                if watch.is_cut() {
                    return Err(Dropped);
                }
                watch.takes_its_turn();
            }
            let mut outcome = handled.await;
            if outcome.as_ref().is_ok_and(|answer| answer.headers().contains_key(CONNECTION)) {
                watch.refuses_the_rest();
            }
            watch.enter(Stage::Head);
            if let Ok(answer) = &mut outcome {
                let ended = Arc::clone(watch);
                answer.body_mut().around_pieces(|| watch.enter(Stage::Answer), move || ended.enter(Stage::Head));
            }
            outcome
        })
    });
    let served = http1::Builder::new()
        // The table of connections enforces the timeouts.
        .header_read_timeout(None)
        // A client may close its sending side after its last request and still wait for the response.
        .half_close(true)
        .max_buf_size(MAX_HEAD)
        // A buffer of that size may be read again before hyper checks it.
        .max_header_size(MAX_HEAD)
        .serve_connection(TokioIo::new(Watched::new(stream, Arc::clone(&connection))), service);
    let mut served = std::pin::pin!(served);
    loop {
        if entry.order() == Order::Retire {
            served.as_mut().graceful_shutdown();
        }
        tokio::select! {
            biased;
            served = served.as_mut() => {
                if let Some(reason) = connection.refused_certificate() {
                    edge.refused_certificate(peer, reason);
                }
                return tell(served, peer, &edge);
            }
            // If the connection was cut, the stream returns an error after a running operation is done.
            () = entry.woken() => {}
        }
    }
}

/// Logs a request that hyper refused by itself.
fn tell(served: hyper::Result<()>, peer: SocketAddr, edge: &Edge) {
    let Err(error) = served else { return };
    if error.is_parse_too_large() {
        let client = peer.ip();
        let why = format!("the head of the request is larger than {MAX_HEAD} bytes, or has too many headers");
        tracing::warn!(status = 431, %client, reason = %why, "431 to {client}: {why}");
        edge.refused_unread(peer, 431, "HeadTooLarge", why);
    } else if error.is_parse() && !error.is_parse_version_h2() {
        edge.refused_unread(peer, 400, "BadRequest", "the request is not a request of HTTP/1.1".to_owned());
    }
}
