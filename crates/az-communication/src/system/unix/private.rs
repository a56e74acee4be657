//! Files and folders for their owner only.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::process::geteuid;

/// A new file is for its owner only.
pub fn for_owner(options: &mut OpenOptions) {
    options.mode(0o600);
}

/// A new folder is for its owner only.
pub fn for_owner_folder(builder: &mut DirBuilder) {
    builder.mode(0o700);
}

/// Lets the owner read and write a file, and nobody else.
///
/// # Errors
///
/// When it belongs to somebody else.
pub fn close_to_others(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o600))
}

/// Lets everybody read a file, and its owner write it.
///
/// # Errors
///
/// When it belongs to somebody else.
pub fn open_to_readers(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o644))
}

/// Lets the owner use a folder, and nobody else.
///
/// # Errors
///
/// When it belongs to somebody else.
pub fn close_folder_to_others(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(0o700))
}

/// Whether a file is open to others than its owner, or not to its owner.
pub fn is_open_to_others(metadata: &Metadata) -> bool {
    metadata.permissions().mode() & 0o777 != 0o600
}

/// Whether it is a file of this user that nobody else can write.
pub fn is_closed_to_writers(metadata: &Metadata) -> bool {
    metadata.is_file() && metadata.uid() == geteuid().as_raw() && metadata.mode() & 0o022 == 0
}

/// Whether it belongs to somebody else.
pub fn is_of_another_user(metadata: &Metadata) -> bool {
    metadata.uid() != geteuid().as_raw()
}
