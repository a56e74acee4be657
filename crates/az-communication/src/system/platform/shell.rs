//! Commands for the shell of each system: sh, or PowerShell on Windows.

use super::Platform;

impl Platform {
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

    /// Returns the line that sets a variable to the content of a file.
    pub fn export_file(self, name: &str, file: &str) -> String {
        match self {
            Self::Linux | Self::MacOs => format!("{name}=\"$(cat {file})\""),
            Self::Windows => format!("$env:{name} = Get-Content -Raw {file}"),
        }
    }

    /// Returns the command that ends a process.
    pub fn stop(self, process: impl std::fmt::Display) -> String {
        match self {
            Self::Linux | Self::MacOs => format!("kill {process}"),
            Self::Windows => format!("Stop-Process -Id {process}"),
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

    /// Returns the command that closes a file to all users but its owner.
    pub fn close_file(self, path: &str) -> String {
        let path = self.quoted(path);
        match self {
            Self::Linux | Self::MacOs => format!("chmod 600 {path}"),
            Self::Windows => format!("icacls {path} /inheritance:r /grant:r \"${{env:USERNAME}}:F\""),
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
}

#[cfg(test)]
mod tests {
    use crate::system::platform::words::each;

    #[test]
    fn a_variable_is_set_in_the_syntax_of_the_shell() {
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
    fn a_word_is_quoted_for_the_shell_if_necessary() {
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
    fn commands_exist_on_the_system() {
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
    }
}
