//! The metadata of the package for dpkg: its control file, the sums of its files, and Debian's changelog.

use std::fmt::Write as _;

use md5::{Digest as _, Md5};

use super::files;
use crate::error::Error;
use crate::release::pack::Entry;
use crate::release::parts::{NAME, Parts};
use crate::release::time::Time;

/// Returns the version of Debian's package. `0.2.0-rc.1` comes before 0.2.0, so it is written with a tilde.
pub fn version(parts: &Parts) -> String {
    format!("{}-{}", parts.version.replace('-', "~"), parts.revision)
}

/// Returns Debian's name for the processor.
///
/// # Errors
///
/// When Debian does not support it, or its name is not known here.
pub fn architecture(parts: &Parts) -> Result<&'static str, Error> {
    match parts.target.as_str() {
        "x86_64-unknown-linux-gnu" => Ok("amd64"),
        "aarch64-unknown-linux-gnu" => Ok("arm64"),
        target => Err(Error::new(format!("Debian's name of {target} is not known."))),
    }
}

/// Returns the control file.
///
/// # Errors
///
/// When its template cannot be read.
pub fn control(parts: &Parts, version: &str, architecture: &str, data: &[Entry]) -> Result<String, Error> {
    // The unit is KiB, and each file is rounded up, as in dpkg-gencontrol.
    let size: u64 = files(data).map(|(_, bytes)| (bytes.len() as u64).div_ceil(1024)).sum();
    let template = String::from_utf8_lossy(&parts.read("packaging/debian/control")?).into_owned();
    Ok(template
        .replace("{version}", version)
        .replace("{architecture}", architecture)
        .replace("{size}", &size.to_string()))
}

/// Returns the sums of all files except settings, as `md5sum --check` reads them.
pub fn md5sums(data: &[Entry]) -> String {
    let mut text = String::new();
    for (path, bytes) in files(data).filter(|(path, _)| !path.starts_with("etc/")) {
        for byte in Md5::digest(bytes) {
            let _ = write!(text, "{byte:02x}");
        }
        let _ = writeln!(text, "  {path}");
    }
    text
}

/// Returns Debian's changelog. The changes of the program are in changelog.gz.
pub fn changelog(parts: &Parts) -> String {
    format!(
        "{NAME} ({}) unstable; urgency=medium\n\n  * Release {}. changelog.gz says what it brings.\n\n -- \
         The az-communication authors <acs-identity@users.noreply.github.com>  {}\n",
        version(parts),
        parts.version,
        date(parts.epoch)
    )
}

/// Formats seconds since 1970 as `Thu, 26 Nov 2026 12:00:00 +0000`.
fn date(epoch: u64) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let Time { year, month, day, hour, minute, second } = Time::of(epoch);
    let month = MONTHS[usize::from(month) - 1];
    let weekday = DAYS[usize::try_from(epoch / 86_400 % 7).unwrap_or(0)];
    format!("{weekday}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} +0000")
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn the_date_of_a_changelog_is_that_of_an_email() {
        assert_eq!(date(0), "Thu, 01 Jan 1970 00:00:00 +0000");
        assert_eq!(date(1_795_694_400), "Thu, 26 Nov 2026 12:00:00 +0000");
    }
}
