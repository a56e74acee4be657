//! What the store asks about the files around its database.

use std::path::Path;

use super::wal::Mark;

/// The files around a database. The module that opens the database implements this for its folder.
pub(crate) trait Surroundings: Send + Sync {
    /// Called when the log and its index are open and nothing was written to them yet.
    fn log_is_open(&self, _database: &Path) -> std::io::Result<()> {
        Ok(())
    }
    /// Called when the database is open for a run and was not used yet.
    fn has_begun(&self, _database: &Path, _run: String) -> std::io::Result<()> {
        Ok(())
    }
    /// Returns whether the folder and its files are still the ones that were opened, and hold all data that was written
    /// to them.
    fn are_still_there(&self) -> bool;
    /// Returns whether the log belongs to the database at that path, and both are complete.
    fn may_move_log(&self) -> bool;
    /// Returns whether a file there cannot grow now, because the disk is full or a quota is used up.
    fn are_full(&self) -> bool {
        false
    }
    /// Called before each commit that changes something.
    fn will_change(&self) -> std::io::Result<()> {
        Ok(())
    }
    /// Called after a commit. All data up to `mark` in the log is on the disk.
    fn committed(&self, mark: Mark);
}
