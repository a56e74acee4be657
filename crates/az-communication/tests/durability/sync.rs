//! Tests of writes that do not reach the disk: from some moment on, every fdatasync fails.

use crate::history::{History, start, stop};
use crate::strace::Strace;
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
        let what = format!("fdatasync,fsync:error=EIO:when={first}+");
        let strace = Strace::inject(emulator.child.id(), &what);
        let acknowledged = (0..first + 5).map(|_| history.create(&mut client)).collect::<Vec<bool>>();
        assert!(!acknowledged.last().unwrap(), "{acknowledged:?}");
        assert!(acknowledged.is_sorted_by(|one, next| one >= next), "one after a failure: {acknowledged:?}");
        // Without the fault, fdatasync would succeed again, but the content of the disk is unknown.
        drop(strace);
        assert!(!history.create(&mut client));
        stop(emulator);
        let again = start(&home, &data);
        history.check(&again);
        assert!(history.create(&mut history.client(&again)));
    }
}

#[test]
#[ignore = "needs strace: run scripts/test.sh"]
fn a_quota_that_is_used_up_is_as_a_full_disk_and_passes() {
    if !crate::disk::is_root("a_quota_that_is_used_up_is_as_a_full_disk_and_passes") {
        return;
    }
    let home = Folder::new();
    let data = home.path().join("data");
    let emulator = start(&home, &data);
    let mut history = History::default();
    let mut client = history.client(&emulator);
    assert!(history.create(&mut client));
    let strace = Strace::inject(emulator.child.id(), "pwrite64:error=EDQUOT");
    for _ in 0..3 {
        assert!(!history.create(&mut client));
    }
    drop(strace);
    assert!(history.create(&mut client), "there is space again");
    history.check(&emulator);
    stop(emulator);
    history.check(&start(&home, &data));
}
