//! Waiting for the end of another process.

use std::io;
use std::thread;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

/// The interval between checks if the system does not report the end of a process.
const INTERVAL: Duration = Duration::from_millis(500);

/// A running process.
pub struct Process {
    pid: Pid,
    /// A handle of this process. It stays valid if another process gets the same id later.
    #[cfg(target_os = "linux")]
    handle: Option<std::os::fd::OwnedFd>,
}

impl Process {
    /// Finds the process with this id.
    ///
    /// # Errors
    ///
    /// When there is no process with this id.
    pub fn of(pid: i32) -> io::Result<Self> {
        let pid = Pid::from_raw(pid).ok_or(Errno::SRCH)?;
        if !is_there(pid) {
            return Err(Errno::SRCH.into());
        }
        Ok(Self {
            pid,
            // An old kernel or a container may refuse this. Then only the id is used.
            #[cfg(target_os = "linux")]
            handle: rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok(),
        })
    }

    /// Returns when the process has ended.
    pub fn wait(&self) {
        #[cfg(target_os = "linux")]
        if let Some(handle) = &self.handle {
            use rustix::event::{PollFd, PollFlags, poll};
            loop {
                match poll(&mut [PollFd::new(handle, PollFlags::IN)], None) {
                    Err(Errno::INTR) => {}
                    Ok(_) => return,
                    Err(_) => break,
                }
            }
        }
        while is_there(self.pid) {
            thread::sleep(INTERVAL);
        }
    }
}

/// Checks whether the process exists. A process of another user exists even if this user may not send it a signal.
fn is_there(pid: Pid) -> bool {
    test_kill_process(pid) != Err(Errno::SRCH)
}
