//! The files of `--ready-file` and `--pid-file`, which exist as long as the emulator serves. The ready file contains
//! the whole ready line, including the access key. The pid file contains only the process id.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde_json::{Map, Value as Json};

use crate::commands::emulator::options::path_text::text_of;
use crate::commands::emulator::process::ready_line::{LATER_MEMBERS, MEMBERS};
use crate::files::private_file;
use crate::report::error::CliError;
use crate::system::system_text;
use crate::system::{self, has_ended, is_same};

/// The largest file that is read, in bytes. A ready line is shorter.
const MOST: u64 = 1 << 16;

/// How often a check whether a file is free is repeated, and how long it waits in between.
const LOOKS: u32 = 20;
const LOOK: Duration = Duration::from_millis(10);

/// The kind of a process file.
pub(crate) struct Kind {
    /// The name of the kind in messages.
    what: &'static str,
    /// The option that names the file.
    option: &'static str,
    /// Returns the id of the process that has written this content into the file. Returns `None` for any other content.
    process_of: fn(&[u8], &File, &Path) -> Option<i32>,
}

pub(crate) const READY: Kind = Kind { what: "ready file", option: "--ready-file", process_of: process_of_ready_line };
pub(crate) const PID: Kind = Kind { what: "pid file", option: "--pid-file", process_of: process_of_number };

/// A file that is written under another name and renamed when it is complete. It is locked as long as the emulator
/// lives, which distinguishes it from a file that a killed emulator has left.
pub(crate) struct ProcessFile {
    kind: &'static Kind,
    path: PathBuf,
    /// Set as soon as the file exists.
    file: Option<File>,
}

/// A process that serves, and the content of its file.
pub(crate) struct Holder {
    pub(crate) process: i32,
    pub(crate) content: Vec<u8>,
}

impl ProcessFile {
    /// Prepares the path of a file. Removes a file of the same kind that a killed emulator has left there.
    ///
    /// # Errors
    ///
    /// Fails when another kind of file exists there, when stdout is redirected to it, when another emulator uses the
    /// file, when its folder does not exist, or when its folder is the data folder.
    pub(crate) fn claim(kind: &'static Kind, path: &str, data: Option<&Path>) -> Result<Self, CliError> {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.into());
        // The ready line contains the path, so it must be text.
        text_of(&path)?;
        refuse_stdout(kind, &path)?;
        let parent = path.parent().filter(|parent| parent.is_dir());
        let claimed = match parent {
            None => Err("its folder does not exist".to_owned()),
            Some(parent) if data.is_some_and(|data| is_within(parent, data)) => {
                Err("it is in the data folder, which is only for the emulator's own files".to_owned())
            }
            Some(_) => remove_left(kind, &path),
        };
        let claimed_by_us = Self { kind, path, file: None };
        claimed.map_err(|why| claimed_by_us.unwritable(&why))?;
        Ok(claimed_by_us)
    }

    /// Returns the path of the file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the line, and gives the file its name.
    ///
    /// # Errors
    ///
    /// Fails when the folder cannot be written, or the disk is full.
    pub(crate) fn publish(&mut self, line: &str) -> Result<(), CliError> {
        let (unfinished, mut file) = create_beside(&self.path).map_err(|why| self.unwritable(&why))?;
        // The content is synced before the rename. Otherwise the file could be empty after a power failure, and would
        // not be recognized.
        let whole = file.write_all(format!("{line}\n").as_bytes()).and_then(|()| file.sync_data());
        whole.and_then(|()| name_new(&unfinished, &self.path)).map_err(|error| {
            let _ = fs::remove_file(&unfinished);
            match error.kind() {
                io::ErrorKind::AlreadyExists => self.unwritable("another file was created there meanwhile"),
                _ => self.unwritable(&system_text(&error)),
            }
        })?;
        self.file = Some(file);
        Ok(())
    }

    fn unwritable(&self, why: &str) -> CliError {
        unwritable(self.kind, &self.path, why)
    }
}

fn unwritable(kind: &Kind, path: &Path, why: &str) -> CliError {
    CliError::new(format!("The {} {} cannot be written: {why}.", kind.what, path.display()))
}

/// Refuses a path to which stdout is redirected. The shell has created a file there, which is no process file. A usual
/// mistake is to give the output the name that the ready file has beside the pid file.
///
/// # Errors
///
/// Fails when stdout is that file.
pub(crate) fn refuse_stdout(kind: &Kind, path: &Path) -> Result<(), CliError> {
    let is_file = fs::symlink_metadata(path).is_ok_and(|there| there.is_file());
    if !is_file || !system::is_stdout(path) {
        return Ok(());
    }
    let Kind { what, option, .. } = kind;
    Err(unwritable(kind, path, "stdout is redirected to it")
        .hint(format!("Redirect stdout to another file, or name another {what}: {option} FILE")))
}

impl Drop for ProcessFile {
    fn drop(&mut self) {
        // Another program may have replaced the file.
        if self.file.as_ref().is_some_and(|file| is_same(file, &self.path)) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Returns the process that serves and holds the file at this path, or `None` if there is none.
pub(crate) fn holder(kind: &Kind, path: &Path) -> Option<Holder> {
    if !fs::symlink_metadata(path).ok()?.is_file() {
        return None;
    }
    let file = open_as(OpenOptions::new().read(true), path).ok()?;
    let mut content = Vec::new();
    (&file).take(MOST).read_to_end(&mut content).ok()?;
    let process = (kind.process_of)(&content, &file, path)?;
    // The lock is shared, so that two checks at the same time do not disturb each other.
    let is_held = match system::try_lock_shared(&file) {
        Ok(()) => false,
        Err(TryLockError::WouldBlock) => true,
        // If the file system has no locks, the process id decides.
        Err(TryLockError::Error(_)) => !has_ended(process),
    };
    is_held.then_some(Holder { process, content })
}

/// Gives a file its name, and fails if the name exists. A rename would replace a file that was created meanwhile.
fn name_new(unfinished: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(unfinished, path) {
        Ok(()) => {
            let _ = fs::remove_file(unfinished);
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
        // Some file systems have no hard links.
        Err(error) => match fs::symlink_metadata(path) {
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => fs::rename(unfinished, path),
            _ => Err(error),
        },
    }
}

/// Returns whether a folder is the data folder or below it. Links are resolved.
pub(crate) fn is_within(folder: &Path, data: &Path) -> bool {
    match (folder.canonicalize(), data.canonicalize()) {
        (Ok(folder), Ok(data)) => folder.starts_with(data),
        // The data folder does not exist yet, so nothing is below it.
        _ => false,
    }
}

/// Makes a locked file that only this user can read. The name is new, so that no link is followed.
fn create_beside(path: &Path) -> Result<(PathBuf, File), String> {
    let name = path.file_name().ok_or("its path has no file name")?.to_string_lossy().into_owned();
    for attempt in 0..1000 {
        let unfinished = path.with_file_name(format!(".{name}.{}-{attempt}", std::process::id()));
        match private_file::create_new(&unfinished) {
            Ok(file) => {
                // If the file system has no locks, the file of a killed emulator is recognized by its process id.
                let _ = system::try_lock(&file);
                return Ok((unfinished, file));
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(system_text(&error)),
        }
    }
    Err("too many files of killed emulators are beside it".to_owned())
}

/// Removes the file of a killed emulator, because a program that waits for a ready file must not find it. Other files
/// are not removed.
fn remove_left(kind: &Kind, path: &Path) -> Result<(), String> {
    let text = |error: io::Error| system_text(&error);
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(text(error)),
        // Devices and links are refused.
        Ok(metadata) if !metadata.is_file() => return Err("it is not a regular file".to_owned()),
        Ok(_) => {}
    }
    // The file is opened for writing as well, because some file systems lock no other files.
    let former = open_as(OpenOptions::new().read(true).write(true), path).map_err(text)?;
    let mut content = Vec::new();
    (&former).take(MOST).read_to_end(&mut content).map_err(text)?;
    let process = (kind.process_of)(&content, &former, path)
        .ok_or_else(|| format!("a file that is not a {} exists there", kind.what))?;
    if !is_left(&former, process) {
        return Err("another emulator uses it".to_owned());
    }
    if !is_same(&former, path) {
        return Err("another file was created there meanwhile".to_owned());
    }
    fs::remove_file(path).map_err(text)
}

/// Returns whether the process that has written a file no longer serves.
fn is_left(file: &File, process: i32) -> bool {
    for _ in 0..LOOKS {
        match system::try_lock(file) {
            Ok(()) => return true,
            // If the file system has no locks, the process id decides.
            Err(TryLockError::Error(_)) => return has_ended(process),
            // `emulator status` locks the file, too, while it reads it.
            Err(TryLockError::WouldBlock) => thread::sleep(LOOK),
        }
    }
    false
}

fn open_as(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    // A link or a FIFO that replaced the file must not be followed or waited for.
    system::no_link(options);
    options.open(path)
}

/// Reads the process id from a pid file: only a number, in a file that only this user can read. Pid files of other
/// programs are readable by all users.
fn process_of_number(content: &[u8], file: &File, _: &Path) -> Option<i32> {
    let metadata = file.metadata().ok()?;
    if system::is_of_another_user(&metadata) || system::is_open_to_others(&metadata) {
        return None;
    }
    let number = content.strip_suffix(b"\n").filter(|number| number.first() != Some(&b'+'))?;
    std::str::from_utf8(number).ok()?.parse().ok().filter(|process| *process > 0)
}

/// Reads the process id from a ready file: one ready line that names this file. Ready lines of the previous version
/// have fewer members.
fn process_of_ready_line(content: &[u8], file: &File, path: &Path) -> Option<i32> {
    let line = content.strip_suffix(b"\n").filter(|line| !line.contains(&b'\n'))?;
    let members: Map<String, Json> = serde_json::from_slice(line).ok()?;
    let known = |name: &String| MEMBERS.iter().chain(&LATER_MEMBERS).any(|member| member == name);
    if !members.keys().all(known) || !MEMBERS.iter().all(|name| members.contains_key(*name)) {
        return None;
    }
    let named = Path::new(members.get("readyFile")?.as_str()?);
    if named != path && !is_same(file, named) {
        return None;
    }
    members.get("pid")?.as_u64()?.try_into().ok().filter(|process| *process > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_created_meanwhile_stays() {
        let folder = std::env::temp_dir().join(format!("az-ready-file-{}", std::process::id()));
        private_file::make_folder(&folder).unwrap();
        let path = folder.join("ready.json");
        let mut ready = ProcessFile::claim(&READY, path.to_str().unwrap(), None).unwrap();
        fs::write(&path, "mine").unwrap();
        let refused = ready.publish("{}").unwrap_err().to_string();
        drop(ready);
        let (left, content) = (fs::read_dir(&folder).unwrap().count(), fs::read_to_string(&path).unwrap());
        fs::remove_dir_all(&folder).unwrap();
        assert!(refused.ends_with(" cannot be written: another file was created there meanwhile."), "{refused}");
        assert_eq!((left, content.as_str()), (1, "mine"));
    }
}
