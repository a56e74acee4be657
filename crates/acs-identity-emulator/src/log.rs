//! The log: a bounded queue of lines, and one thread that writes them. Nobody waits for it: where what it writes to takes
//! nothing, lines are dropped and counted. Callers keep keys, tokens and signatures out of it.
//!
//! There is one log in a process, because what it tells about certificates and stores happens before there is an emulator.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::Write;
use std::panic;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use acs_identity_protocol::time::whole_seconds;
use acs_identity_protocol::visible::one_line;

use crate::clock::machine;

/// Lines are cut there: they quote what whoever connects has sent.
const LONGEST: usize = 300;

/// How many lines wait to be written, and how many bytes.
const MOST_LINES: usize = 4096;
const MOST_BYTES: usize = 1024 * 1024;

/// How many bytes are written at once.
const BATCH: usize = 64 * 1024;

/// Where lines go: the program says it.
type Sink = Box<dyn Write + Send>;

static LOG: Log = Log::new();

/// Writes the log of this process to that from now on; until then, there is none.
///
/// A thread of its own writes, so the sink may block. A line is handed over whole.
pub fn log_to(sink: impl Write + Send + 'static) {
    LOG.lock().sink = Some(Box::new(sink));
}

/// Logs panics of this process from now on, in place of what prints them: a write to stderr that nobody reads would hold up
/// the thread, and with it what it serves.
pub fn log_panics() {
    panic::set_hook(Box::new(|info| error(&format!("internal error: {info}"))));
}

/// Waits until what was logged is written, for that long at most.
pub fn flush_log(most: Duration) {
    LOG.flush(most);
}

pub(crate) fn info(message: &str) {
    LOG.line("INFO ", message);
}

pub(crate) fn warn(message: &str) {
    LOG.line("WARN ", message);
}

pub(crate) fn error(message: &str) {
    LOG.line("ERROR", message);
}

struct Log {
    state: Mutex<State>,
    /// There is something to write, or all of it is written.
    changed: Condvar,
}

struct State {
    lines: VecDeque<String>,
    bytes: usize,
    dropped: u64,
    /// `None` also while the thread writes.
    sink: Option<Sink>,
    is_writing: bool,
    has_thread: bool,
}

impl Log {
    const fn new() -> Self {
        let state =
            State { lines: VecDeque::new(), bytes: 0, dropped: 0, sink: None, is_writing: false, has_thread: false };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn line(&'static self, level: &str, message: &str) {
        if !self.lock().is_wanted() {
            return;
        }
        let line = format(level, message);
        let mut state = self.lock();
        state.push(line);
        if !state.has_thread {
            // Where the system refuses another thread, the next line tries again.
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

    fn flush(&self, most: Duration) {
        let end = machine::instant() + most;
        let mut state = self.lock();
        while state.has_thread && (state.is_writing || state.has_lines()) {
            let left = end.saturating_duration_since(machine::instant());
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
            // Unless another one was given meanwhile.
            state.sink.get_or_insert(sink);
            if !state.has_lines() {
                self.changed.notify_all();
            }
        }
    }
}

impl State {
    /// Whether somebody reads the log.
    fn is_wanted(&self) -> bool {
        self.sink.is_some() || self.is_writing
    }

    fn has_lines(&self) -> bool {
        !self.lines.is_empty() || self.dropped > 0
    }

    fn push(&mut self, line: String) {
        // Once a line was dropped, so are all until the thread has said how many, so that the number stands where they would.
        if self.dropped > 0 || self.lines.len() >= MOST_LINES || self.bytes + line.len() > MOST_BYTES {
            self.dropped += 1;
            return;
        }
        self.bytes += line.len();
        self.lines.push_back(line);
    }

    /// What is written next: lines, and behind the last one how many are missing.
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
            batch.push_str(&format("WARN ", &format!("{dropped} {were} dropped: nobody read it")));
            self.dropped = 0;
        }
        batch
    }
}

/// A line with the time in front. What came from outside must not draw on the terminal, nor make up lines.
fn format(level: &str, message: &str) -> String {
    format!("{} {level} {}\n", whole_seconds(machine::now()), one_line(&without_tokens(message), LONGEST))
}

/// What every JWT begins with: `{"`, in base64.
const TOKEN: &str = "eyJ";

/// A text without the tokens in it: clients put them into paths and other places where nobody expects them.
fn without_tokens(text: &str) -> Cow<'_, str> {
    if !text.contains(TOKEN) {
        return text.into();
    }
    let (mut rest, mut out) = (text, String::with_capacity(text.len()));
    while let Some(at) = rest.find(TOKEN) {
        let (before, token) = rest.split_at(at);
        let is_of_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '=');
        let end = token.find(|c| !is_of_token(c)).unwrap_or(token.len());
        out.push_str(before);
        out.push_str("(a token)");
        rest = &token[end..];
    }
    out.push_str(rest);
    out.into()
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use super::*;

    /// A log of its own for a test.
    fn log(sink: impl Write + Send + 'static) -> &'static Log {
        let log: &Log = Box::leak(Box::new(Log::new()));
        log.lock().sink = Some(Box::new(sink));
        log
    }

    #[test]
    fn tokens_are_left_out_wherever_they_stand() {
        for (text, shown) in [
            ("404 GET /eyJhbGciOiJSUzI1NiJ9.eyJhIjoxfQ.c2ln", "404 GET /(a token)"),
            ("'eyJh.eyJi.c' and 'eyJx', of keys", "'(a token)' and '(a token)', of keys"),
            ("obeyJ!", "ob(a token)!"),
            ("200 GET /health", "200 GET /health"),
        ] {
            assert_eq!(without_tokens(text), shown);
        }
    }

    /// Takes nothing before the gate is opened.
    #[derive(Clone, Default)]
    struct Gate {
        is_open: Arc<(Mutex<bool>, Condvar)>,
        written: Arc<Mutex<Vec<u8>>>,
    }

    impl Gate {
        fn open(&self) {
            *self.is_open.0.lock().unwrap() = true;
            self.is_open.1.notify_all();
        }

        fn text(&self) -> String {
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
    fn a_log_that_nobody_reads_holds_up_nobody_and_says_what_is_missing() {
        let gate = Gate::default();
        let log = log(gate.clone());
        let started = machine::instant();
        for number in 0..20_000 {
            log.line("INFO ", &number.to_string());
        }
        log.flush(Duration::from_millis(50));
        assert!(machine::since(started) < Duration::from_secs(5), "{:?}", machine::since(started));
        gate.open();
        log.flush(Duration::from_secs(10));
        let text = gate.text();
        let lines: Vec<&str> = text.lines().collect();
        assert!((MOST_LINES..2 * MOST_LINES + 10).contains(&lines.len()), "{}", lines.len());
        let missing = 20_000 - (lines.len() - 1);
        let last = lines.last().unwrap();
        assert!(last.ends_with(&format!("WARN  {missing} lines of the log were dropped: nobody read it")), "{last}");
        log.line("INFO ", "again");
        log.flush(Duration::from_secs(10));
        assert!(gate.text().ends_with("INFO  again\n"));
    }

    /// In a process of its own: the hook is that of the whole process.
    #[test]
    fn a_panic_is_logged_and_not_printed() {
        const LOGGED: &str = "ACS_EMULATOR_TEST_PANIC";
        if let Some(path) = std::env::var_os(LOGGED) {
            log_to(std::fs::File::create(path).unwrap());
            log_panics();
            assert!(thread::spawn(|| panic!("two\nlines")).join().is_err());
            flush_log(Duration::from_secs(10));
            return;
        }
        let path = std::env::temp_dir().join(format!("acs-identity-emulator-panic-{}", std::process::id()));
        let mut test = std::process::Command::new(std::env::current_exe().unwrap());
        let test = test.args(["--exact", "log::tests::a_panic_is_logged_and_not_printed", "--nocapture"]);
        let output = test.env(LOGGED, &path).output().unwrap();
        let logged = std::fs::read_to_string(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        assert!(logged.contains(" ERROR internal error: panicked at ") && logged.lines().count() == 1, "{logged}");
        assert!(logged.trim_end().ends_with("two\\nlines"), "{logged}");
    }

    #[test]
    fn lines_of_the_greatest_length_stay_below_the_bound_of_bytes() {
        let gate = Gate::default();
        let log = log(gate.clone());
        for _ in 0..MOST_LINES {
            log.line("INFO ", &"\u{e0041}".repeat(70_000));
        }
        assert!(log.lock().bytes <= MOST_BYTES);
        gate.open();
        log.flush(Duration::from_secs(10));
        assert!(gate.text().lines().all(|line| line.len() < 11 * LONGEST));
    }

    #[test]
    fn what_comes_from_outside_stays_in_its_line() {
        let gate = Gate::default();
        gate.open();
        let log = log(gate.clone());
        log.line("WARN ", "a\r\n2026-01-01T00:00:00Z INFO  b\u{202e}\u{1b}[2J");
        log.flush(Duration::from_secs(10));
        let text = gate.text();
        let (_, line) = text.split_once(' ').unwrap();
        assert_eq!(line, "WARN  a\\r\\n2026-01-01T00:00:00Z INFO  b\\u202e\\x1b[2J\n");
    }

    #[test]
    fn without_a_sink_nothing_is_kept() {
        let log: &Log = Box::leak(Box::new(Log::new()));
        log.line("INFO ", "a");
        assert!(!log.lock().has_lines() && !log.lock().has_thread);
        log.flush(Duration::from_secs(60));
    }
}
