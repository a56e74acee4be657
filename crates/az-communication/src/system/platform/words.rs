//! The texts of all systems, for tests.

use super::Platform;

/// All systems.
pub(super) const ALL: [Platform; 3] = [Platform::Linux, Platform::MacOs, Platform::Windows];

/// Returns the text of each system, one line each.
pub(super) fn each(words: impl Fn(Platform) -> String) -> String {
    ALL.map(|platform| format!("{platform:?}: {}\n", words(platform))).concat()
}
