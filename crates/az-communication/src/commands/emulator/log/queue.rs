//! A bounded queue of lines, and one thread that writes them. Adding a line never blocks: if the sink does not accept
//! data, lines are dropped and counted.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use tracing::Level;

use super::line::Format;

/// The largest numbers of lines and of bytes that wait to be written.
const MOST_LINES: usize = 4096;
const MOST_BYTES: usize = 1024 * 1024;

/// How many bytes are written at once.
const BATCH: usize = 64 * 1024;

/// The destination of the lines.
type Sink = Box<dyn Write + Send>;

pub(crate) struct Queue {
    state: Mutex<State>,
    /// Notified when there is something to write, and when all of it is written.
    changed: Condvar,
}

struct State {
    lines: VecDeque<String>,
    bytes: usize,
    dropped: u64,
    /// How many lines were dropped since the start.
    dropped_in_all: u64,
    /// The format of the line that says how many lines were dropped.
    format: Format,
    /// `None` before the log is started, and while the thread writes.
    sink: Option<Sink>,
    is_writing: bool,
    has_thread: bool,
}

impl Queue {
    pub(crate) const fn new() -> Self {
        let state = State {
            lines: VecDeque::new(),
            bytes: 0,
            dropped: 0,
            dropped_in_all: 0,
            format: Format::Text,
            sink: None,
            is_writing: false,
            has_thread: false,
        };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts to write the lines to a sink. A thread of its own writes, so the sink may block. Each line is passed to
    /// the sink completely.
    pub(crate) fn write_to(&self, sink: impl Write + Send + 'static, format: Format) {
        let mut state = self.lock();
        state.sink = Some(Box::new(sink));
        state.format = format;
    }

    /// Queues a line.
    pub(crate) fn push(&'static self, line: String) {
        let mut state = self.lock();
        state.push(line);
        if !state.has_thread {
            // If the system refuses another thread, the next line tries again.
            state.has_thread = thread::Builder::new()
                .name("log".to_owned())
                .stack_size(128 * 1024)
                .spawn(move || self.write_for_ever())
                .is_ok();
        }
        if !state.is_writing {
            self.changed.notify_all();
        }
    }

    /// Returns how many lines were dropped since the start.
    pub(crate) fn dropped_in_all(&self) -> u64 {
        self.lock().dropped_in_all
    }

    /// Waits until the queued lines are written, for at most this long.
    pub(crate) fn flush(&self, most: Duration) {
        let end = Instant::now() + most;
        let mut state = self.lock();
        while state.has_thread && (state.is_writing || state.has_lines()) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            state = self.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn write_for_ever(&self) {
        let mut state = self.lock();
        loop {
            let Some(mut sink) = state.has_lines().then(|| state.sink.take()).flatten() else {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let batch = state.take();
            state.is_writing = true;
            drop(state);
            // A failed write is ignored: there is no other place for the line.
            let _ = sink.write_all(batch.as_bytes()).and_then(|()| sink.flush());
            state = self.lock();
            state.is_writing = false;
            state.sink = Some(sink);
            if !state.has_lines() {
                self.changed.notify_all();
            }
        }
    }
}

impl State {
    fn has_lines(&self) -> bool {
        !self.lines.is_empty() || self.dropped > 0
    }

    fn push(&mut self, line: String) {
        // After a line was dropped, all lines are dropped until the thread has written the number of dropped lines. So
        // the number is at the place of the missing lines.
        if self.dropped > 0 || self.lines.len() >= MOST_LINES || self.bytes + line.len() > MOST_BYTES {
            self.dropped += 1;
            self.dropped_in_all += 1;
            return;
        }
        self.bytes += line.len();
        self.lines.push_back(line);
    }

    /// Returns the next text to write: lines, and after the last one the number of missing lines.
    fn take(&mut self) -> String {
        let mut batch = String::new();
        while batch.len() < BATCH
            && let Some(line) = self.lines.pop_front()
        {
            self.bytes -= line.len();
            batch.push_str(&line);
        }
        if self.lines.is_empty() && self.dropped > 0 {
            let (dropped, were) =
                (self.dropped, if self.dropped == 1 { "line of the log was" } else { "lines of the log were" });
            let words = format!("{dropped} {were} dropped, because the log was not read");
            batch.push_str(&self.format.of_words(OffsetDateTime::now_utc(), Level::WARN, &words));
            self.dropped = 0;
        }
        batch
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io;
    use std::sync::Arc;

    use super::*;

    /// A sink that accepts nothing before the gate is opened.
    #[derive(Clone, Default)]
    pub(crate) struct Gate {
        is_open: Arc<(Mutex<bool>, Condvar)>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Gate {
        /// Makes an open gate, and a queue that writes to it.
        pub(crate) fn opened() -> (Self, &'static Queue) {
            let (gate, queue) = Self::closed();
            gate.open();
            (gate, queue)
        }

        fn closed() -> (Self, &'static Queue) {
            let (gate, queue): (Self, &Queue) = (Self::default(), Box::leak(Box::new(Queue::new())));
            queue.write_to(gate.clone(), Format::Text);
            (gate, queue)
        }

        fn open(&self) {
            *self.is_open.0.lock().unwrap() = true;
            self.is_open.1.notify_all();
        }

        pub(crate) fn text(&self) -> String {
            String::from_utf8(self.written.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Gate {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            drop(self.is_open.1.wait_while(self.is_open.0.lock().unwrap(), |open| !*open).unwrap());
            self.written.lock().unwrap().extend(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_unread_log_delays_no_thread_and_counts_the_missing_lines() {
        let (gate, queue) = Gate::closed();
        let started = Instant::now();
        // The lines have a realistic length, so that one batch does not contain all waiting lines.
        for number in 0..20_000 {
            queue.push(format!("{number:050}\n"));
        }
        queue.flush(Duration::from_millis(50));
        assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
        gate.open();
        queue.flush(Duration::from_secs(10));
        let text = gate.text();
        let lines: Vec<&str> = text.lines().collect();
        assert!((MOST_LINES..2 * MOST_LINES + 10).contains(&lines.len()), "{}", lines.len());
        let missing = 20_000 - (lines.len() - 1);
        assert_eq!(queue.dropped_in_all(), missing as u64);
        let last = lines.last().unwrap();
        assert!(
            last.ends_with(&format!("WARN  {missing} lines of the log were dropped, because the log was not read")),
            "{last}"
        );
        queue.push("again\n".to_owned());
        queue.flush(Duration::from_secs(10));
        assert!(gate.text().ends_with("\nagain\n"));
    }

    #[test]
    fn lines_that_wait_stay_below_the_bound_of_bytes() {
        let (gate, queue) = Gate::closed();
        for _ in 0..MOST_LINES {
            queue.push("x".repeat(1000));
        }
        assert!(queue.lock().bytes <= MOST_BYTES);
        gate.open();
        queue.flush(Duration::from_secs(10));
    }
}
