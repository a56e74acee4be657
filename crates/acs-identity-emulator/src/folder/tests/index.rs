//! Tests of the space for the index of the log.

use std::os::unix::fs::MetadataExt as _;

use super::Temporary;

#[cfg(target_os = "linux")]
#[test]
fn the_index_of_the_log_has_no_holes() {
    let folder = Temporary::new();
    // One first start, and one later start.
    for _ in 0..2 {
        let opened = folder.open().unwrap();
        let index = std::fs::metadata(folder.path("identities.db-shm")).unwrap();
        assert!(index.len() >= 64 * 1024 && index.blocks() * 512 >= index.len(), "{index:?}");
        super::close(opened);
    }
}
