//! Tests against the emulator, which runs in this process over TLS. They are not part of the published package, which
//! would have to depend on the emulator. `tests/requests` needs this package only.

mod operations;
mod readme;
mod readme_sessions;
mod world;
