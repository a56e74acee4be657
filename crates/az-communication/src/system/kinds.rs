//! Kinds of paths and of limits, which all systems have.

/// A kind of path other than a file or a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// Some systems do not use all variants.
#[allow(dead_code)]
pub enum Special {
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A character device or a block device.
    Device,
}

/// A limit of the system that an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
// Some systems do not use all variants.
#[allow(dead_code)]
pub enum Limit {
    /// This process has too many open files.
    FilesOfProcess,
    /// This machine has too many open files.
    FilesOfMachine,
    /// There are too many processes or threads.
    Processes,
    /// There is not enough memory.
    Memory,
    /// The disk is full, or the user's quota is used up.
    Disk,
}
