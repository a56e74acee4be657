//! `emulator start --detach`: starts the emulator in a process of its own, waits until it is ready, and returns.
//!
//! The process is this program with the same options. Its output goes into the log file from the beginning, and is
//! shown here until it is ready. The ready file shows that it is ready.

pub(crate) mod again;
pub(crate) mod folders;
pub(crate) mod log_file;
pub(crate) mod mark;

pub(in crate::commands::emulator) use mark::Detached;

use std::process::{Child, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::commands::emulator::control::Control;
use crate::commands::emulator::options::data_folder::Data;
use crate::commands::emulator::options::declared::{OPEN, UNTIL_STDIN_CLOSES};
use crate::commands::emulator::options::read;
use crate::commands::emulator::page::{self, browser};
use crate::commands::emulator::process::default_paths::Places;
use crate::commands::emulator::process::process_file::{self, PID, READY};
use crate::commands::emulator::process::ready_line::{Ready, place_of};
use crate::delegate;
use crate::knack::invocation::Invocation;
use crate::knack::outcome::Outcome;
use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::report::printer::Printer;
use crate::report::prompt;
use crate::system::platform::Platform;
use crate::system::{self, Signals};
use folders::Folders;
use log_file::Log;

/// How often it is checked whether the emulator is ready.
const LOOK: Duration = Duration::from_millis(5);

/// How long an emulator that must end may take to end.
const END: Duration = Duration::from_secs(10);

/// Starts the emulator with that data.
///
/// # Errors
///
/// Fails when an emulator already runs there, when it does not become ready, or when the ready line cannot be written.
pub(crate) fn start(invocation: &Invocation<'_>, data: &Data) -> Result<Outcome, CliError> {
    if read::flag(invocation, &UNTIL_STDIN_CLOSES)? {
        return Err(CliError::usage("--until-stdin-closes cannot be given with --detach.").hint(
            "An emulator in the background has no stdin. To end it together with another process: --parent-pid PID",
        ));
    }
    let opens = read::flag(invocation, &OPEN)?;
    let places = Places::of(invocation, data.into())?;
    refuse_where_one_runs(&places, data)?;
    // The stdout of the emulator's own process is its log.
    process_file::refuse_stdout(&PID, &places.pid)?;
    process_file::refuse_stdout(&READY, &places.ready)?;
    let mut command = again::command(invocation, &places)?;
    let mut signals = Signals::register()?;
    prompt::handle_interrupt();
    let folders = if places.is_usual { Folders::of_file(&places.pid)? } else { Folders::default() };
    let log = Log::open(&places.log, data.folder())?;
    command.stdin(Stdio::null()).stdout(log.handle()?).stderr(log.handle()?);
    let mut child = command.spawn().map_err(|error| delegate::not_started(&command, error))?;
    let outcome = wait(&mut child, &mut signals, &places, data)?;
    let printer = invocation.printer;
    printer.bytes(&log.said());
    match outcome {
        Waited::Ready(ready) => {
            let url = || page::signed_in(&Control::of_ready((*ready).clone())?);
            // If the line cannot be printed, no program knows that the emulator runs, so it is ended.
            ready.say(invocation, || url().ok()).inspect_err(|_| end(&mut child))?;
            if opens {
                open(&invocation.printer, url());
            }
            Ok(Outcome::nothing())
        }
        Waited::Ended(status) => {
            let code = status.code().and_then(|code| u8::try_from(code).ok()).filter(|code| *code != 0);
            let (code, has_said) = (code.map(ExitCode::Other), !log.said().is_empty());
            if code == Some(ExitCode::Other(ExitCode::Usage.number())) {
                log.forget();
                folders.forget();
            }
            match code {
                Some(code) if has_said => Ok(Outcome::nothing().exit_code(code)),
                Some(code) => Err(unexplained("has ended").exit_code(code)),
                None if status.success() => Err(unexplained("has ended")),
                None => Err(unexplained("was killed")),
            }
        }
        Waited::Signal(signal) if system::is_ctrl_c(signal) => Ok(Outcome::nothing().exit_code(ExitCode::Interrupted)),
        Waited::Signal(signal) => Ok(Outcome::nothing().exit_code(ExitCode::Signal(signal))),
    }
}

/// Opens the page of an emulator, which serves in any case.
fn open(printer: &Printer, url: Result<String, CliError>) {
    match url {
        Ok(url) => drop(browser::open(&url).inspect_err(|why| page::not_opened(printer, why, &url))),
        Err(error) => printer.warning(&format!("The page was not opened: {}.", error.message.trim_end_matches('.'))),
    }
}

fn not_ready(what: &str) -> CliError {
    CliError::new(format!("The emulator {what} before it was ready."))
}

/// Returns the error for an emulator whose log does not say why it ended. On a full disk, the log cannot be written.
fn unexplained(what: &str) -> CliError {
    not_ready(what).hint("To see the reason, start it without --detach. On a full disk, its log cannot be written.")
}

/// Refuses to start if an emulator already runs there. The message describes it as far as possible.
fn refuse_where_one_runs(places: &Places, data: &Data) -> Result<(), CliError> {
    let mut looked_at = vec![places.clone()];
    if data.folder().is_some() {
        looked_at.push(Places::usual(data.into())?);
    }
    for places in looked_at {
        let known = process_file::holder(&READY, &places.ready).map(|holder| (holder.process, Some(holder.content)));
        let running = known.or_else(|| process_file::holder(&PID, &places.pid).map(|holder| (holder.process, None)));
        let Some((process, line)) = running else { continue };
        let ready = line.zip(u32::try_from(process).ok()).and_then(|(line, pid)| Ready::of_file(&line, pid, None));
        let stop = match &ready {
            Some(ready) => ready.stop_command(Platform::HERE),
            None => Platform::HERE.stop(process),
        };
        let endpoint = ready.map_or_else(String::new, |ready| format!(" at {}", ready.endpoint));
        return Err(CliError::new(format!("An emulator is already running{endpoint}, as process {process}."))
            .hint(format!("To stop it: {stop}"))
            .hint(
                "To start another emulator, give another data folder (--data-dir), or another pid file (--pid-file) if \
                 its data is in memory or in a database. Also give another port (--port).",
            ));
    }
    Ok(())
}

/// The result of waiting for the emulator.
enum Waited {
    Ready(Box<Ready>),
    Ended(ExitStatus),
    /// This process was asked to end, and the emulator has ended.
    Signal(i32),
}

fn wait(child: &mut Child, signals: &mut Signals, places: &Places, data: &Data) -> Result<Waited, CliError> {
    let data = place_of(data)?;
    loop {
        let line = process_file::holder(&READY, &places.ready).map(|holder| holder.content);
        if let Some(ready) = line.and_then(|line| Ready::of_file(&line, child.id(), data.clone())) {
            return Ok(Waited::Ready(Box::new(ready)));
        }
        if let Some(signal) = signals.ended_by() {
            end(child);
            return Ok(Waited::Signal(signal));
        }
        match child.try_wait() {
            Ok(None) => thread::sleep(LOOK),
            Ok(Some(status)) => return Ok(Waited::Ended(status)),
            Err(_) => return Err(not_ready("was lost")),
        }
    }
}

/// Ends an emulator, and waits until it has ended.
fn end(child: &mut Child) {
    if system::ask_to_end(child) {
        let latest = Instant::now() + END;
        while Instant::now() < latest {
            match child.try_wait() {
                Ok(None) => thread::sleep(LOOK),
                _ => return,
            }
        }
    }
    let _ = child.kill();
    let _ = child.wait();
}
