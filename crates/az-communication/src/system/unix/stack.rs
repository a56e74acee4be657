//! The stack of the main thread. Where the system gives it less than commands need, they run on a thread of their own.

/// What commands need, with room to spare, in bytes.
const NEEDED: u64 = 512 << 10;

/// What a thread of our own has.
const OWN: usize = 2 << 20;

/// Does something with a stack that is large enough for it.
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
        // The small stack may still be enough.
        Err(_) => work(),
    })
}
