//! Text that differs between systems: paths, variables and shell commands. The system is a value, so that a test on one
//! system can check the text for all systems.

use crate::system::Limit;

/// A kind of system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// Linux and similar systems.
    Linux,
    /// macOS.
    MacOs,
    /// Windows, with PowerShell.
    Windows,
}

impl Platform {
    /// The system that this program is compiled for.
    pub const HERE: Self = if cfg!(windows) {
        Self::Windows
    } else if cfg!(target_os = "macos") {
        Self::MacOs
    } else {
        Self::Linux
    };

    /// Returns the variable that names the home folder.
    pub const fn home_variable(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "HOME",
            Self::Windows => "USERPROFILE",
        }
    }

    /// Checks whether a character separates the folders of a path.
    pub const fn is_separator(self, c: char) -> bool {
        c == '/' || matches!((self, c), (Self::Windows, '\\'))
    }

    /// Returns the path of the hosts file.
    pub const fn hosts_file(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "/etc/hosts",
            Self::Windows => r"C:\Windows\System32\drivers\etc\hosts",
        }
    }

    /// Returns the file names that the real Azure CLI can have on PATH.
    pub const fn files_of_az(self) -> &'static [&'static str] {
        match self {
            Self::Linux | Self::MacOs => &["az"],
            Self::Windows => &["az.cmd", "az.bat", "az.exe"],
        }
    }

    /// Returns the file name of a shim for the real Azure CLI.
    pub const fn file_of_shim(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "az",
            Self::Windows => "az.cmd",
        }
    }

    /// Says where a user sets PATH permanently. Returns `None` if this is done in the shell's profile.
    pub const fn path_settings(self) -> Option<&'static str> {
        match self {
            Self::Linux | Self::MacOs => None,
            Self::Windows => Some("Settings > System > About > Advanced system settings > Environment Variables"),
        }
    }

    /// Returns the paths where the system may keep a bundle of its root certificates. macOS and Windows use a
    /// certificate store instead. macOS also has a bundle, but it lacks the certificates that the owner of the machine
    /// has added. On Windows, every user could create such a folder.
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

    /// Returns a hint for a limit that was reached.
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

    /// Returns the reason why a file cannot grow.
    pub const fn file_too_large(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "files may not grow larger here (ulimit -f)",
            Self::Windows => "the file system takes no larger files",
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

    /// Returns the line that sets a variable to the content of a file.
    pub fn export_file(self, name: &str, file: &str) -> String {
        match self {
            Self::Linux | Self::MacOs => format!("{name}=\"$(cat {file})\""),
            Self::Windows => format!("$env:{name} = Get-Content -Raw {file}"),
        }
    }

    /// Returns the variable that names the folder for temporary files.
    pub const fn temporary_variable(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "TMPDIR",
            Self::Windows => "TMP",
        }
    }

    /// Returns the emulator's data folder as the help shows it.
    pub const fn data_folder(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "~/.azure/communication-emulator",
            Self::Windows => r"%USERPROFILE%\.azure\communication-emulator",
        }
    }

    /// Returns the command that sets the clock.
    pub const fn set_clock(self) -> &'static str {
        match self {
            Self::Linux => "timedatectl set-ntp true",
            Self::MacOs => "sudo sntp -sS time.apple.com",
            Self::Windows => "w32tm /resync",
        }
    }

    /// Returns a hint for a wrong clock.
    pub const fn set_clock_right(self) -> &'static str {
        match self {
            Self::Linux => "Set this machine's clock right: timedatectl set-ntp true",
            Self::MacOs => "Set this machine's clock right: sudo sntp -sS time.apple.com",
            Self::Windows => "Set this machine's clock right: w32tm /resync",
        }
    }

    /// Returns a command that prints 64 random bytes in base64 on one line.
    pub const fn random_base64(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => r"openssl rand -base64 64 | tr -d '\n'",
            Self::Windows => "[Convert]::ToBase64String([Security.Cryptography.RandomNumberGenerator]::GetBytes(64))",
        }
    }

    /// Returns a command that prints 32 random bytes as hexadecimal digits.
    pub const fn random_hex(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "openssl rand -hex 32",
            Self::Windows => "[Convert]::ToHexString([Security.Cryptography.RandomNumberGenerator]::GetBytes(32))",
        }
    }

    /// Quotes a word for the shell if necessary.
    pub fn quoted(self, text: &str) -> String {
        let plain =
            |c: char| c.is_ascii_alphanumeric() || "/._-:+".contains(c) || matches!((self, c), (Self::Windows, '\\'));
        if text.chars().all(plain) {
            return text.to_owned();
        }
        let quote = match self {
            Self::Linux | Self::MacOs => r"'\''",
            Self::Windows => "''",
        };
        format!("'{}'", text.replace('\'', quote))
    }

    /// Returns the line that sets an environment variable in the shell.
    pub fn export(self, name: &str, value: &str) -> String {
        match self {
            Self::Linux | Self::MacOs => format!("export {name}={}", self.quoted(value)),
            // PowerShell would run a value without quotes as a command.
            Self::Windows => format!("$env:{name} = '{}'", value.replace('\'', "''")),
        }
    }

    /// Returns the file names that a program can have, in the order of the search. `PATHEXT` matters only on Windows,
    /// where `npm` is `npm.cmd`.
    pub fn files_of_program(self, name: &str, pathext: Option<&str>) -> Vec<String> {
        /// The default value on Windows.
        const USUAL: &str = ".COM;.EXE;.BAT;.CMD";
        if self != Self::Windows {
            return vec![name.to_owned()];
        }
        let pathext = pathext.filter(|list| !list.is_empty()).unwrap_or(USUAL);
        let endings: Vec<String> = pathext.split(';').map(|ending| ending.trim().to_ascii_lowercase()).collect();
        let lower = name.to_ascii_lowercase();
        if endings.iter().any(|ending| !ending.is_empty() && lower.ends_with(ending)) {
            return vec![name.to_owned()];
        }
        endings.iter().filter(|ending| !ending.is_empty()).map(|ending| format!("{name}{ending}")).collect()
    }

    /// Returns the command that ends a process.
    pub fn stop(self, process: impl std::fmt::Display) -> String {
        match self {
            Self::Linux | Self::MacOs => format!("kill {process}"),
            Self::Windows => format!("Stop-Process -Id {process}"),
        }
    }

    /// Explains how to stop an emulator whose process id is in its ready line.
    pub const fn stop_emulator(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => {
                "The emulator runs until Ctrl-C, or until it is ended by its process id, the `pid` of its ready line: kill \
                 PID"
            }
            Self::Windows => {
                "The emulator runs until Ctrl-C, or until it is ended by its process id, the `pid` of its ready line: \
                 Stop-Process -Id PID"
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Platform; 3] = [Platform::Linux, Platform::MacOs, Platform::Windows];

    /// Returns the text of each system, one line each.
    fn each(words: impl Fn(Platform) -> String) -> String {
        ALL.map(|platform| format!("{platform:?}: {}\n", words(platform))).concat()
    }

    #[test]
    fn a_variable_is_set_in_the_words_of_the_shell() {
        insta::assert_snapshot!(each(|platform| platform.export("A", "endpoint=https://h/;accesskey=it's")), @r#"
        Linux: export A='endpoint=https://h/;accesskey=it'\''s'
        MacOs: export A='endpoint=https://h/;accesskey=it'\''s'
        Windows: $env:A = 'endpoint=https://h/;accesskey=it''s'
        "#);
        insta::assert_snapshot!(each(|platform| platform.export("A", r"C:\Users\Jo Doe\ca.pem")), @r#"
        Linux: export A='C:\Users\Jo Doe\ca.pem'
        MacOs: export A='C:\Users\Jo Doe\ca.pem'
        Windows: $env:A = 'C:\Users\Jo Doe\ca.pem'
        "#);
        insta::assert_snapshot!(each(|platform| platform.export_file("A", "FILE")), @r#"
        Linux: A="$(cat FILE)"
        MacOs: A="$(cat FILE)"
        Windows: $env:A = Get-Content -Raw FILE
        "#);
    }

    #[test]
    fn a_word_is_quoted_for_the_shell_where_it_must_be() {
        insta::assert_snapshot!(each(|platform| platform.quoted("/h/it's")), @r#"
        Linux: '/h/it'\''s'
        MacOs: '/h/it'\''s'
        Windows: '/h/it''s'
        "#);
        insta::assert_snapshot!(each(|platform| platform.quoted(r"C:\data")), @r#"
        Linux: 'C:\data'
        MacOs: 'C:\data'
        Windows: C:\data
        "#);
    }

    #[test]
    fn commands_of_hints_are_there_on_that_system() {
        insta::assert_snapshot!(each(|platform| platform.random_base64().to_owned()), @r#"
        Linux: openssl rand -base64 64 | tr -d '\n'
        MacOs: openssl rand -base64 64 | tr -d '\n'
        Windows: [Convert]::ToBase64String([Security.Cryptography.RandomNumberGenerator]::GetBytes(64))
        "#);
        insta::assert_snapshot!(each(|platform| platform.stop(7)), @r#"
        Linux: kill 7
        MacOs: kill 7
        Windows: Stop-Process -Id 7
        "#);
        insta::assert_snapshot!(each(|platform| platform.set_clock().to_owned()), @r#"
        Linux: timedatectl set-ntp true
        MacOs: sudo sntp -sS time.apple.com
        Windows: w32tm /resync
        "#);
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
        insta::assert_snapshot!(each(|platform| platform.data_folder().to_owned()), @r#"
        Linux: ~/.azure/communication-emulator
        MacOs: ~/.azure/communication-emulator
        Windows: %USERPROFILE%\.azure\communication-emulator
        "#);
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
        insta::assert_snapshot!(each(|platform| format!("{} {}", platform.home_variable(), platform.temporary_variable())), @r#"
        Linux: HOME TMPDIR
        MacOs: HOME TMPDIR
        Windows: USERPROFILE TMP
        "#);
    }

    #[test]
    fn both_bars_stand_between_folders_on_windows_only() {
        assert_eq!(ALL.map(|platform| platform.is_separator('/')), [true; 3]);
        assert_eq!(ALL.map(|platform| platform.is_separator('\\')), [false, false, true]);
    }

    #[test]
    fn only_linux_has_a_bundle_that_stands_for_its_store() {
        assert!(!Platform::Linux.bundles().is_empty());
        assert!(Platform::MacOs.bundles().is_empty() && Platform::Windows.bundles().is_empty());
    }

    #[test]
    fn programs_are_looked_for_by_the_endings_of_windows() {
        let files = |platform: Platform, name, pathext| platform.files_of_program(name, pathext).join(" ");
        assert_eq!(files(Platform::Linux, "npm", Some(".EXE;.CMD")), "npm");
        assert_eq!(files(Platform::Windows, "npm", Some(".EXE;.CMD;")), "npm.exe npm.cmd");
        assert_eq!(files(Platform::Windows, "node.EXE", None), "node.EXE");
        assert_eq!(
            files(Platform::Windows, "python3.12", None),
            "python3.12.com python3.12.exe python3.12.bat python3.12.cmd"
        );
    }
}
