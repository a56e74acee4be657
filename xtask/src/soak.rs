//! `soak`: all tests in their long form.

use std::path::Path;

use crate::child;
use crate::error::Error;

/// Runs the long form: 200 and 1,000 kills, an hour with three clients, 4,000 flipped bits, 2,000 records, 10^6 rows,
/// every byte of a connection, 200 power failures, a full disk at every 4 KiB, all artefacts of a release, the Debian
/// package on a booted Debian, two builds that must be equal, and the start-up budget compared with an earlier version.
///
/// # Errors
///
/// When a test fails.
pub fn run(root: &Path) -> Result<(), Error> {
    let kills = std::env::var("AZ_CRASH_KILLS").unwrap_or_else(|_| "1000".into());
    for (program, words) in [("scripts/test.sh", &[][..]), ("bench/run", &["startup"][..])] {
        let mut command = child::command(root, root.join(program));
        child::run(command.args(words).env("AZ_LONG", "1").env("AZ_CRASH_KILLS", &kills))?;
    }
    Ok(())
}
