//! The stack of the main thread.

/// Does something. The size of the stack is fixed at the build, and is large enough.
pub fn with_room<T>(work: impl Fn() -> T) -> T {
    work()
}
