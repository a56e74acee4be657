//! Many requests at once: workers, one record of what is done, progress, and an end that loses nothing.

use std::collections::HashSet;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use pyjmespath::Value;
use serde_json::Value as Json;

use super::Invocation;
use super::progress::Progress;
use crate::cli::table::{Argument, Completion};
use crate::client::Failure;
use crate::error::{CliError, system_text};
use crate::exit_code::ExitCode;
use crate::prompt;

/// `--concurrency`.
pub(super) const CONCURRENCY: Argument =
    Argument::new(&["--concurrency"], "How many requests are under way at a time, 1 to 256.").default("16").extension();

/// `--users-from`.
pub(super) const USERS_FROM: Argument = Argument::new(
    &["--users-from"],
    "File of users, or - for stdin: a raw id a line, or a JSON object a line with a member user_id.",
)
.completion(Completion::File)
.extension();

const DEFAULT_CONCURRENCY: usize = 16;
const MAX_CONCURRENCY: usize = 256;

/// What is lost at most when the machine loses power.
const SYNC_INTERVAL: Duration = Duration::from_secs(1);

/// The value of `--concurrency`.
pub(super) fn concurrency(invocation: &Invocation<'_>) -> Result<usize, CliError> {
    let Some(text) = invocation.given("--concurrency") else { return Ok(DEFAULT_CONCURRENCY) };
    let number = text.parse().ok().filter(|number| (1..=MAX_CONCURRENCY).contains(number));
    number.ok_or_else(|| {
        CliError::new(format!("--concurrency is no number from 1 to {MAX_CONCURRENCY}: '{text}'."))
            .exit_code(ExitCode::Usage)
    })
}

/// The users of a file or of stdin, each one once, in their order.
pub(super) fn users(source: &str) -> Result<Vec<String>, CliError> {
    let fail = |why: String| CliError::new(format!("The users cannot be read from {source}: {why}."));
    let mut text = String::new();
    let read = match source {
        "-" => io::stdin().lock().read_to_string(&mut text),
        path => File::open(path).and_then(|mut file| file.read_to_string(&mut text)),
    };
    read.map_err(|error| fail(system_text(&error)))?;
    let mut seen = HashSet::new();
    let mut users = Vec::new();
    for (index, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let user = match line.starts_with('{') {
            true => {
                user_of(line).ok_or_else(|| fail(format!("line {} is no JSON object with a user_id", index + 1)))?
            }
            false => line.to_owned(),
        };
        if user.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(fail(format!("line {} is no raw id", index + 1)));
        }
        if seen.insert(user.clone()) {
            users.push(user);
        }
    }
    Ok(users)
}

fn user_of(line: &str) -> Option<String> {
    let json: Json = serde_json::from_str(line).ok()?;
    json.get("user_id")?.as_str().map(str::to_owned)
}

/// The file that says what is done: a JSON object a line, for its owner only. One run at a time has it.
pub(super) struct Record {
    path: PathBuf,
    file: Mutex<(File, Instant)>,
}

impl Record {
    /// Opens it, or makes it: with it come the users that it holds. A last line that a kill cut short is taken away.
    pub(super) fn open(path: &Path) -> Result<(Self, HashSet<String>), CliError> {
        let fail = |why: String| CliError::new(format!("{} cannot be used: {why}.", path.display()));
        let system = |error: io::Error| fail(system_text(&error));
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(path).map_err(system)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(fail("another run writes to it".into())),
            Err(TryLockError::Error(error)) => return Err(system(error)),
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            // One that was there before may have been readable by others.
            file.set_permissions(std::fs::Permissions::from_mode(0o600)).map_err(system)?;
        }
        let (mut done, mut whole) = (HashSet::new(), 0);
        let mut reader = BufReader::new(&file);
        let mut line = Vec::new();
        for number in 1.. {
            line.clear();
            let length = reader.read_until(b'\n', &mut line).map_err(system)?;
            if length == 0 || line.last() != Some(&b'\n') {
                break;
            }
            let user = std::str::from_utf8(&line).ok().and_then(user_of);
            let user = user.ok_or_else(|| {
                fail(format!("line {number} is none of this command's"))
                    .hint("Nothing was changed. Give another file, or correct or remove that line.")
            })?;
            done.insert(user);
            whole += length as u64;
        }
        file.set_len(whole).map_err(system)?;
        file.seek(SeekFrom::Start(whole)).map_err(system)?;
        Ok((Self { path: path.to_owned(), file: Mutex::new((file, Instant::now())) }, done))
    }

    /// Adds a line, whole or not at all.
    fn add(&self, line: &str) -> Result<(), CliError> {
        let mut guard = lock(&self.file);
        let (file, synced) = &mut *guard;
        let start = file.stream_position();
        let written = file.write_all(format!("{line}\n").as_bytes()).and_then(|()| {
            if synced.elapsed() < SYNC_INTERVAL {
                return Ok(());
            }
            *synced = Instant::now();
            file.sync_data()
        });
        written.map_err(|error| {
            // A disk that is full may have taken a part. Another worker's line may still follow.
            if let Ok(start) = start {
                let _ = file.set_len(start).and_then(|()| file.seek(SeekFrom::Start(start)));
            }
            self.unwritable(&error)
        })
    }

    fn close(&self) -> Result<(), CliError> {
        lock(&self.file).0.sync_all().map_err(|error| self.unwritable(&error))
    }

    fn unwritable(&self, error: &io::Error) -> CliError {
        CliError::new(format!("{} cannot be written: {}.", self.path.display(), system_text(error)))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is to be done.
pub(super) struct Batch<'a> {
    /// What the summary calls those that were done: `issued`, say.
    pub(super) verb: &'static str,
    /// The users; nothing for a new one.
    pub(super) items: Vec<Option<String>>,
    /// How many requests are under way at a time.
    pub(super) concurrency: usize,
    /// Where it is recorded what is done.
    pub(super) record: Option<&'a Record>,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Summary {
    verb: &'static str,
    done: usize,
    failed: usize,
    seconds: f64,
}

impl Summary {
    /// The members of a command's result. `total` counts those that were done before, too.
    pub(super) fn members(self, total: usize) -> [(&'static str, Value); 4] {
        let count = |count: usize| Value::Int(count as i128);
        [
            (self.verb, count(self.done)),
            ("skipped", count(total - self.done - self.failed)),
            ("failed", count(self.failed)),
            ("seconds", Value::Float((self.seconds * 1000.0).round() / 1000.0)),
        ]
    }
}

/// Wakes the thread that waits for a worker when the worker ends, in whatever way.
struct Awake<'a>(&'a std::thread::Thread);

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        self.0.unpark();
    }
}

/// Carries a batch out. `work` does one item and says what to record.
///
/// # Errors
///
/// The first error that is not about one user; the others end what they are at first. What is done stays recorded.
pub(super) fn run(
    invocation: &Invocation<'_>,
    batch: &Batch<'_>,
    work: impl Fn(Option<&str>) -> Result<Json, Failure> + Sync,
) -> Result<Summary, CliError> {
    let interrupted = Arc::new(AtomicBool::new(false));
    prompt::handle_interrupt();
    let code = i32::from(ExitCode::Interrupted.number());
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
        // A second one ends the process at once.
        let _ = signal_hook::flag::register_conditional_shutdown(signal, code, Arc::clone(&interrupted));
        let _ = signal_hook::flag::register(signal, Arc::clone(&interrupted));
    }
    let started = Instant::now();
    let (next, done, failed) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let stop: Mutex<Option<CliError>> = Mutex::default();
    let printer = invocation.printer;
    let progress = Progress::new(batch.verb, batch.items.len(), printer);
    let one = |item: &Option<String>| -> Result<(), CliError> {
        match work(item.as_deref()) {
            Ok(line) => {
                if let Some(record) = batch.record {
                    record.add(&line.to_string())?;
                }
                done.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            Err(failure) => match item {
                Some(user) if failure.is_about_one_user() => {
                    failed.fetch_add(1, Ordering::Relaxed);
                    let text = failure.to_string();
                    let first = text.lines().next().unwrap_or_default();
                    progress.interrupted_by(|| printer.warning(&format!("{user}: {first}")));
                    Ok(())
                }
                _ => Err(failure.into()),
            },
        }
    };
    let main = std::thread::current();
    let worker = || {
        let _awake = Awake(&main);
        while !interrupted.load(Ordering::Relaxed) && lock(&stop).is_none() {
            let Some(item) = batch.items.get(next.fetch_add(1, Ordering::Relaxed)) else { return };
            if let Err(error) = one(item) {
                lock(&stop).get_or_insert(error);
            }
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..batch.concurrency.min(batch.items.len())).map(|_| scope.spawn(worker)).collect();
        while workers.iter().any(|worker| !worker.is_finished()) {
            std::thread::park_timeout(Progress::TICK);
            progress.show(done.load(Ordering::Relaxed) + failed.load(Ordering::Relaxed));
        }
    });
    progress.end();
    if let Some(record) = batch.record {
        record.close()?;
    }
    let (done, failed) = (done.into_inner(), failed.into_inner());
    let again = match batch.record {
        Some(_) => "Start the same command again to go on where it stopped.",
        None => "Start the same command again: what is done already does no harm.",
    };
    if let Some(error) = stop.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error.hint(format!("{done} of {} were {}. {again}", batch.items.len(), batch.verb)));
    }
    if interrupted.load(Ordering::Relaxed) && done + failed < batch.items.len() {
        let message = format!("Interrupted after {done} of {} were {}.", batch.items.len(), batch.verb);
        return Err(CliError::new(message).hint(again).exit_code(ExitCode::Interrupted));
    }
    if failed > 0 {
        invocation.exit_code.set(ExitCode::Failure);
    }
    Ok(Summary { verb: batch.verb, done, failed, seconds: started.elapsed().as_secs_f64() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temporary(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("az-batch-{}-{name}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        path
    }

    #[test]
    fn a_cut_line_is_taken_away() {
        let path = temporary("cut");
        std::fs::write(&path, "{\"user_id\":\"a\"}\n{\"user_id\":\"b\"").unwrap();
        let (record, done) = Record::open(&path).unwrap();
        assert_eq!(done, HashSet::from(["a".to_owned()]));
        assert!(Record::open(&path).is_err_and(|error| error.message.contains("another run")));
        record.add("{\"user_id\":\"c\"}").unwrap();
        drop(record);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"user_id\":\"a\"}\n{\"user_id\":\"c\"}\n");
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_file_of_something_else_is_left_alone() {
        let path = temporary("other");
        std::fs::write(&path, "my notes\nand more").unwrap();
        assert!(Record::open(&path).is_err_and(|error| error.message.contains("line 1")));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "my notes\nand more");
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn users_come_in_two_forms() {
        let path = temporary("users");
        std::fs::write(&path, "# users\n8:acs:a\n\n{\"user_id\":\"8:acs:b\",\"token\":\"x\"}\r\n8:acs:a\n").unwrap();
        let source = path.to_str().unwrap();
        assert_eq!(users(source).unwrap(), ["8:acs:a", "8:acs:b"]);
        std::fs::write(&path, "two words\n").unwrap();
        assert!(users(source).is_err_and(|error| error.message.contains("line 1 is no raw id")));
        std::fs::remove_file(&path).unwrap();
    }
}
