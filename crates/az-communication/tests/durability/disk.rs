//! File systems for one test.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Checks whether this user may mount file systems and trace processes. Otherwise prints that the test is skipped.
pub fn is_root(test: &str) -> bool {
    let works = |program: &str, arguments: &[&str]| {
        Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
    };
    let lacks = if !rustix::process::geteuid().is_root() {
        "only root mounts file systems"
    } else if !works("unshare", &["--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]) || !works("losetup", &["--find"])
    {
        "this machine lets even root mount nothing, as in a container"
    } else if !works("strace", &["-o", "/dev/null", "true"]) {
        "this machine lets no process be traced"
    } else {
        return true;
    };
    eprintln!("skipped: {test}: {lacks}");
    false
}

/// Runs a program that must succeed.
pub fn run(program: &str, arguments: &[&str]) {
    let output = Command::new(program).args(arguments).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A mounted file system. It is unmounted on drop.
pub struct Mounted(PathBuf);

impl Mounted {
    /// Mounts a file system in memory of that size.
    pub fn tmpfs(at: &Path, size: &str) -> Self {
        std::fs::create_dir_all(at).unwrap();
        run("mount", &["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs", text(at)]);
        Self(at.to_owned())
    }

    /// Mounts the ext4 file system in an image file. It writes by itself only every 300 seconds.
    pub fn image(image: &Path, at: &Path) -> Self {
        std::fs::create_dir_all(at).unwrap();
        run("mount", &["-t", "ext4", "-o", "loop,commit=300", text(image), text(at)]);
        Self(at.to_owned())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Returns the number of free bytes.
    pub fn free(&self) -> u64 {
        let stat = rustix::fs::statvfs(&self.0).unwrap();
        stat.f_bavail * stat.f_frsize
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let unmount =
            |options: &[&str]| Command::new("umount").args(options).arg(&self.0).stderr(Stdio::null()).status();
        if !unmount(&[]).is_ok_and(|status| status.success()) {
            let _ = unmount(&["--lazy"]);
        }
    }
}

/// Makes an image with an empty ext4 file system.
pub fn format(image: &Path) {
    format_with(image, "48M", &[]);
}

/// Makes such an image of that size, with these options of mkfs.
pub fn format_with(image: &Path, size: &str, options: &[&str]) {
    run("truncate", &["--size", size, text(image)]);
    run("mkfs.ext4", &[&["-q", "-F"], options, &[text(image)]].concat());
}
