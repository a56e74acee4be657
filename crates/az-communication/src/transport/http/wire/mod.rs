//! The stream that hyper reads and writes: a connection that does not block, with a deadline and a record of the
//! request's progress.

mod state;

use std::io::{self, ErrorKind, Write as _};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Read, ReadBufCursor, Write};

use crate::system;
use crate::transport::http::channel::Channel;
use crate::transport::http::reached::Reached;
use crate::transport::http::wait::waiting;
use state::State;

/// The interval at which a wait for the network checks for an interrupt.
const LOOK_AROUND: Duration = Duration::from_millis(250);

/// The stream, shared between hyper and the code that waits for it.
#[derive(Clone)]
pub(crate) struct Wire(Arc<Mutex<State>>);

impl Wire {
    /// Creates a stream over a connection on which nothing was sent.
    pub(crate) fn new(channel: Channel, deadline: Instant) -> Self {
        Self(Arc::new(Mutex::new(State::new(channel, deadline))))
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Prepares for a request. Its response must be complete at the deadline.
    pub(crate) fn begin(&self, deadline: Instant) {
        let mut state = self.state();
        state.deadline = deadline;
        state.cut_short = false;
        state.received.clear();
        state.records = true;
        state.answered = false;
        state.flushed = false;
        state.spare_line_breaks = false;
    }

    /// Records that the head is complete and that the body follows.
    pub(crate) fn head_is_read(&self, is_chunked: bool) {
        let mut state = self.state();
        state.records = false;
        state.received.clear();
        state.spare_line_breaks = is_chunked;
    }

    /// Makes hyper read these bytes before all others. Its writes are dropped until the end of the replay.
    pub(crate) fn replay(&self, bytes: Vec<u8>) {
        let mut state = self.state();
        state.replayed = bytes;
        state.replaying = true;
        state.fresh = true;
        state.drained = false;
    }

    /// Forgets that there was no data to read, because new data may have arrived.
    pub(crate) fn look_again(&self) {
        self.state().drained = false;
    }

    /// Ends a replay. hyper's writes are sent again.
    pub(crate) fn end_of_replay(&self) {
        self.state().replaying = false;
    }

    /// Sends these bytes without HTTP.
    pub(crate) fn send(&self, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        self.until_done(|state| {
            state.fresh = false;
            while !rest.is_empty() {
                let count = state.channel.write(rest)?;
                rest = &rest[count..];
            }
            state.channel.flush()?;
            state.flushed = true;
            Ok(())
        })
    }

    /// Receives at most `limit` bytes without HTTP. The result is empty at the end of the connection.
    pub(crate) fn receive(&self, limit: usize) -> io::Result<Vec<u8>> {
        self.until_done(|state| {
            let mut received = Vec::new();
            state.channel.receive(limit, &mut |bytes| received.extend_from_slice(bytes))?;
            state.answered |= !received.is_empty();
            Ok(received)
        })
    }

    /// Repeats a step until it does not block.
    fn until_done<T>(&self, mut step: impl FnMut(&mut State) -> io::Result<T>) -> io::Result<T> {
        loop {
            match step(&mut self.state()) {
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                result => return result,
            }
            self.wait()?;
        }
    }

    /// Returns the connection if this is the only reference to the stream.
    pub(crate) fn into_channel(self) -> Option<Channel> {
        let state = Arc::into_inner(self.0)?;
        Some(state.into_inner().unwrap_or_else(PoisonError::into_inner).channel)
    }

    /// Waits until the network is ready, but not longer than the deadline. After an interrupt, it waits only for a
    /// response in progress, and only for a short time.
    ///
    /// # Errors
    ///
    /// `TimedOut` after the deadline, and `Interrupted` if an interrupt came before the request was sent.
    pub(crate) fn wait(&self) -> io::Result<()> {
        let mut state = self.state();
        // hyper does not try to read immediately after it wrote.
        if !state.replayed.is_empty() || state.channel.has_received() {
            state.drained = false;
            return Ok(());
        }
        loop {
            let now = Instant::now();
            if waiting().is_interrupted() {
                if state.reached() == Reached::No {
                    return Err(ErrorKind::Interrupted.into());
                }
                let end = waiting().end_of_grace().unwrap_or(now);
                if end < state.deadline {
                    state.deadline = end;
                    state.cut_short = true;
                }
            }
            let left = state.deadline.saturating_duration_since(now);
            if left.is_zero() {
                return Err(state.time_is_up());
            }
            let writes = state.channel.has_unsent() || !state.flushed;
            if system::wait_for_socket(state.channel.socket(), writes, left.min(LOOK_AROUND))? {
                state.drained = false;
                return Ok(());
            }
        }
    }
}

impl Read for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<Result<(), io::Error>> {
        let mut state = self.state();
        if state.fresh || state.drained {
            return Poll::Pending;
        }
        let result = state.receive(&mut buffer);
        let result = state.poll(result);
        state.drained = result.is_pending();
        result
    }
}

impl Write for Wire {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, buffer: &[u8]) -> Poll<Result<usize, io::Error>> {
        let mut state = self.state();
        state.fresh = false;
        if state.replaying {
            return Poll::Ready(Ok(buffer.len()));
        }
        state.flushed = false;
        let result = state.channel.write(buffer);
        state.poll(result)
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        let mut state = self.state();
        let result = state.channel.flush();
        state.flushed |= result.is_ok();
        state.poll(result)
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<(), io::Error>> {
        // Dropping the connection closes it.
        Poll::Ready(Ok(()))
    }
}
