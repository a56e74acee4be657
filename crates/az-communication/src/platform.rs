//! What people of each system read and type: paths, variables, commands of shells. A value, so that the tests of one system
//! ask for the words of all.

use crate::system::Limit;

/// A kind of system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// Linux, and whatever is like it.
    Linux,
    /// macOS.
    MacOs,
    /// Windows, with PowerShell.
    Windows,
}

impl Platform {
    /// The system that this program was compiled for.
    pub const HERE: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Linux
    };

    /// The variable that names the home folder.
    pub const fn home_variable(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "HOME",
            Self::Windows => "USERPROFILE",
        }
    }

    /// Whether a character stands between the folders of a path.
    pub const fn is_separator(self, c: char) -> bool {
        c == '/' || matches!((self, c), (Self::Windows, '\\'))
    }

    /// The hosts file.
    pub const fn hosts_file(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "/etc/hosts",
            Self::Windows => r"C:\Windows\System32\drivers\etc\hosts",
        }
    }

    /// The files under which the real Azure CLI stands on PATH.
    pub const fn files_of_az(self) -> &'static [&'static str] {
        match self {
            Self::Linux | Self::MacOs => &["az"],
            Self::Windows => &["az.cmd", "az.bat", "az.exe"],
        }
    }

    /// The file of a shim in front of it.
    pub const fn file_of_shim(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "az",
            Self::Windows => "az.cmd",
        }
    }

    /// Where PATH is set for good; `None` where the shell's profile does that.
    pub const fn path_settings(self) -> Option<&'static str> {
        match self {
            Self::Linux | Self::MacOs => None,
            Self::Windows => Some("Settings > System > About > Advanced system settings > Environment Variables"),
        }
    }

    /// Where the system keeps the bundle of its roots. macOS and Windows have a store instead. The file that macOS has
    /// beside it lacks what the owner of the machine has added, and on Windows, everybody can make such a folder.
    pub const fn bundles(self) -> &'static [&'static str] {
        match self {
            Self::Linux => &[
                "/etc/ssl/certs/ca-certificates.crt",
                "/etc/pki/tls/certs/ca-bundle.crt",
                "/etc/ssl/ca-bundle.pem",
                "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
                "/etc/ssl/cert.pem",
                "/usr/local/share/certs/ca-root-nss.crt",
            ],
            Self::MacOs | Self::Windows => &[],
        }
    }

    /// What to do where a limit was reached.
    pub const fn advice(self, limit: Limit) -> &'static str {
        match (self, limit) {
            (Self::Windows, Limit::FilesOfProcess) => {
                "This process may open no more files. Start fewer requests at once."
            }
            (_, Limit::FilesOfProcess) => "This process may open no more files. Raise the limit: ulimit -n 1024",
            (Self::Windows, Limit::FilesOfMachine) => "This machine has too many open files. End other programs.",
            (Self::MacOs, Limit::FilesOfMachine) => {
                "This machine has too many open files. End other programs, or raise kern.maxfiles."
            }
            (Self::Linux, Limit::FilesOfMachine) => {
                "This machine has too many open files. End other programs, or raise fs.file-max."
            }
            (Self::Windows, Limit::Processes) => "There are too many processes or threads. End other programs.",
            (_, Limit::Processes) => {
                "This user or container may not start more processes or threads. Raise the limit: ulimit -u, or that of \
                 the container: --pids-limit"
            }
            (Self::Windows, Limit::Memory) => "There is not enough memory for it. End other programs.",
            (_, Limit::Memory) => {
                "There is not enough memory for it. Raise the limit: ulimit -v, or that of the container: --memory"
            }
            (_, Limit::Disk) => "The disk is full. Remove what is not needed, or name another folder.",
        }
    }

    /// Why a file cannot grow.
    pub const fn file_too_large(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "files may not grow larger here (ulimit -f)",
            Self::Windows => "the file system takes no larger files",
        }
    }

    /// What to look at where no name server answers.
    pub const fn check_name_servers(self) -> &'static str {
        match self {
            Self::Linux => "Check the name servers in /etc/resolv.conf, and that the network is up.",
            Self::MacOs => "Check the name servers (scutil --dns), and that the network is up.",
            Self::Windows => "Check the name servers (ipconfig /all), and that the network is up.",
        }
    }

    /// The line that sets a variable to the content of a file.
    pub fn export_file(self, name: &str, file: &str) -> String {
        match self {
            Self::Linux | Self::MacOs => format!("{name}=\"$(cat {file})\""),
            Self::Windows => format!("$env:{name} = Get-Content -Raw {file}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Platform; 3] = [Platform::Linux, Platform::MacOs, Platform::Windows];

    /// What each system says, a line each.
    fn each(words: impl Fn(Platform) -> String) -> String {
        ALL.map(|platform| format!("{platform:?}: {}\n", words(platform))).concat()
    }

    #[test]
    fn a_variable_is_set_in_the_words_of_the_shell() {
        insta::assert_snapshot!(each(|platform| platform.export_file("A", "FILE")), @r#"
        Linux: A="$(cat FILE)"
        MacOs: A="$(cat FILE)"
        Windows: $env:A = Get-Content -Raw FILE
        "#);
    }

    #[test]
    fn commands_of_hints_are_there_on_that_system() {
        insta::assert_snapshot!(each(|platform| platform.check_name_servers().to_owned()), @r#"
        Linux: Check the name servers in /etc/resolv.conf, and that the network is up.
        MacOs: Check the name servers (scutil --dns), and that the network is up.
        Windows: Check the name servers (ipconfig /all), and that the network is up.
        "#);
        let windows = [Limit::FilesOfProcess, Limit::FilesOfMachine, Limit::Processes, Limit::Memory, Limit::Disk]
            .map(|limit| Platform::Windows.advice(limit));
        for words in windows {
            assert!(!words.contains("ulimit") && !words.contains("fs."), "{words}");
        }
    }

    #[test]
    fn folders_and_files_have_the_names_of_the_system() {
        insta::assert_snapshot!(each(|platform| platform.files_of_az().join(" ")), @r#"
        Linux: az
        MacOs: az
        Windows: az.cmd az.bat az.exe
        "#);
        insta::assert_snapshot!(each(|platform| platform.file_of_shim().to_owned()), @r#"
        Linux: az
        MacOs: az
        Windows: az.cmd
        "#);
        insta::assert_snapshot!(each(|platform| platform.hosts_file().to_owned()), @r#"
        Linux: /etc/hosts
        MacOs: /etc/hosts
        Windows: C:\Windows\System32\drivers\etc\hosts
        "#);
        insta::assert_snapshot!(each(|platform| platform.home_variable().to_owned()), @r#"
        Linux: HOME
        MacOs: HOME
        Windows: USERPROFILE
        "#);
        insta::assert_snapshot!(each(|platform| platform.is_separator('\\').to_string()), @r#"
        Linux: false
        MacOs: false
        Windows: true
        "#);
    }

    #[test]
    fn only_linux_has_a_bundle_that_stands_for_its_store() {
        assert!(!Platform::Linux.bundles().is_empty());
        assert!(Platform::MacOs.bundles().is_empty() && Platform::Windows.bundles().is_empty());
    }
}
