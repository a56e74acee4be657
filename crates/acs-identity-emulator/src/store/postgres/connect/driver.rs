//! The task of a connection, which reads and writes.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use tokio::task::JoinHandle;
use tokio_postgres::error::SqlState;
use tokio_postgres::tls::TlsConnect;
use tokio_postgres::{AsyncMessage, Connection};

use super::stream::{SetUp, Stream};

/// The task of a connection.
pub(super) struct Driver {
    pub(super) task: JoinHandle<()>,
    /// Set when the server warns of something.
    pub(super) warned: Arc<AtomicBool>,
}

impl Driver {
    /// Starts it for a connection that has logged in. `ended` is called when the connection has ended.
    pub(super) async fn start(
        mut connection: Connection<Stream, <SetUp as TlsConnect<Stream>>::Stream>,
        ended: impl FnOnce() + Send + 'static,
    ) -> Self {
        // What the server has said while the user logged in is about no statement.
        poll_fn(|cx| {
            while let Poll::Ready(Some(Ok(_))) = connection.poll_message(cx) {}
            Poll::Ready(())
        })
        .await;
        let warned = Arc::new(AtomicBool::new(false));
        let warns = Arc::clone(&warned);
        let task = tokio::spawn(async move {
            // What ended it is the error of the statements that wait for an answer.
            while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
                if matches!(&message, AsyncMessage::Notice(notice) if *notice.code() == SqlState::WARNING) {
                    warns.store(true, Ordering::Relaxed);
                }
            }
            ended();
        });
        Self { task, warned }
    }
}
