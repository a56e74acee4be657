//! Signals: what ends the emulator, and what is passed on to the command of `emulator run`.

use std::io::IsTerminal as _;
use std::process::ExitStatus;

use tokio::process::Child;

use crate::error::CliError;

/// Waits for the command and passes signals on. It shares our terminal and process group, so what is typed reaches it
/// without us.
#[cfg(unix)]
pub(super) async fn wait(mut child: Child) -> Result<ExitStatus, CliError> {
    use rustix::process::{Pid, Signal, kill_process};
    use tokio::signal::unix::{SignalKind, signal};
    let fail = |error: std::io::Error| CliError::new(format!("Signals cannot be handled: {error}."));
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let typed = std::io::stdin().is_terminal();
    let mut interrupt = signal(SignalKind::interrupt()).map_err(fail)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(fail)?;
    let mut hangup = signal(SignalKind::hangup()).map_err(fail)?;
    let mut quit = signal(SignalKind::quit()).map_err(fail)?;
    loop {
        let signal = tokio::select! {
            status = child.wait() => {
                return status.map_err(|error| CliError::new(format!("The command was lost: {error}.")));
            }
            _ = interrupt.recv() => if typed { continue } else { Signal::INT },
            _ = quit.recv() => if typed { continue } else { Signal::QUIT },
            _ = terminate.recv() => Signal::TERM,
            _ = hangup.recv() => Signal::HUP,
        };
        if let Some(pid) = pid {
            let _ = kill_process(pid, signal);
        }
    }
}

#[cfg(not(unix))]
pub(super) async fn wait(mut child: Child) -> Result<ExitStatus, CliError> {
    let _ = std::io::stdin().is_terminal();
    child.wait().await.map_err(|error| CliError::new(format!("The command was lost: {error}.")))
}

/// Resolves at SIGINT and SIGTERM. Registered before the ready line, so that a signal right behind it counts.
#[cfg(unix)]
pub(super) fn stop_signal() -> Result<impl Future<Output = ()>, CliError> {
    use tokio::signal::unix::{SignalKind, signal};
    let fail = |error: std::io::Error| CliError::new(format!("Signals cannot be handled: {error}."));
    let mut interrupt = signal(SignalKind::interrupt()).map_err(fail)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(fail)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
pub(super) fn stop_signal() -> Result<impl Future<Output = ()>, CliError> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
