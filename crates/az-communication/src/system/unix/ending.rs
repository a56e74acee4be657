//! The signals that end the emulator, and the signals that are passed on to the command of `emulator run`.

use std::collections::VecDeque;
use std::io::IsTerminal as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ExitStatus};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use signal_hook::consts::{
    SIGABRT, SIGALRM, SIGCHLD, SIGHUP, SIGINT, SIGIO, SIGPROF, SIGQUIT, SIGSYS, SIGTERM, SIGTRAP, SIGUSR1, SIGUSR2,
    SIGVTALRM, SIGXCPU, SIGXFSZ,
};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::{Cause, Origin};

use super::disposition::Ignored;
use crate::system::ending_error::EndingError;

/// The signals that end a process without a handler. SIGKILL is missing because it cannot be handled. Signals of
/// program faults are missing because they would be raised again without end if they were handled.
const ENDING: [i32; 14] = [
    SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGUSR1, SIGUSR2, SIGALRM, SIGTERM, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO,
    SIGSYS,
];

/// SIGTRAP. Only these processors continue after the instruction that raises it.
const TRAP: &[i32] = if cfg!(any(target_arch = "x86_64", target_arch = "x86")) { &[SIGTRAP] } else { &[] };

/// Returns the signals that only Linux has: SIGSTKFLT, SIGPWR and the real-time signals.
#[cfg(target_os = "linux")]
fn more() -> impl Iterator<Item = i32> {
    [Signal::STKFLT.as_raw(), Signal::POWER.as_raw()].into_iter().chain(34..=64)
}

#[cfg(not(target_os = "linux"))]
fn more() -> impl Iterator<Item = i32> {
    std::iter::empty()
}

/// Whether SIGTERM ends this process immediately.
static TERM_ENDS: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// Makes SIGTERM end process 1 of a container until [`Signals`] are registered. The system drops signals that process 1
/// does not handle.
pub fn end_process_1_at_once() {
    if std::process::id() == 1 && !Ignored::now().has(SIGTERM) {
        let ends = TERM_ENDS.get_or_init(|| Arc::new(AtomicBool::new(true)));
        // If this fails, the system drops the signal as before.
        let _ = signal_hook::flag::register_conditional_shutdown(SIGTERM, 128 + SIGTERM, Arc::clone(ends));
    }
}

/// The signals that have arrived and were not handled yet.
pub struct Signals {
    delivery: SignalDelivery<UnixStream, WithOrigin>,
    waiting: VecDeque<Origin>,
    readable: Option<tokio::net::UnixStream>,
}

impl Signals {
    /// Starts to handle every signal that would end this process, and SIGCHLD. Ignored signals stay ignored.
    ///
    /// # Errors
    ///
    /// When the process cannot open two more files.
    pub fn register() -> Result<Self, EndingError> {
        let (read, write) = UnixStream::pair().map_err(EndingError::Signals)?;
        read.set_nonblocking(true).map_err(EndingError::Signals)?;
        let ignored = Ignored::now();
        let signals =
            ENDING.into_iter().chain(TRAP.iter().copied()).chain(more()).filter(|signal| !ignored.has(*signal));
        let delivery = SignalDelivery::with_pipe(read, write, WithOrigin::default(), signals.chain([SIGCHLD]));
        let delivery = delivery.map_err(EndingError::Signals)?;
        if let Some(ends) = TERM_ENDS.get() {
            ends.store(false, Ordering::SeqCst);
        }
        Ok(Self { delivery, waiting: VecDeque::new(), readable: None })
    }

    /// Returns the signal that asked this process to end, if one has arrived.
    pub fn ended_by(&mut self) -> Option<i32> {
        self.waiting.extend(self.delivery.pending());
        self.waiting.iter().map(|origin| origin.signal).find(|signal| *signal != SIGCHLD)
    }

    fn take(&mut self) -> Option<Origin> {
        self.waiting.extend(self.delivery.pending());
        self.waiting.pop_front()
    }

    /// Waits for the next signal.
    async fn next(&mut self) -> Result<Origin, EndingError> {
        loop {
            if let Some(origin) = self.take() {
                return Ok(origin);
            }
            let readable = match &mut self.readable {
                Some(readable) => readable,
                empty => {
                    let read = self.delivery.get_read().try_clone().map_err(EndingError::Signals)?;
                    empty.insert(tokio::net::UnixStream::from_std(read).map_err(EndingError::Signals)?)
                }
            };
            readable.readable().await.map_err(EndingError::Signals)?;
            // There is one byte for each signal. The stream stays readable until all bytes are read.
            while matches!(readable.try_read(&mut [0; 64]), Ok(1..)) {}
        }
    }

    /// Waits for a signal that asks this process to end.
    ///
    /// # Errors
    ///
    /// When the process cannot open another file.
    pub async fn end(&mut self) -> Result<i32, EndingError> {
        loop {
            let origin = self.next().await?;
            if origin.signal != SIGCHLD {
                return Ok(origin.signal);
            }
            // Process 1 of a container is the parent of all orphans and must wait for them.
            if std::process::id() == 1 {
                while matches!(waitpid(None, WaitOptions::NOHANG), Ok(Some(_)) | Err(Errno::INTR)) {}
            }
        }
    }
}

/// Waits for the command and passes signals on to it. Process 1 of a container is the parent of all orphans, so this
/// function also waits for every other process that has ended.
///
/// # Errors
///
/// When other code has already waited for the command.
pub async fn wait_for_command(child: Child, signals: &mut Signals) -> Result<ExitStatus, EndingError> {
    let lost = EndingError::Command;
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or_else(|| lost(Errno::CHILD.into()))?;
    // Signals that arrived before the command started did not reach it, even if they were typed.
    while let Some(origin) = signals.take() {
        pass_on(&origin, pid);
    }
    loop {
        if let Some(status) = reap(pid).map_err(|error| lost(error.into()))? {
            return Ok(status);
        }
        let origin = signals.next().await?;
        if !is_typed(&origin) {
            pass_on(&origin, pid);
        }
    }
}

fn pass_on(origin: &Origin, command: Pid) {
    if origin.signal != SIGCHLD {
        // `Signal` has no names for real-time signals. Real-time signals in use ask for an end, such as systemd's
        // SIGRTMIN+3.
        let signal = Signal::from_named_raw(origin.signal).unwrap_or(Signal::TERM);
        let _ = kill_process(command, signal);
    }
}

/// Returns the status of the command if it has ended. Process 1 of a container waits for all processes that have ended.
/// Any other process leaves the others to the code that has started them.
fn reap(command: Pid) -> Result<Option<ExitStatus>, Errno> {
    let awaited = if std::process::id() == 1 { None } else { Some(command) };
    loop {
        match waitpid(awaited, WaitOptions::NOHANG) {
            Ok(Some((pid, status))) if pid == command => return Ok(Some(ExitStatus::from_raw(status.as_raw()))),
            Ok(Some(_)) | Err(Errno::INTR) => {}
            Ok(None) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
}

/// Checks whether the signal was typed at the terminal. The command is in the same process group, so it has received a
/// typed signal already.
fn is_typed(origin: &Origin) -> bool {
    let of_terminal = matches!(origin.signal, SIGINT | SIGQUIT);
    match origin.cause {
        Cause::Kernel => of_terminal,
        // Some systems do not report the sender.
        Cause::Unknown => of_terminal && std::io::stdin().is_terminal(),
        _ => false,
    }
}

/// Ends this process by a signal. Process 1 cannot end by a signal, so it exits with the code that a shell shows.
pub fn end_by(signal: i32) -> ! {
    if std::process::id() != 1 {
        let _ = signal_hook::low_level::emulate_default_handler(signal);
    }
    std::process::exit(128 + signal);
}

/// Checks whether the signal asks for a clean end.
pub fn asks_for_an_end(signal: i32) -> bool {
    matches!(signal, SIGINT | SIGTERM)
}

/// Checks whether this is the signal of Ctrl-C.
pub fn is_ctrl_c(signal: i32) -> bool {
    signal == SIGINT
}
