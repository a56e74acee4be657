//! Changes the system calls of a running program.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A strace that changes system calls until it is dropped.
pub struct Strace(Child);

impl Strace {
    /// Attaches to all threads of a program. `what` has the format of strace's option `-e inject=`.
    pub fn inject(pid: u32, what: &str) -> Self {
        let strace = Command::new("strace")
            .args(["-f", "-q", "-o", "/dev/null", "-e", &format!("inject={what}"), "-p", &pid.to_string()])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let until = Instant::now() + Duration::from_secs(20);
        while !std::fs::read_dir(format!("/proc/{pid}/task")).unwrap().all(is_traced) {
            assert!(Instant::now() < until, "strace does not come");
            std::thread::sleep(Duration::from_millis(10));
        }
        Self(strace)
    }
}

fn is_traced(task: std::io::Result<std::fs::DirEntry>) -> bool {
    let status = std::fs::read_to_string(task.unwrap().path().join("status")).unwrap_or_default();
    status.lines().any(|line| line.strip_prefix("TracerPid:").is_some_and(|tracer| tracer.trim() != "0"))
}

impl Drop for Strace {
    fn drop(&mut self) {
        // With SIGINT, strace detaches from the program, which it would not do if it were killed.
        let _ = Command::new("kill").args(["-INT", &self.0.id().to_string()]).status();
        let _ = self.0.wait();
    }
}
