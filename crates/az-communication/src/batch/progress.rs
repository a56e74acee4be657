//! Shows the progress of a batch: a bar on a terminal, or a line every ten seconds elsewhere.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::batch::mutex::lock;
use crate::report::printer::{Level, Printer};
use crate::system;

const BAR_WIDTH: usize = 30;
const SHORTEST_BAR: usize = 10;
/// Terminals with fewer columns get lines instead of a bar.
const NARROWEST: usize = 12;
const LINE_INTERVAL: Duration = Duration::from_secs(10);
/// Waits shorter than this are not reported.
const SHORT_WAIT: Duration = Duration::from_secs(1);
const CLEAR_LINE: &str = "\r\u{1b}[K";

/// The progress of a batch.
pub(crate) struct Progress {
    total: usize,
    printer: Printer,
    started: Instant,
    terminal: bool,
    shown: Mutex<Shown>,
}

/// The state of the screen.
struct Shown {
    /// When the last line was printed.
    line: Instant,
    /// The end of the wait that was reported last.
    wait: Option<Instant>,
    /// Whether a bar is shown.
    bar: bool,
}

impl Progress {
    /// How often to call [`Progress::show`].
    pub(crate) const TICK: Duration = Duration::from_millis(50);

    pub(crate) fn new(total: usize, printer: Printer) -> Self {
        let now = Instant::now();
        let terminal = io::stderr().is_terminal();
        Self { total, printer, started: now, terminal, shown: Mutex::new(Shown { line: now, wait: None, bar: false }) }
    }

    /// Shows how many requests are done, and until when all requests wait. Does nothing if the last line is too recent.
    pub(crate) fn show(&self, done: usize, waits_until: Option<Instant>) {
        if !self.printer.shows(Level::Warning) {
            return;
        }
        let mut shown = lock(&self.shown);
        let wait = waits_until.map(|until| until.saturating_duration_since(Instant::now()));
        let width = if self.terminal { terminal_width() } else { 0 };
        if width >= NARROWEST {
            let _ = write!(io::stderr().lock(), "{CLEAR_LINE}{}", self.bar(done, wait, width - 1));
            shown.bar = true;
            return;
        }
        // A wait is reported when it begins, because ten seconds without a line would be long.
        let begins = wait.is_some_and(|wait| wait > SHORT_WAIT) && shown.wait.is_none_or(|said| said < Instant::now());
        if begins || shown.line.elapsed() >= LINE_INTERVAL {
            shown.wait = if begins { waits_until } else { shown.wait };
            self.line(&mut shown, &self.text(done, wait));
        }
    }

    fn line(&self, shown: &mut MutexGuard<'_, Shown>, text: &str) {
        shown.line = Instant::now();
        self.printer.lines(&format!("{text}\n"));
    }

    /// Returns as much as fits: a bar and a text, the text, the number of requests, or a part of the number.
    fn bar(&self, done: usize, wait: Option<Duration>, width: usize) -> String {
        let text = self.text(done, wait);
        let left = width.saturating_sub(text.chars().count() + 1).min(BAR_WIDTH);
        if left >= SHORTEST_BAR {
            let filled = (done.min(self.total) * left).checked_div(self.total).unwrap_or(left);
            return format!("{}{} {text}", "█".repeat(filled), "░".repeat(left - filled));
        }
        let short = match wait {
            Some(wait) => format!("{done}/{}, waiting {}", self.total, time(wait.as_secs_f64())),
            None => format!("{done}/{} done", self.total),
        };
        let shorter = format!("{done}/{}", self.total);
        let percent = format!("{}%", (done.min(self.total) * 100).checked_div(self.total).unwrap_or(100));
        let fits = |text: &String| text.chars().count() <= width;
        [text, short, shorter, percent].into_iter().find(fits).unwrap_or_default()
    }

    fn text(&self, done: usize, wait: Option<Duration>) -> String {
        // The number includes requests that failed and users who do not exist.
        let done_of = format!("{done} of {} done", self.total);
        if let Some(wait) = wait.filter(|wait| *wait > Duration::ZERO) {
            return format!("{done_of}, waiting {} before continuing", time(wait.as_secs_f64()));
        }
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = if seconds > 0.0 { done as f64 / seconds } else { 0.0 };
        let left = match done {
            0 => "?".to_owned(),
            _ => time((self.total - done.min(self.total)) as f64 / rate),
        };
        format!("{done_of}, {rate:.0}/s, {left} left")
    }

    /// Prints another message. Without this, it would end up in the line of the bar.
    pub(crate) fn interrupted_by(&self, say: impl FnOnce()) {
        let mut shown = lock(&self.shown);
        clear(&mut shown.bar);
        say();
    }

    /// Removes the bar.
    pub(crate) fn end(&self) {
        clear(&mut lock(&self.shown).bar);
    }
}

fn clear(drawn: &mut bool) {
    if std::mem::take(drawn) {
        let _ = write!(io::stderr().lock(), "{CLEAR_LINE}");
    }
}

/// Returns the number of columns of the terminal, or 80 if it is unknown.
fn terminal_width() -> usize {
    system::columns_of_stderr().unwrap_or(80)
}

/// Formats seconds as `4s`, `3m05s`, `2h10m`.
fn time(seconds: f64) -> String {
    // The value is clamped, so it fits into the type.
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
    use super::*;

    #[test]
    fn times_are_shown_in_their_largest_units() {
        assert_eq!([0.0, 3.2, 185.0, 7800.0].map(time), ["0s", "4s", "3m05s", "2h10m"]);
        assert_eq!(time(f64::INFINITY), "277777h46m");
    }

    #[test]
    fn a_bar_fits_any_width() {
        for total in [1, 40, 10_000, 10_000_000] {
            let progress = Progress::new(total, Printer::new(Level::Warning, false));
            for width in NARROWEST - 1..200 {
                for (done, wait) in [(0, None), (total / 2, None), (total, None), (1, Some(Duration::from_secs(59)))] {
                    let bar = progress.bar(done, wait, width);
                    assert!(!bar.is_empty() && bar.chars().count() <= width, "{width}: {bar}");
                }
            }
        }
    }

    #[test]
    fn a_narrow_bar_shows_a_shorter_text() {
        let progress = Progress::new(40, Printer::new(Level::Warning, false));
        let wait = Some(Duration::from_secs(25));
        assert_eq!(
            progress.bar(10, wait, 80),
            "███████░░░░░░░░░░░░░░░░░░░░░░░ 10 of 40 done, waiting 25s before continuing"
        );
        assert_eq!(progress.bar(10, wait, 44), "10 of 40 done, waiting 25s before continuing");
        assert_eq!(progress.bar(10, wait, 20), "10/40, waiting 25s");
        assert_eq!(progress.bar(10, None, 14), "10/40 done");
    }
}
