//! Tests of a full disk, with each amount of free space.

use crate::disk::Mounted;
use crate::history::{History, start, stop, try_start};
use crate::support::Folder;

/// The unit in which files grow, in bytes.
const STEP: u64 = 4096;

#[test]
#[ignore = "mounts a file system, which needs root: run scripts/test.sh"]
fn on_a_full_disk_nothing_is_acknowledged_that_is_not_stored() {
    if !crate::disk::is_root("on_a_full_disk_nothing_is_acknowledged_that_is_not_stored") {
        return;
    }
    // The space goes from zero to enough for some identities.
    let every = if std::env::var_os("AZ_LONG").is_some() { 1 } else { 8 };
    let home = Folder::new();
    let (mut refused, mut served) = (0, 0);
    for pages in (0..160).step_by(every) {
        let disk = Mounted::tmpfs(&home.path().join(format!("disk{pages}")), "4m");
        let filler = disk.path().join("filler");
        let size = disk.free() - pages * STEP;
        std::fs::write(&filler, vec![b'x'; usize::try_from(size).unwrap()]).unwrap();
        let data = disk.path().join("data");
        let mut history = History::default();
        match try_start(&home, &data) {
            Err(why) => {
                assert!(why.contains(data.to_str().unwrap()), "it does not name the folder: {why}");
                refused += 1;
                std::fs::remove_file(&filler).unwrap();
            }
            Ok(emulator) => {
                served += 1;
                let mut client = history.client(&emulator);
                while history.create(&mut client) {}
                // A request that changes nothing does not make it look healthy.
                let unknown = "/identities/8:acs:11111111-1111-1111-1111-111111111111_nobody?api-version=2023-10-01";
                emulator.client().send("DELETE", unknown, "");
                assert_eq!(emulator.client().send("GET", "/health/ready", "").status, 503);
                // What it is and holds can be read.
                let shown = emulator.client().send("GET", "/emulator/status?", "");
                assert_eq!((shown.status, &shown.body["status"]), (200, &"unavailable".into()), "{}", shown.body);
                let has = |member: &str| shown.body.pointer(member).is_some_and(|value| !value.is_null());
                assert!(["/identities", "/clock/now", "/version", "/reason"].into_iter().all(has), "{}", shown.body);
                std::fs::remove_file(&filler).unwrap();
                assert!(history.create(&mut client), "there is space again");
                history.check(&emulator);
                stop(emulator);
            }
        }
        let again = start(&home, &data);
        history.check(&again);
        assert!(history.create(&mut history.client(&again)));
    }
    assert!(refused > 0 && served > 0, "{refused} refused, {served} served");
}

#[test]
#[ignore = "mounts a file system, which needs root: run scripts/test.sh"]
fn a_start_on_a_full_disk_of_small_blocks_is_refused_and_not_killed() {
    if !crate::disk::is_root("a_start_on_a_full_disk_of_small_blocks_is_refused_and_not_killed") {
        return;
    }
    let home = Folder::new();
    let (image, at) = (home.path().join("image"), home.path().join("disk"));
    let (mut refused, mut served) = (0, 0);
    for free in (28..140).step_by(8).chain([700, 704, 708]) {
        crate::disk::format_with(&image, "8M", &["-b", "1024", "-m", "0"]);
        let disk = Mounted::image(&image, &at);
        let fill = |name: &str, left: u64| {
            let size = disk.free().saturating_sub(left);
            std::fs::write(disk.path().join(name), vec![b'x'; usize::try_from(size).unwrap()])
        };
        fill("filler", free * 1024).unwrap();
        let data = disk.path().join("data");
        let mut judge = |said: Result<crate::support::emulator::Emulator, String>| match said {
            Err(why) => {
                assert!(
                    why.contains(data.to_str().unwrap()),
                    "{free} KiB are left, and it does not name the folder: {why:?}"
                );
                refused += 1;
                None
            }
            Ok(emulator) => {
                served += 1;
                Some(emulator)
            }
        };
        if let Some(mut emulator) = judge(try_start(&home, &data)) {
            let mut history = History::default();
            let mut client = history.client(&emulator);
            let _ = fill("rest", 4096);
            while history.create(&mut client) {}
            emulator.child.kill().unwrap();
            emulator.child.wait().unwrap();
            // The emulator starts with its log on a disk without any free space.
            let _ = fill("end", 0);
            drop(judge(try_start(&home, &data)));
        }
    }
    assert!(refused > 0 && served > 0, "{refused} refused, {served} served");
}
