//! A service that gives its signed-in users access tokens for the chat. README.md says how it works.

mod app;
mod error;
mod routes;
mod slots;
mod store;

pub use app::{App, TIMEOUTS};
pub use routes::router;
pub use store::{Store, User};
