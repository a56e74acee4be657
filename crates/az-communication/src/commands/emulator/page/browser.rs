//! Starts a browser.

use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::choice;
use crate::delegate;
use crate::knack::variables;
use crate::report::error::CliError;
use crate::system;
use crate::system::platform::Platform;

/// How long a browser is watched. `xdg-open` and similar programs end in this time, and their exit code says whether
/// they have found a browser. A browser itself may run for as long as the user likes.
const WATCHED: Duration = Duration::from_secs(2);

/// How often it is checked meanwhile whether the program has ended.
const LOOK: Duration = Duration::from_millis(5);

/// The stack of the thread that watches a browser.
const STACK: usize = 256 * 1024;

/// A browser that was started. `None` if its program has ended, as `xdg-open` does.
pub(crate) struct Opened(Option<Child>);

/// Opens a URL in a browser.
///
/// # Errors
///
/// Returns the reason, without a full stop, if no browser can be started. It does not contain the URL.
pub(crate) fn open(url: &str) -> Result<Opened, String> {
    let browser = variables::value("BROWSER".to_owned()).map_err(|error| without_stop(&error))?;
    let mut reasons = Vec::new();
    for words in choice::commands(browser.map(|given| given.value).as_deref(), Platform::HERE, url) {
        match start(&words) {
            Ok(opened) => return Ok(opened),
            // An entry that is nothing but the URL names it as a program.
            Err(why) => reasons.push(why.replace(url, "the URL")),
        }
    }
    Err(reasons.join("; "))
}

/// Opens a URL in a browser on a thread of its own. If no browser can be started, the thread calls `failed` with the
/// reason and the URL.
pub(crate) fn open_beside(url: String, failed: impl FnOnce(&str, &str) + Send + 'static) {
    let run = move || match open(&url) {
        // A program that has ended keeps its number until its parent has waited for it.
        Ok(Opened(Some(mut child))) => drop(child.wait()),
        Ok(Opened(None)) => {}
        Err(why) => failed(&why, &url),
    };
    // Where the system refuses a thread, the emulator serves without a browser.
    let _ = thread::Builder::new().stack_size(STACK).spawn(run);
}

fn start(words: &[String]) -> Result<Opened, String> {
    let Some((program, arguments)) = words.split_first() else { return Ok(Opened(None)) };
    let mut command = Command::new(delegate::to_start(program.as_ref()));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    system::own_group(&mut command);
    let mut child = command.spawn().map_err(|error| without_stop(&delegate::not_started(&command, error)))?;
    let latest = Instant::now() + WATCHED;
    loop {
        match child.try_wait() {
            Ok(Some(status)) if status.success() => return Ok(Opened(None)),
            Ok(Some(status)) => return Err(format!("{program} {}", ending(status))),
            Ok(None) if Instant::now() < latest => thread::sleep(LOOK),
            Ok(None) => return Ok(Opened(Some(child))),
            // Process 1 of a container waits for all processes that end. The exit code is lost then.
            Err(_) => return Ok(Opened(None)),
        }
    }
}

fn ending(status: ExitStatus) -> String {
    match (status.code(), system::exit_signal(status)) {
        (Some(code), _) => format!("has ended with the exit code {code}"),
        (None, Some(signal)) => format!("was ended by the signal {signal}"),
        (None, None) => "has failed".to_owned(),
    }
}

fn without_stop(error: &CliError) -> String {
    error.message.trim_end_matches('.').to_owned()
}
