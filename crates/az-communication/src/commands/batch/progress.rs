//! How far a batch is: a bar on a terminal, a line every ten seconds elsewhere.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::printer::{Level, Printer};

const BAR_WIDTH: usize = 30;
const LINE_INTERVAL: Duration = Duration::from_secs(10);
const CLEAR_LINE: &str = "\r\u{1b}[K";

/// The progress of a batch.
pub(super) struct Progress {
    verb: &'static str,
    total: usize,
    printer: Printer,
    started: Instant,
    bar: bool,
    /// When the last line was said, and whether a bar is drawn now.
    shown: Mutex<(Instant, bool)>,
}

impl Progress {
    /// How often to call [`Progress::show`].
    pub(super) const TICK: Duration = Duration::from_millis(50);

    pub(super) fn new(verb: &'static str, total: usize, printer: Printer) -> Self {
        let now = Instant::now();
        let bar = io::stderr().is_terminal() && printer.shows(Level::Warning);
        Self { verb, total, printer, started: now, bar, shown: Mutex::new((now, false)) }
    }

    /// Shows how many are done, if it is time to.
    pub(super) fn show(&self, done: usize) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if self.bar {
            let filled = (done * BAR_WIDTH).checked_div(self.total).unwrap_or(BAR_WIDTH);
            let bar = format!("{}{}", "█".repeat(filled), "░".repeat(BAR_WIDTH - filled));
            let _ = write!(io::stderr().lock(), "{CLEAR_LINE}{bar} {}", self.text(done));
            shown.1 = true;
        } else if shown.0.elapsed() >= LINE_INTERVAL && self.printer.shows(Level::Warning) {
            shown.0 = Instant::now();
            self.printer.lines(&format!("{}\n", self.text(done)));
        }
    }

    fn text(&self, done: usize) -> String {
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = if seconds > 0.0 { done as f64 / seconds } else { 0.0 };
        let left = match done {
            0 => "?".to_owned(),
            _ => time((self.total - done.min(self.total)) as f64 / rate),
        };
        format!("{done} of {} {}, {rate:.0}/s, {left} left", self.total, self.verb)
    }

    /// Says something else, which would otherwise end up in the bar's line.
    pub(super) fn interrupted_by(&self, say: impl FnOnce()) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        clear(&mut shown.1);
        say();
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        clear(&mut self.shown.lock().unwrap_or_else(PoisonError::into_inner).1);
    }
}

fn clear(drawn: &mut bool) {
    if std::mem::take(drawn) {
        let _ = write!(io::stderr().lock(), "{CLEAR_LINE}");
    }
}

/// `4s`, `3m05s`, `2h10m`.
fn time(seconds: f64) -> String {
    // Bounded, so it fits.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let seconds = seconds.ceil().clamp(0.0, 1e9) as u64;
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds}s"),
        (0, minutes, seconds) => format!("{minutes}m{seconds:02}s"),
        (hours, minutes, _) => format!("{hours}h{minutes:02}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn times() {
        assert_eq!([0.0, 3.2, 185.0, 7800.0].map(time), ["0s", "4s", "3m05s", "2h10m"]);
        assert_eq!(time(f64::INFINITY), "277777h46m");
    }
}
