//! The streams of a program that runs on a case: pipes or terminals.

use std::fs;
use std::io::Write as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::Terminals;
use super::collector::Collector;
use super::terminal::open;
use crate::error::Error;

/// Our ends of the terminals of a program. If a stream is a pipe, the child has our end.
pub struct Streams {
    stdin: Option<fs::File>,
    stdout: Option<fs::File>,
    stderr: Option<fs::File>,
}

impl Streams {
    pub fn new(command: &mut Command, terminals: Terminals, is_quiet: bool) -> Result<Self, Error> {
        let mut streams = Self { stdin: None, stdout: None, stderr: None };
        command.stdin(if is_quiet { Stdio::null() } else { Stdio::piped() });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        if terminals != Terminals::None {
            let (ours, theirs) = open()?;
            command.stdin(theirs);
            streams.stdin = Some(ours);
        }
        if terminals == Terminals::All {
            let (ours, theirs) = open()?;
            command.stdout(theirs);
            streams.stdout = Some(ours);
            let (ours, theirs) = open()?;
            command.stderr(theirs);
            streams.stderr = Some(ours);
        }
        Ok(streams)
    }

    /// Types the input, waits for the end, and returns stdout and stderr.
    pub fn drive(
        mut self,
        child: &mut Child,
        stdin: &str,
        limit: Duration,
    ) -> Result<(ExitStatus, String, String), Error> {
        let deadline = Instant::now() + limit;
        let collect = |terminal: Option<fs::File>| terminal.map(Collector::new);
        let stdout = collect(self.stdout.take()).or_else(|| child.stdout.take().map(Collector::of_pipe));
        let stderr = collect(self.stderr.take()).or_else(|| child.stderr.take().map(Collector::of_pipe));
        if let Some(mut pipe) = child.stdin.take() {
            // A program that does not read stdin closes its end.
            let _ = pipe.write_all(stdin.as_bytes());
        }
        let asked = |count| stdout.as_ref().is_some_and(|out| out.so_far().matches("(y/n)").count() > count);
        for (index, line) in stdin.split_inclusive('\n').enumerate() {
            let Some(terminal) = &mut self.stdin else { break };
            // A command that does not ask ends without a question.
            while !asked(index) && child.try_wait()?.is_none() && Instant::now() < deadline {
                sleep(Duration::from_millis(2));
            }
            let _ = terminal.write_all(line.as_bytes());
        }
        let status = wait(child, deadline)?;
        drop(self.stdin);
        let finish = |stream: Option<Collector>| stream.map(Collector::finish).unwrap_or_default();
        Ok((status, finish(stdout), finish(stderr)))
    }
}

/// Waits for the end of a program. Kills it after the deadline, with all programs that it has started.
fn wait(child: &mut Child, deadline: Instant) -> Result<ExitStatus, Error> {
    let group = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw);
    let end = || group.map(|group| rustix::process::kill_process_group(group, rustix::process::Signal::KILL));
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            // A program that it has started may still have the streams open.
            end();
            return Ok(status);
        }
        if Instant::now() > deadline {
            end();
        }
        sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}
