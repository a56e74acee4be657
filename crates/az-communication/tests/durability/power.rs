//! Tests of power failures. Only the data on the disk at the moment of an acknowledgement remains.

use std::path::Path;

use crate::disk::{Mounted, format, run};
use crate::history::{History, start, try_start};
use crate::strace::Strace;
use crate::support::Folder;

/// Copies an image at one moment. The kernel writes while the image is read, so the image is copied until both are
/// equal. A power failure never leaves a mix of two moments.
pub fn copy_of_one_moment(image: &Path, copy: &Path) {
    for _ in 0..50 {
        std::fs::copy(image, copy).unwrap();
        if std::fs::read(image).unwrap() == std::fs::read(copy).unwrap() {
            return;
        }
    }
    panic!("the image does not come to rest");
}

/// Returns the number of power failures.
fn points() -> usize {
    if std::env::var_os("AZ_LONG").is_some() { 200 } else { 30 }
}

/// Simulates this number of power failures, each at an acknowledgement, and injects a fault into the emulator's system
/// calls if one is given. Returns what each failure lost.
fn power_failures(points: usize, injected: Option<&str>) -> Vec<Option<String>> {
    let home = Folder::new();
    let memory = Mounted::tmpfs(&home.path().join("memory"), "200m");
    let image = memory.path().join("image");
    format(&image);
    let disk = Mounted::image(&image, &memory.path().join("disk"));
    // The folders that the emulator makes must be durable, too.
    let data = Path::new("made/for/data");
    let emulator = start(&home, &disk.path().join(data));
    let pid = emulator.child.id().to_string();
    let _strace = injected.map(|what| Strace::inject(emulator.child.id(), what));
    let mut history = History::default();
    let mut client = history.client(&emulator);
    let mut lost = Vec::new();
    for point in 0..points {
        // These writes are enough to move the log into the database sometimes.
        for _ in 0..3 {
            history.create(&mut client);
        }
        history.advance(&mut client);
        run("kill", &["-STOP", &pid]);
        // Each copy is another file: a loop device that still has the previous file would be used again, with its
        // cache.
        let copy = memory.path().join(format!("copy{point}"));
        copy_of_one_moment(&image, &copy);
        {
            let left = Mounted::image(&copy, &memory.path().join("left"));
            lost.push(match try_start(&home, &left.path().join(data)) {
                Ok(again) => {
                    assert_eq!(again.ready["pid"], again.child.id());
                    history.lost(&again)
                }
                Err(why) => Some(why),
            });
        }
        std::fs::remove_file(&copy).unwrap();
        run("kill", &["-CONT", &pid]);
    }
    assert!(history.len() > 5);
    lost
}

#[test]
#[ignore = "mounts file systems, which needs root: run scripts/test.sh"]
fn nothing_acknowledged_is_lost_when_the_power_fails() {
    if !crate::disk::is_root("nothing_acknowledged_is_lost_when_the_power_fails") {
        return;
    }
    for (point, lost) in power_failures(points(), None).into_iter().enumerate() {
        assert_eq!(lost, None, "at point {point}");
    }
}

/// The other test is valid only if a missing fdatasync loses data.
#[test]
#[ignore = "mounts file systems, which needs root, and needs strace: run scripts/test.sh"]
fn without_fdatasync_a_power_failure_loses_what_was_acknowledged() {
    if !crate::disk::is_root("without_fdatasync_a_power_failure_loses_what_was_acknowledged") {
        return;
    }
    // The calls are skipped and report success.
    let lost = power_failures(points().min(40), Some("fdatasync,fsync:retval=0"));
    let points = lost.len();
    let lost: Vec<String> = lost.into_iter().flatten().collect();
    println!("{} of {points} points lost something; the first: {:?}", lost.len(), lost.first());
    assert!(!lost.is_empty(), "the procedure does not notice that nothing reaches the disk");
}
