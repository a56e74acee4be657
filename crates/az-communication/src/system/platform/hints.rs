//! Hints for users that differ between systems.

use super::Platform;
use crate::system::kinds::Limit;

impl Platform {
    /// Returns a hint for a limit that was reached.
    pub const fn advice(self, limit: Limit) -> &'static str {
        match (self, limit) {
            (Self::Windows, Limit::FilesOfProcess) => {
                "This process cannot open more files. Send fewer requests at the same time."
            }
            (_, Limit::FilesOfProcess) => "This process cannot open more files. Raise the limit: ulimit -n 1024",
            (Self::Windows, Limit::FilesOfMachine) => "This machine has too many open files. End other programs.",
            (Self::MacOs, Limit::FilesOfMachine) => {
                "This machine has too many open files. End other programs, or raise kern.maxfiles."
            }
            (Self::Linux, Limit::FilesOfMachine) => {
                "This machine has too many open files. End other programs, or raise fs.file-max."
            }
            (Self::Windows, Limit::Processes) => "There are too many processes or threads. End other programs.",
            (_, Limit::Processes) => {
                "This user or container cannot start more processes or threads. Raise the limit of the user \
                 (ulimit -u) or of the container (--pids-limit)."
            }
            (Self::Windows, Limit::Memory) => "There is not enough memory. End other programs.",
            (_, Limit::Memory) => {
                "There is not enough memory. Raise the limit of the process (ulimit -v) or of the container (--memory)."
            }
            (_, Limit::Disk) => "The disk is full. Free some space, or use another folder.",
        }
    }

    /// Returns the reason why a file cannot grow.
    pub const fn file_too_large(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "the limit on the size of files is reached (ulimit -f)",
            Self::Windows => "the file system does not support larger files",
        }
    }

    /// Returns a hint for name servers that do not answer.
    pub const fn check_name_servers(self) -> &'static str {
        match self {
            Self::Linux => "Check the name servers in /etc/resolv.conf, and that the network is up.",
            Self::MacOs => "Check the name servers (scutil --dns), and that the network is up.",
            Self::Windows => "Check the name servers (ipconfig /all), and that the network is up.",
        }
    }

    /// Returns a hint for a wrong clock.
    pub const fn set_clock_right(self) -> &'static str {
        match self {
            Self::Linux => "Correct this machine's clock: timedatectl set-ntp true",
            Self::MacOs => "Correct this machine's clock: sudo sntp -sS time.apple.com",
            Self::Windows => "Correct this machine's clock: w32tm /resync",
        }
    }

    /// Says where a user sets PATH permanently. Returns `None` if this is done in the shell's profile.
    pub const fn path_settings(self) -> Option<&'static str> {
        match self {
            Self::Linux | Self::MacOs => None,
            Self::Windows => Some("Settings > System > About > Advanced system settings > Environment Variables"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::platform::words::each;

    #[test]
    fn hints_name_tools_of_the_system() {
        insta::assert_snapshot!(each(|platform| platform.check_name_servers().to_owned()), @r#"
        Linux: Check the name servers in /etc/resolv.conf, and that the network is up.
        MacOs: Check the name servers (scutil --dns), and that the network is up.
        Windows: Check the name servers (ipconfig /all), and that the network is up.
        "#);
    }

    #[test]
    fn limits_on_windows_are_not_explained_with_tools_of_unix() {
        let windows = [Limit::FilesOfProcess, Limit::FilesOfMachine, Limit::Processes, Limit::Memory, Limit::Disk]
            .map(|limit| Platform::Windows.advice(limit));
        for words in windows {
            assert!(!words.contains("ulimit") && !words.contains("fs."), "{words}");
        }
    }
}
