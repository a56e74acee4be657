//! The mark as an open file, which the next program inherits: a wrapper that clears the environment leaves it as it is.
//! `inherited.c` reads it before `main`, and puts it into the environment.

/// Keeps the file open until the next program runs.
#[cfg(target_os = "linux")]
pub(super) struct Inherited(#[allow(dead_code)] Option<std::os::fd::OwnedFd>);

#[cfg(not(target_os = "linux"))]
pub(super) struct Inherited;

/// The number of the file. Shells use those up to 63 and 255, scripts 9 and 200. Where it is taken, or higher than the limit
/// of files, the mark stands in the environment only.
#[cfg(target_os = "linux")]
const NUMBER: i32 = 187;

#[cfg(target_os = "linux")]
impl Inherited {
    /// Opens it.
    pub(super) fn open(mark: &str) -> Self {
        Self(Self::try_open(mark).ok().flatten())
    }

    fn try_open(mark: &str) -> std::io::Result<Option<std::os::fd::OwnedFd>> {
        use std::io::Write as _;
        use std::os::fd::AsRawFd as _;

        use rustix::fs::{MemfdFlags, memfd_create};
        use rustix::io::{FdFlags, fcntl_dupfd_cloexec, fcntl_setfd};

        let mut file = std::fs::File::from(memfd_create("az-handed-over", MemfdFlags::CLOEXEC)?);
        file.write_all(format!("{}={mark}", super::mark::VARIABLE).as_bytes())?;
        let numbered = fcntl_dupfd_cloexec(&file, NUMBER)?;
        if numbered.as_raw_fd() != NUMBER {
            return Ok(None);
        }
        fcntl_setfd(&numbered, FdFlags::empty())?;
        Ok(Some(numbered))
    }
}

#[cfg(not(target_os = "linux"))]
impl Inherited {
    pub(super) fn open(_: &str) -> Self {
        Self
    }
}
