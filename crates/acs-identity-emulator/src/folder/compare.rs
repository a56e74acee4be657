//! Compares the database, the lock file and the write-ahead log before SQLite changes anything.

use std::path::Path;

use super::marker::{AS_THEY_ARE, Marker};
use super::names::{DATABASE_FILE, LOCK_FILE};
use crate::error::Error;
use crate::store::sqlite::open::InFile;
use crate::store::sqlite::wal::{Mark, commits_behind, path_of, whole_frames};

/// Refuses a database that is not the one that the last run left, and a log with missing parts. Facts that are only in
/// the log are checked after the log was read.
pub(super) fn compare(folder: &Path, before: &Marker, found: Option<&InFile>) -> Result<(), Error> {
    let database = folder.join(DATABASE_FILE);
    let log = path_of(&database);
    let (log_name, lock_name) = (log.display(), folder.join(LOCK_FILE));
    let refuse = |what: String| Err(Error::Damaged(database.clone(), what));
    let as_they_are = format!("echo {AS_THEY_ARE} > '{}'", lock_name.display());
    let was_closed = found.and_then(|found| found.was_closed);
    let another = || {
        let use_it = if was_closed == Some(false) {
            format!("remove {log_name}, and: {as_they_are}")
        } else {
            format!("remove {log_name} and {}", lock_name.display())
        };
        refuse(format!(
            "it was replaced by another database, but its log {log_name} was left; to use the new database, {use_it}"
        ))
    };
    let length = log.metadata().ok().map(|metadata| metadata.len());
    match before {
        Marker::AsTheyAre => Ok(()),
        // This is a copy of a database that an emulator had open. If an empty log exists, all data is in the database.
        Marker::None | Marker::Closed if was_closed == Some(false) && length.is_none() => refuse(format!(
            "it was copied while an emulator had it open, or after one was killed, without its log {log_name}: the \
             last changes are missing. Restore the log of that time or a backup; to use it as it is: {as_they_are}"
        )),
        Marker::None | Marker::Closed
            if length.is_some_and(|length| length > 0) && (*before == Marker::Closed || was_closed == Some(true)) =>
        {
            refuse(format!(
                "it was closed cleanly, so the log {log_name} beside it belongs to another database; remove the log, \
                 or, if both belong together: {as_they_are}"
            ))
        }
        Marker::Closed => Ok(()),
        // The previous version recorded nothing, and left its log when it ended.
        Marker::None => {
            let behind = commits_behind(&log).map_err(|error| Error::File(log.clone(), error))?;
            if behind < 2 {
                return Ok(());
            }
            refuse(format!(
                "its log {log_name} is damaged, and {behind} commits after the damage are lost. Restore the log or a \
                 backup; to use the remaining data: {as_they_are}"
            ))
        }
        Marker::Opening { before, run, .. }
            if found.is_some_and(|found| found.run != *before && !is_of(found, run)) =>
        {
            another()
        }
        Marker::Open { run, .. } if found.is_some_and(|found| !is_of(found, run)) => another(),
        Marker::Opening { .. } | Marker::Open { .. } => {
            let in_file = found.and_then(|found| found.run.as_deref());
            let Some(mark) = before.mark_for(in_file) else { return Ok(()) };
            let whole = whole_frames(&log).map_err(|error| Error::File(log.clone(), error))?;
            let Some(lost) = lost(mark, whole, found.map(|found| found.log)) else { return Ok(()) };
            let first = if lost.is_of_it { String::new() } else { format!("remove {log_name}, and: ") };
            refuse(format!(
                "the emulator was not stopped cleanly, and its log {log_name} {}: acknowledged changes are lost. \
                 Restore the log or a backup; to use the remaining data: {first}{as_they_are}",
                lost.what
            ))
        }
    }
}

fn is_of(found: &InFile, run: &str) -> bool {
    found.run.as_deref() == Some(run)
}

/// The lost part of a log.
#[derive(Debug, PartialEq, Eq)]
struct Lost {
    what: String,
    /// Whether the rest of the log belongs to the database.
    is_of_it: bool,
}

/// Returns the part that is missing from a log that reached `mark`, given its intact frames and the number of the log
/// that reached the database last.
fn lost(mark: Mark, whole: Option<(u64, u32)>, reached: Option<i64>) -> Option<Lost> {
    let (what, is_of_it) = match whole {
        Some((salts, frames)) if salts == mark.salts => {
            if frames < mark.frames {
                (format!("is damaged ({frames} of {} frames are left)", mark.frames), true)
            } else if reached.is_some_and(|reached| reached < mark.number - 1) {
                ("is newer than the database".to_owned(), false)
            } else {
                return None;
            }
        }
        // Another program moved the log into the database, or the power failed while a new log was started.
        _ if reached.is_some_and(|reached| reached >= mark.number) => return None,
        Some(_) => ("was replaced".to_owned(), false),
        None => ("is missing or damaged".to_owned(), true),
    };
    Some(Lost { what, is_of_it })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_frames_of_a_log_are_detected() {
        let mark = Mark { salts: 1, frames: 10, number: 3 };
        assert_eq!(lost(mark, Some((1, 10)), Some(2)), None);
        assert_eq!(lost(mark, Some((1, 12)), Some(3)), None, "written, but not noted");
        assert_eq!(lost(mark, None, Some(3)), None, "moved into the database");
        assert_eq!(lost(mark, Some((2, 1)), Some(3)), None, "a new log");
        assert!(lost(mark, Some((1, 9)), Some(2)).is_some_and(|lost| lost.is_of_it));
        assert!(lost(mark, Some((1, 10)), Some(1)).is_some_and(|lost| !lost.is_of_it));
        assert!(lost(mark, None, Some(2)).is_some());
        assert!(lost(mark, Some((2, 10)), Some(2)).is_some_and(|lost| !lost.is_of_it));
        assert_eq!(lost(mark, Some((1, 10)), None), None, "a move that was cut off");
        assert!(lost(mark, None, None).is_some());
    }
}
