//! Writes that do not reach the disk: from some moment on, every fdatasync fails.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::history::{History, start, stop};
use crate::support::Folder;

#[test]
#[ignore = "needs strace: run scripts/test.sh"]
fn after_a_failed_fdatasync_nothing_is_acknowledged() {
    if !crate::disk::is_root("after_a_failed_fdatasync_nothing_is_acknowledged") {
        return;
    }
    for first in 1..6 {
        let home = Folder::new();
        let data = home.path().join("data");
        let emulator = start(&home, &data);
        let mut history = History::default();
        let mut client = history.client(&emulator);
        assert!(history.create(&mut client));
        let pid = emulator.child.id().to_string();
        let inject = format!("inject=fdatasync,fsync:error=EIO:when={first}+");
        let mut strace = Command::new("strace")
            .args(["-f", "-q", "-o", "/dev/null", "-e", &inject, "-p", &pid])
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_until_traced(&pid);
        let acknowledged = (0..first + 5).map(|_| history.create(&mut client)).collect::<Vec<bool>>();
        assert!(!acknowledged.last().unwrap(), "{acknowledged:?}");
        assert!(acknowledged.is_sorted_by(|one, next| one >= next), "one after a failure: {acknowledged:?}");
        // Without the fault, it would succeed again; nobody knows what is on the disk.
        crate::disk::run("kill", &["-INT", &strace.id().to_string()]);
        strace.wait().unwrap();
        assert!(!history.create(&mut client));
        stop(emulator);
        let again = start(&home, &data);
        history.check(&again);
        assert!(history.create(&mut history.client(&again)));
    }
}

/// Waits until strace has every thread.
fn wait_until_traced(pid: &str) {
    let until = Instant::now() + Duration::from_secs(20);
    let traced = |task: std::io::Result<std::fs::DirEntry>| {
        let status = std::fs::read_to_string(task.unwrap().path().join("status")).unwrap_or_default();
        status.lines().any(|line| line.strip_prefix("TracerPid:").is_some_and(|tracer| tracer.trim() != "0"))
    };
    while !std::fs::read_dir(format!("/proc/{pid}/task")).unwrap().all(traced) {
        assert!(Instant::now() < until, "strace does not come");
        std::thread::sleep(Duration::from_millis(10));
    }
}
