//! Text that differs between systems: paths, variables and shell commands. The system is a value, so that a test on one
//! system can check the text for all systems.

mod hints;
mod paths;
mod programs;
mod shell;
#[cfg(test)]
mod words;

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
}
