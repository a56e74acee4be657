//! The stack of the main thread. If it is too small for commands, they run on a separate thread.

/// The stack size that commands need, in bytes, with a reserve.
const NEEDED: u64 = 512 << 10;

/// The stack size of the separate thread in bytes.
const OWN: usize = 2 << 20;

/// Runs a function with a stack that is large enough.
pub fn with_room<T: Send>(work: impl Fn() -> T + Sync) -> T {
    use rustix::process::{Resource, getrlimit};
    match getrlimit(Resource::Stack).current {
        Some(limit) if limit < NEEDED => on_a_thread(&work),
        _ => work(),
    }
}

#[cold]
fn on_a_thread<T: Send>(work: &(impl Fn() -> T + Sync)) -> T {
    use std::{panic, thread};
    thread::scope(|scope| match thread::Builder::new().stack_size(OWN).spawn_scoped(scope, work) {
        Ok(thread) => thread.join().unwrap_or_else(|payload| panic::resume_unwind(payload)),
        // The small stack may still be large enough.
        Err(_) => work(),
    })
}
