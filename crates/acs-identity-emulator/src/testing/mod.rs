//! The test kit: an emulator for each test, with a clock and faults of its own.
//!
//! ```
//! use std::time::Duration;
//!
//! use acs_identity_emulator::testing::{Emulator, Fault};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let emulator = Emulator::start().await?;
//!     // Give this to the code under test.
//!     assert!(emulator.connection_string().starts_with("endpoint=https://localhost:"));
//!
//!     // Let tokens expire, without waiting.
//!     let before = emulator.clock().now();
//!     emulator.clock().advance(Duration::from_secs(24 * 60 * 60));
//!     assert!(emulator.clock().now() - before >= Duration::from_secs(24 * 60 * 60));
//!
//!     // Refuse the next two requests for a token.
//!     let fault = Fault::on("issueAccessToken").status(429).retry_after(Duration::from_secs(1)).times(2);
//!     emulator.faults().add(fault);
//!
//!     // Look at what the code under test has sent.
//!     assert!(emulator.requests().is_empty());
//!     Ok(())
//!     // The emulator stops when it is dropped.
//! }
//! ```
//!
//! * An emulator serves on a thread of its own. It works on every runtime of tokio, also if the test blocks its thread.
//! * Emulators are independent: each has its own port, keys, identities, clock, faults and log of requests.
//! * Everything is in memory. No files are written.
//! * Steering is in process, without HTTP: what a method has changed is in force when it returns.
//!
//! The guide is [docs/kits/rust.md](https://github.com/acs-identity/az-communication/blob/main/docs/kits/rust.md).

mod builder;
#[cfg(feature = "azure_core")]
mod client_options;
mod clock;
mod emulator;
mod fault_words;
mod faults;
mod requests;

pub use builder::Builder;
pub use clock::Clock;
pub use emulator::Emulator;
pub use faults::{AddedFault, Fault, FaultId, Faults};
pub use requests::Request;
