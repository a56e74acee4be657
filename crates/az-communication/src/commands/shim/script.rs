//! The text of a shim that is a file `az.cmd`.

use std::path::{Path, PathBuf};

use crate::delegate::MARKER;
use crate::report::program::AS_AZ;

/// Returns the text of the script. The marker identifies it among other files called `az`. Returns `None` for a path
/// that cmd could misread, because cmd reads files in the code page of the console.
pub(crate) fn text(program: &Path, home: Option<&Path>) -> Option<String> {
    let written = |path: &Path| Some(path.to_str()?.replace('%', "%%")).filter(|text| text.is_ascii());
    let path = match home.and_then(|home| program.strip_prefix(home).ok()) {
        // The name of a user may contain any characters, so the path starts with a variable instead.
        Some(below) => format!("%USERPROFILE%\\{}", written(below)?.replace('/', "\\")),
        None => written(program)?,
    };
    Some(format!("@rem {MARKER}\r\n@\"{path}\" {AS_AZ} %*\r\n"))
}

/// Returns the target of such a script, or `None` for another text.
fn target(text: &str, home: Option<&Path>) -> Option<PathBuf> {
    let path = text.strip_prefix(&format!("@rem {MARKER}\r\n@\""))?.split('"').next()?;
    match path.strip_prefix("%USERPROFILE%\\") {
        Some(below) => Some(home?.join(below.replace("%%", "%").replace('\\', std::path::MAIN_SEPARATOR_STR))),
        None => Some(path.replace("%%", "%").into()),
    }
}

/// Returns the target of the shim in a file, or `None` for another file.
pub(crate) fn target_of(file: &Path) -> Option<PathBuf> {
    // Scripts of this program are short.
    let is_short = std::fs::metadata(file).is_ok_and(|metadata| metadata.len() < 4096);
    let text = is_short.then(|| std::fs::read_to_string(file).ok()).flatten()?;
    target(&text, home().as_deref())
}

pub(crate) fn home() -> Option<PathBuf> {
    crate::system::home().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_replaces_the_home_folder_by_a_variable() {
        let (program, home) = (Path::new("/Users/Jürgen/bin/100% az/az-communication.exe"), Path::new("/Users/Jürgen"));
        let text = text(program, Some(home)).unwrap();
        assert_eq!(target(&text, Some(home)).as_deref(), Some(program));
        insta::assert_snapshot!(text.replace('\r', ""), @r#"
        @rem az-communication 5f1cf9b8: this program hands over to another az
        @"%USERPROFILE%\bin\100%% az\az-communication.exe" --as-az %*
        "#);
    }

    #[test]
    fn a_path_that_cmd_could_misread_is_refused() {
        assert_eq!(text(Path::new("/Programme/Jürgen/az-communication.exe"), None), None);
        let written = text(Path::new("/Program Files/az-communication.exe"), None).unwrap();
        assert_eq!(target(&written, None).as_deref(), Some(Path::new("/Program Files/az-communication.exe")));
        assert_eq!(target("@echo az-communication", None), None);
    }
}
