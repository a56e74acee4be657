//! Reads a file with a secret. A file of this user must be closed to other users. The mode of a file of another user is
//! the decision of an administrator, as with `--control-secret-file`.

use std::path::Path;

use crate::files::text_file;
use crate::knack::variables::Given;
use crate::report::error::CliError;
use crate::system;
use crate::system::platform::Platform;

/// Returns the text of the file, without white space at its ends.
///
/// # Errors
///
/// Fails when the file cannot be read, is empty, or can be read by other users.
pub(super) fn read(file: &Given) -> Result<String, CliError> {
    let (name, path) = (&file.named_by, &file.value);
    let fail = |why: &str| CliError::new(format!("{name} names '{path}', which {why}."));
    let unread = |error: &dyn std::fmt::Display| fail(&format!("cannot be read: {error}"));
    let opened = text_file::open(Path::new(path)).map_err(|fault| unread(&fault))?;
    let metadata = opened.metadata().map_err(|error| unread(&system::system_text(&error)))?;
    if metadata.is_file() && !system::is_of_another_user(&metadata) && system::has_rights_for_others(&metadata) {
        return Err(fail("can be read or written by other users")
            .hint(format!("Close it to them: {}", Platform::HERE.close_file(path))));
    }
    let bytes = text_file::content(opened, 0, text_file::USUAL).map_err(|fault| unread(&fault))?;
    let text = String::from_utf8(bytes).map_err(|_| fail("is not UTF-8"))?;
    match text.trim_ascii() {
        "" => Err(fail("is empty")),
        text => Ok(text.to_owned()),
    }
}
