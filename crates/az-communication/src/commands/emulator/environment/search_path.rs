//! The search path on which programs find this program by the name with which it was called.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use crate::delegate;
use crate::report::program::Program;
use crate::system;

/// The search path for programs if PATH is not set (`getconf PATH`).
const DEFAULT_PATH: &str = "/bin:/usr/bin";

/// Returns a search path that finds this program. Returns `None` if PATH finds it already, or if the place of the
/// program is not known.
///
/// The order of other programs must not change. So a folder that contains only this program is put first: this folder,
/// with a link to the program. If links cannot be made, it is the folder of the program itself.
pub(crate) fn with_program(folder: &Path) -> Option<OsString> {
    if delegate::found_by_name().is_some() {
        return None;
    }
    let own = env::current_exe().ok()?;
    let link = folder.join(Program::current().name());
    with_folder(if is_linked(&own, &link) { folder } else { own.parent()? }, env::var_os("PATH"))
}

/// Links to this program, and returns whether the link exists.
fn is_linked(own: &Path, link: &Path) -> bool {
    if system::is_this_file(link) {
        return true;
    }
    // The link may lead to an earlier version of the program. It is replaced in one step, because a shell may use it
    // now.
    let new = link.with_extension(std::process::id().to_string());
    if system::link(own, &new).is_err() {
        return false;
    }
    let is_replaced = fs::rename(&new, link).is_ok();
    if !is_replaced {
        let _ = fs::remove_file(&new);
    }
    is_replaced
}

/// Returns the search path with this folder before all others.
fn with_folder(own: &Path, path: Option<OsString>) -> Option<OsString> {
    let path = path.filter(|path| !path.is_empty()).unwrap_or_else(|| DEFAULT_PATH.into());
    env::join_paths(std::iter::once(own.to_owned()).chain(env::split_paths(&path))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_has_the_folder_first_and_no_empty_entry_of_ours() {
        let path = |path: Option<&str>| with_folder(Path::new("/opt/az"), path.map(Into::into)).unwrap_or_default();
        assert_eq!(path(Some("/usr/bin:/bin")), "/opt/az:/usr/bin:/bin");
        assert_eq!(path(None), "/opt/az:/bin:/usr/bin");
        assert_eq!(path(Some("")), "/opt/az:/bin:/usr/bin");
    }
}
