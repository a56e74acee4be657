//! What ends the emulator: Ctrl-C.

use std::process::{self, Child, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use super::typed::Interrupts;
use crate::system::ending_error::EndingError;

/// The number that shells know Ctrl-C by.
const INTERRUPT: i32 = 2;

/// Ctrl-C that has come and was not looked at yet.
pub struct Signals {
    came: Arc<(AtomicBool, Notify)>,
}

impl Signals {
    /// Takes Ctrl-C over.
    ///
    /// # Errors
    ///
    /// Never here.
    pub fn register() -> Result<Self, EndingError> {
        let came = Arc::new((AtomicBool::new(false), Notify::new()));
        let told = Arc::clone(&came);
        // Where the system has no more threads, Ctrl-C ends the process.
        let _ = Interrupts::ctrl_c().act(move || {
            told.0.store(true, Ordering::SeqCst);
            told.1.notify_one();
        });
        Ok(Self { came })
    }

    /// The signal that asked this process to end, if one has come.
    pub fn ended_by(&mut self) -> Option<i32> {
        self.came.0.load(Ordering::SeqCst).then_some(INTERRUPT)
    }

    /// Waits for a signal that asks this process to end.
    ///
    /// # Errors
    ///
    /// Never here.
    pub async fn end(&mut self) -> Result<i32, EndingError> {
        self.came.1.notified().await;
        Ok(INTERRUPT)
    }
}

/// Waits for the command. Ctrl-C reaches it without us.
///
/// # Errors
///
/// When the system does not tell what became of it.
pub async fn wait_for_command(mut child: Child, _: &mut Signals) -> Result<ExitStatus, EndingError> {
    let status = tokio::task::spawn_blocking(move || child.wait()).await.map_err(std::io::Error::other);
    status.flatten().map_err(EndingError::Command)
}

/// Ends this process with the exit code that a shell would show.
pub fn end_by(signal: i32) -> ! {
    process::exit(128 + signal);
}

/// Whether the signal asks for a clean end.
pub fn asks_for_an_end(signal: i32) -> bool {
    signal == INTERRUPT
}

/// Whether it is the signal of Ctrl-C.
pub fn is_ctrl_c(signal: i32) -> bool {
    signal == INTERRUPT
}

/// Only Unix has a process that no signal ends.
pub fn end_process_1_at_once() {}
