//! Runs a program with tests until the first test fails.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::Error;

/// The end of a suite.
#[derive(Debug, PartialEq, Eq)]
pub enum End {
    /// All tests passed.
    Passed,
    /// The test of this name failed.
    Failed(String),
    /// The suite did not end in time.
    TooSlow,
}

/// Runs a program with tests until one fails.
///
/// # Errors
///
/// When it cannot be started.
pub fn until_first_failure(command: &mut Command, limit: Duration) -> Result<End, Error> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    let mut child = command.spawn().map_err(|error| Error::new(format!("a test cannot be started: {error}")))?;
    let end = watch(&lines_of(&mut child), Instant::now() + limit);
    if end != Some(End::Passed) {
        end_group(&child);
    }
    let status = child.wait()?;
    end_group(&child);
    Ok(match end {
        Some(End::Passed) | None if status.success() => End::Passed,
        // The program ended without a result, because it crashed.
        Some(End::Passed) | None => End::Failed("a test".into()),
        Some(end) => end,
    })
}

fn lines_of(child: &mut Child) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
    }
    receiver
}

/// Reads lines until a test fails. Returns `None` if the output ends without a result.
fn watch(lines: &Receiver<String>, deadline: Instant) -> Option<End> {
    loop {
        match lines.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => {
                if let Some(test) = line.strip_prefix("test ").and_then(|line| line.strip_suffix(" ... FAILED")) {
                    return Some(End::Failed(test.to_owned()));
                }
                if line.starts_with("test result: ok.") {
                    return Some(End::Passed);
                }
            }
            Err(RecvTimeoutError::Disconnected) => return None,
            Err(RecvTimeoutError::Timeout) => return Some(End::TooSlow),
        }
    }
}

fn end_group(child: &Child) {
    if let Some(group) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        // The process may have ended already.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

/// Ends the programs in a folder that tests have started in the background, because with a defect they may run for
/// ever.
pub fn end_left_behind(folder: &Path) {
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let is_ours = std::fs::read_link(entry.path().join("exe")).is_ok_and(|program| program.starts_with(folder));
        let number = entry.file_name().to_str().and_then(|name| name.parse().ok());
        if let Some(process) = number.filter(|_| is_ours).and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::{Duration, Instant};

    use super::{End, until_first_failure};

    fn end(script: &str) -> End {
        let limit = Duration::from_millis(if script.contains("for ever") { 100 } else { 20_000 });
        until_first_failure(Command::new("sh").args(["-c", script]), limit).unwrap()
    }

    #[test]
    fn the_first_failure_ends_a_suite() {
        let start = Instant::now();
        assert_eq!(end("echo 'test a ... ok'; echo 'test b::c ... FAILED'; sleep 100"), End::Failed("b::c".into()));
        assert!(start.elapsed() < Duration::from_secs(50));
    }

    #[test]
    fn a_suite_passes_with_its_result_alone() {
        assert_eq!(end("echo 'test a ... ok'; echo 'test result: ok. 1 passed'"), End::Passed);
        assert_eq!(end("echo 'test result: ok. 1 passed'; exit 1"), End::Failed("a test".into()));
        assert_eq!(end("kill -SEGV $$"), End::Failed("a test".into()));
    }

    #[test]
    fn a_suite_that_takes_too_long_is_ended() {
        assert_eq!(end("sleep 100 # for ever"), End::TooSlow);
    }
}
