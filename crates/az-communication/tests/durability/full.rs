//! The disk is full, at every step of its size.

use crate::disk::Mounted;
use crate::history::{History, start, stop, try_start};
use crate::support::Folder;

/// The unit in which files grow.
const STEP: u64 = 4096;

#[test]
#[ignore = "mounts a file system, which needs root: run scripts/test.sh"]
fn on_a_full_disk_nothing_is_acknowledged_that_is_not_stored() {
    if !crate::disk::is_root("on_a_full_disk_nothing_is_acknowledged_that_is_not_stored") {
        return;
    }
    // From no space at all to enough for some identities.
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
