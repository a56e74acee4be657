//! Program names without a file extension, as users type them on Windows. There, `npm` is `npm.cmd`, which the system
//! does not find by the name `npm`.

use std::borrow::Cow;
use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::system::platform::Platform;

/// Returns the file of a program that is to be started. Returns the name itself where the system finds the program by
/// its name.
pub fn to_start(name: &OsStr) -> Cow<'_, OsStr> {
    if Platform::HERE != Platform::Windows {
        return Cow::Borrowed(name);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    let pathext = env::var("PATHEXT").ok();
    match find(Platform::HERE, name, pathext.as_deref(), &folders, &|path| path.is_file()) {
        Some(path) => Cow::Owned(path.into_os_string()),
        None => Cow::Borrowed(name),
    }
}

/// Returns the first file that exists: at the given path if the name contains a folder, otherwise in these folders.
fn find(
    platform: Platform,
    name: &OsStr,
    pathext: Option<&str>,
    folders: &[PathBuf],
    exists: &dyn Fn(&Path) -> bool,
) -> Option<PathBuf> {
    let name = name.to_str()?;
    let files = platform.files_of_program(name, pathext);
    if name.contains(|c| platform.is_separator(c)) {
        return files.into_iter().map(PathBuf::from).find(|path| exists(path));
    }
    folders.iter().flat_map(|folder| files.iter().map(|file| folder.join(file))).find(|path| exists(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_by_its_extension_on_windows() {
        let there = ["one/npm", "two/npm.cmd", "two/npm.exe", "./tool.bat", "two/node.exe"];
        let folders = ["one", "two"].map(PathBuf::from);
        let found = |platform, name: &str| {
            let exists = |path: &Path| there.iter().any(|file| Path::new(file) == path);
            let found = find(platform, name.as_ref(), Some(".EXE;.CMD;.BAT"), &folders, &exists);
            found.map_or_else(String::new, |path| path.display().to_string())
        };
        assert_eq!(found(Platform::Windows, "npm"), "two/npm.exe");
        assert_eq!(found(Platform::Windows, "npm.cmd"), "two/npm.cmd");
        assert_eq!(found(Platform::Windows, "node"), "two/node.exe");
        assert_eq!(found(Platform::Windows, "./tool"), "./tool.bat");
        assert_eq!(found(Platform::Windows, "nothing"), "");
        assert_eq!(found(Platform::Linux, "npm"), "one/npm");
    }
}
