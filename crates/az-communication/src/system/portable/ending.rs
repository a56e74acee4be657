//! The signal that ends the emulator: Ctrl-C.

use std::process::{self, Child, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use super::typed::Interrupts;
use crate::system::ending_error::EndingError;

/// The number of the Ctrl-C signal in shells.
const INTERRUPT: i32 = 2;

/// Ctrl-C that has arrived and was not handled yet.
pub struct Signals {
    came: Arc<(AtomicBool, Notify)>,
}

impl Signals {
    /// Starts to handle Ctrl-C.
    ///
    /// # Errors
    ///
    /// Never on this system.
    pub fn register() -> Result<Self, EndingError> {
        let came = Arc::new((AtomicBool::new(false), Notify::new()));
        let told = Arc::clone(&came);
        // If the system cannot start another thread, Ctrl-C ends the process.
        let _ = Interrupts::ctrl_c().act(move || {
            told.0.store(true, Ordering::SeqCst);
            told.1.notify_one();
        });
        Ok(Self { came })
    }

    /// Returns the signal that asked this process to end, if it has arrived.
    pub fn ended_by(&mut self) -> Option<i32> {
        self.came.0.load(Ordering::SeqCst).then_some(INTERRUPT)
    }

    /// Waits for a signal that asks this process to end.
    ///
    /// # Errors
    ///
    /// Never on this system.
    pub async fn end(&mut self) -> Result<i32, EndingError> {
        self.came.1.notified().await;
        Ok(INTERRUPT)
    }
}

/// Waits for the command. Ctrl-C reaches the command directly.
///
/// # Errors
///
/// When the system does not return the state of the command.
pub async fn wait_for_command(mut child: Child, _: &mut Signals) -> Result<ExitStatus, EndingError> {
    let status = tokio::task::spawn_blocking(move || child.wait()).await.map_err(std::io::Error::other);
    status.flatten().map_err(EndingError::Command)
}

/// Ends this process with the exit code that a shell shows for the signal.
pub fn end_by(signal: i32) -> ! {
    process::exit(128 + signal);
}

/// Checks whether the signal asks for a clean end.
pub fn asks_for_an_end(signal: i32) -> bool {
    signal == INTERRUPT
}

/// Checks whether this is the signal of Ctrl-C.
pub fn is_ctrl_c(signal: i32) -> bool {
    signal == INTERRUPT
}

/// Does nothing. Only on Unix, signals do not end process 1 by default.
pub fn end_process_1_at_once() {}
