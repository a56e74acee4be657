//! PostgreSQL servers for one test, with data of their own, and what stands in front of them.

mod bouncer;
mod data;
mod server;
mod session;
mod standby;

#[allow(unused_imports, reason = "few tests name them all")]
pub use self::{
    bouncer::Bouncer,
    server::Server,
    session::{Session, sql},
};

/// The user of the program under test. It owns the databases of the tests, and has no other rights than to make some.
pub const USER: &str = "az";

/// The password of [`USER`].
pub const PASSWORD: &str = "the password of az";

/// Returns the reason why there is no PostgreSQL here.
pub fn lacking() -> Option<String> {
    data::programs().is_none().then(|| "PostgreSQL is not installed: run scripts/test.sh".to_owned())
}
