//! Files and folders for their owner only.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use rustix::process::geteuid;

/// Makes a new file accessible to its owner only.
pub fn for_owner(options: &mut OpenOptions) {
    options.mode(0o600);
}

/// Makes a new folder accessible to its owner only.
pub fn for_owner_folder(builder: &mut DirBuilder) {
    builder.mode(0o700);
}

/// Lets only the owner read and write a file.
///
/// # Errors
///
/// When the file belongs to another user.
pub fn close_to_others(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o600))
}

/// Lets everyone read a file and only its owner write it.
///
/// # Errors
///
/// When the file belongs to another user.
pub fn open_to_readers(file: &File) -> io::Result<()> {
    file.set_permissions(Permissions::from_mode(0o644))
}

/// Lets only the owner use a folder.
///
/// # Errors
///
/// When the folder belongs to another user.
pub fn close_folder_to_others(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(0o700))
}

/// Checks whether the permissions of a file are other than reading and writing for its owner only.
pub fn is_open_to_others(metadata: &Metadata) -> bool {
    metadata.permissions().mode() & 0o777 != 0o600
}

/// Checks whether the permissions of a file let other users than its owner do anything with it.
pub fn has_rights_for_others(metadata: &Metadata) -> bool {
    metadata.mode() & 0o077 != 0
}

/// Checks whether it is a file of this user that no other user can write.
pub fn is_closed_to_writers(metadata: &Metadata) -> bool {
    metadata.is_file() && metadata.uid() == geteuid().as_raw() && metadata.mode() & 0o022 == 0
}

/// Checks whether the file belongs to another user.
pub fn is_of_another_user(metadata: &Metadata) -> bool {
    metadata.uid() != geteuid().as_raw()
}
