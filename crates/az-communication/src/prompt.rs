//! Questions at the terminal.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::disposition::Ignored;
use crate::error::CliError;
use crate::exit_code::ExitCode;
use crate::output;
use crate::printer::{Level, Printer};

static INTERRUPT_ENDS: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Makes Ctrl-C end the process with exit code 130 at once, unless the process was started with SIGINT ignored.
/// `--verbose` says first how long the command took.
pub fn exit_on_interrupt(printer: &Printer) {
    if Ignored::now().has(signal_hook::consts::SIGINT) {
        return;
    }
    let ends = INTERRUPT_ENDS.get_or_init(|| Arc::new(AtomicBool::new(true)));
    let code = i32::from(ExitCode::Interrupted.number());
    if printer.shows(Level::Info) && say_times_on_interrupt(*printer, Arc::clone(ends), code) {
        return;
    }
    // Without it, the signal ends the process all the same.
    let _ = signal_hook::flag::register_conditional_shutdown(signal_hook::consts::SIGINT, code, Arc::clone(ends));
}

/// Waits for Ctrl-C on a thread, because a signal handler may not write; whether that is possible.
#[cfg(unix)]
fn say_times_on_interrupt(printer: Printer, ends: Arc<AtomicBool>, code: i32) -> bool {
    static WAITS: AtomicBool = AtomicBool::new(false);
    if WAITS.swap(true, Ordering::SeqCst) {
        return true;
    }
    let Ok(mut signals) = signal_hook::iterator::Signals::new([signal_hook::consts::SIGINT]) else { return false };
    std::thread::spawn(move || {
        for _ in signals.forever() {
            if ends.load(Ordering::SeqCst) {
                printer.command_ran();
                std::process::exit(code);
            }
        }
    });
    true
}

#[cfg(not(unix))]
fn say_times_on_interrupt(_: Printer, _: Arc<AtomicBool>, _: i32) -> bool {
    false
}

/// Leaves Ctrl-C to the command, which ends in its own way.
pub fn handle_interrupt() {
    if let Some(ends) = INTERRUPT_ENDS.get() {
        ends.store(false, Ordering::SeqCst);
    }
}

/// Leaves Ctrl-C to the program that is run next as a child, for good.
pub fn leave_interrupt_to_child() {
    let ignored = Ignored::now();
    for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGQUIT] {
        // A handler does not reach the child, as an ignored signal would.
        if !ignored.has(signal) {
            let _ = signal_hook::flag::register(signal, Arc::default());
        }
    }
}

/// Asks until the answer is `y` or `n`, in either case and without white space, as knack does.
///
/// # Errors
///
/// When the answer is no, when there is nobody to ask, or when stdout cannot be written.
pub fn confirm(question: &str, printer: &Printer) -> Result<(), CliError> {
    let cancelled = || CliError::new("Operation cancelled.");
    if !io::stdin().is_terminal() {
        printer.warning("Unable to prompt for confirmation as no tty available. Use --yes.");
        return Err(cancelled());
    }
    loop {
        output::print(format!("{question} (y/n): "))?;
        // As bytes: what is not UTF-8 is an answer, too, and asked for again.
        let mut answer = Vec::new();
        if io::stdin().lock().read_until(b'\n', &mut answer).unwrap_or(0) == 0 {
            return Err(cancelled());
        }
        match String::from_utf8_lossy(&answer).trim_end_matches(['\n', '\r']).to_lowercase().as_str() {
            "y" => return Ok(()),
            "n" => return Err(cancelled()),
            _ => {}
        }
    }
}
