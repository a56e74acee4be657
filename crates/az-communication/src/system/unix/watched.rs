//! A process whose end is waited for.

use std::io;
use std::thread;
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

/// How often a process is looked for where the system does not tell of its end.
const INTERVAL: Duration = Duration::from_millis(500);

/// A process that runs.
pub struct Process {
    pid: Pid,
    /// Stands for this very process, also when its number is given to another one later.
    #[cfg(target_os = "linux")]
    handle: Option<std::os::fd::OwnedFd>,
}

impl Process {
    /// The process with that number.
    ///
    /// # Errors
    ///
    /// When there is no process with that number.
    pub fn of(pid: i32) -> io::Result<Self> {
        let pid = Pid::from_raw(pid).ok_or(Errno::SRCH)?;
        if !is_there(pid) {
            return Err(Errno::SRCH.into());
        }
        Ok(Self {
            pid,
            // Where it is refused, by an old kernel or in a container, the number must do.
            #[cfg(target_os = "linux")]
            handle: rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()).ok(),
        })
    }

    /// Returns when it has ended.
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

/// Others' processes are there, too, though they may not be sent a signal.
fn is_there(pid: Pid) -> bool {
    test_kill_process(pid) != Err(Errno::SRCH)
}
