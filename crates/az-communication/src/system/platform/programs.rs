//! Files of programs: their names on each system.

use super::Platform;

impl Platform {
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

    /// Returns the words of the command that opens a URL, which is its last word.
    pub const fn opener(self) -> &'static [&'static str] {
        match self {
            Self::Linux => &["xdg-open"],
            Self::MacOs => &["open"],
            Self::Windows => &["rundll32", "url.dll,FileProtocolHandler"],
        }
    }

    /// Returns the character between the entries of PATH and of similar lists.
    pub const fn list_separator(self) -> char {
        match self {
            Self::Linux | Self::MacOs => ':',
            Self::Windows => ';',
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::platform::words::each;

    #[test]
    fn the_files_of_az_have_the_names_of_the_system() {
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
    }

    #[test]
    fn programs_are_found_by_their_extensions_on_windows_only() {
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
