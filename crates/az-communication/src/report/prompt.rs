//! Questions to the user at the terminal, and Ctrl-C.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::report::error::CliError;
use crate::report::exit_code::ExitCode;
use crate::report::printer::{Level, Printer};
use crate::report::stdout;
use crate::system::Interrupts;

static INTERRUPT_ENDS: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Makes Ctrl-C end the process immediately with exit code 130, unless the process was started with SIGINT ignored.
/// With `--verbose`, the duration of the command is printed first.
pub fn exit_on_interrupt(printer: &Printer) {
    let typed = Interrupts::ctrl_c();
    if typed.is_empty() {
        return;
    }
    let ends = INTERRUPT_ENDS.get_or_init(|| Arc::new(AtomicBool::new(true)));
    let code = i32::from(ExitCode::Interrupted.number());
    if printer.shows(Level::Info) && say_times_on_interrupt(typed, *printer, Arc::clone(ends), code) {
        return;
    }
    // If the handler cannot be registered, the signal still ends the process.
    typed.end_if(ends, code);
}

/// Waits for Ctrl-C on a thread. Returns whether that is possible.
fn say_times_on_interrupt(typed: Interrupts, printer: Printer, ends: Arc<AtomicBool>, code: i32) -> bool {
    static WAITS: AtomicBool = AtomicBool::new(false);
    if WAITS.swap(true, Ordering::SeqCst) {
        return true;
    }
    typed.act(move || {
        if ends.load(Ordering::SeqCst) {
            printer.command_ran();
            std::process::exit(code);
        }
    })
}

/// Leaves Ctrl-C to the command, which handles it itself.
pub fn handle_interrupt() {
    if let Some(ends) = INTERRUPT_ENDS.get() {
        ends.store(false, Ordering::SeqCst);
    }
}

/// Leaves Ctrl-C to the child process that is started next. This cannot be undone.
pub fn leave_interrupt_to_child() {
    // A child process does not inherit a handler. It would inherit an ignored signal.
    Interrupts::keys().set(&Arc::default());
}

/// Asks until the answer is `y` or `n`. Case and white space are ignored, as in knack.
///
/// # Errors
///
/// When the answer is no, when stdin is not a terminal, or when stdout cannot be written.
pub fn confirm(question: &str, printer: &Printer) -> Result<(), CliError> {
    let cancelled = || CliError::new("Operation cancelled.");
    if !io::stdin().is_terminal() {
        printer.warning("Unable to prompt for confirmation as no tty available. Use --yes.");
        return Err(cancelled());
    }
    loop {
        stdout::print(format!("{question} (y/n): "))?;
        // The answer is read as bytes, because an answer that is not UTF-8 only repeats the question.
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
