//! The stack of the main thread.

/// Runs a function. The stack size is fixed at build time and is large enough.
pub fn with_room<T>(work: impl Fn() -> T) -> T {
    work()
}
