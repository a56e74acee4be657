//! Paths of each system, and the variables that name folders.

use super::Platform;

impl Platform {
    /// Returns the variable that names the home folder.
    pub const fn home_variable(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "HOME",
            Self::Windows => "USERPROFILE",
        }
    }

    /// Returns the variable that names the folder for temporary files.
    pub const fn temporary_variable(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "TMPDIR",
            Self::Windows => "TMP",
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

    /// Returns the emulator's data folder as the help shows it.
    pub const fn data_folder(self) -> &'static str {
        match self {
            Self::Linux | Self::MacOs => "~/.azure/communication-emulator",
            Self::Windows => r"%USERPROFILE%\.azure\communication-emulator",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::platform::words::{ALL, each};

    #[test]
    fn folders_and_variables_have_the_names_of_the_system() {
        insta::assert_snapshot!(each(|platform| platform.data_folder().to_owned()), @r#"
        Linux: ~/.azure/communication-emulator
        MacOs: ~/.azure/communication-emulator
        Windows: %USERPROFILE%\.azure\communication-emulator
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
    fn a_backslash_separates_folders_on_windows_only() {
        assert_eq!(ALL.map(|platform| platform.is_separator('/')), [true; 3]);
        assert_eq!(ALL.map(|platform| platform.is_separator('\\')), [false, false, true]);
    }

    #[test]
    fn only_linux_has_a_bundle_in_place_of_a_store() {
        assert!(!Platform::Linux.bundles().is_empty());
        assert!(Platform::MacOs.bundles().is_empty() && Platform::Windows.bundles().is_empty());
    }
}
