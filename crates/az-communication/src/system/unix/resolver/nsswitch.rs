//! The sources of host names that nsswitch.conf names.

use std::fs;

/// The paths of the file. openSUSE has its unchanged file at the second path.
const PATHS: [&str; 2] = ["/etc/nsswitch.conf", "/usr/etc/nsswitch.conf"];

/// The sources of host names other than the hosts file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sources {
    /// Whether to ask the name servers.
    pub(super) dns: bool,
    /// Whether to ask modules of the C library that this program does not have.
    pub(super) others: bool,
}

impl Sources {
    /// Reads the file. If it is missing, only the name servers are asked.
    pub(super) fn read() -> Self {
        let file = PATHS.iter().find_map(|path| fs::read(path).ok());
        file.map_or(Self { dns: true, others: false }, |file| Self::of(&String::from_utf8_lossy(&file)))
    }

    fn of(file: &str) -> Self {
        let line = file.lines().find_map(|line| {
            let (database, sources) = line.split('#').next()?.split_once(':')?;
            (database.trim() == "hosts").then_some(sources)
        });
        let Some(line) = line else { return Self { dns: true, others: false } };
        let mut sources = Self { dns: false, others: false };
        // Text in brackets says what to do after an answer: `[!UNAVAIL=return]`.
        for word in line.replace('[', " [").replace(']', "] ").split_whitespace() {
            match word {
                "dns" => sources.dns = true,
                "files" => {}
                action if action.starts_with('[') || action.ends_with(']') || action.contains('=') => {}
                _ => sources.others = true,
            }
        }
        // Each of these modules also finds the names that the name servers know, or replaces the name servers.
        sources.dns |= sources.others;
        sources
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hosts_line_decides_which_sources_are_asked() {
        for (file, dns, others) in [
            ("", true, false),
            ("passwd: files\nhosts: files dns\n", true, false),
            ("hosts:\tfiles   myhostname resolve [!UNAVAIL=return] dns\n", true, true),
            ("hosts: files mdns4_minimal [NOTFOUND=return] dns", true, true),
            ("hosts: files[NOTFOUND=continue UNAVAIL=return]dns", true, false),
            ("hosts: dns", true, false),
            (" hosts : files # dns", false, false),
            ("#hosts: mdns\nhosts: files", false, false),
            ("hosts: files resolve", true, true),
            ("xhosts: mdns\n", true, false),
        ] {
            assert_eq!(Sources::of(file), Sources { dns, others }, "{file}");
        }
    }
}
