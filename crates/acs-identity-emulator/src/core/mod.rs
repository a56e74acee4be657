//! The service without HTTP. Each owner manages one kind of data with a few operations, and [`Core`] holds the owners.

mod access_keys;
mod assignments;
mod directory;
mod elsewhere;
mod entra;
mod exchanges;
mod faults;
mod fields;
mod first_start;
mod front_end;
mod identities;
mod introspection;
mod open;
mod owners;
mod refusal;
mod resource;
mod secrets;
mod seeding;
mod service_time;
mod settling;
mod signing_keys;
#[cfg(test)]
mod tests;
mod token_signer;
mod token_times;
mod whole_state;

pub use access_keys::{client_secret_of, identity_header_of};
pub(crate) use directory::{MAX_PAGE, is_cursor};
pub(crate) use elsewhere::{elsewhere, on_thread};
pub use entra::DEFAULT_TENANT;
pub(crate) use entra::{EntraTokenRequest, ManagementCaller, audience_of};
pub(crate) use faults::{SignInFault, TokenFault};
pub(crate) use introspection::Introspection;
pub(crate) use open::{OpenedCore, OpenedStore, described};
pub(crate) use owners::Core;
pub(crate) use refusal::{Field, Refusal};
pub(crate) use secrets::Known as KnownSecrets;
pub(crate) use service_time::{ClockChange, ClockReading};
pub(crate) use settling::settle_what_is_due;
pub(crate) use signing_keys::ParsedKey;
pub(crate) use token_times::TokenTimes;
pub(crate) use whole_state::read as read_state;
pub use whole_state::{ExportCheck, ExportSummary, MAX_EXPORT, check_export};
