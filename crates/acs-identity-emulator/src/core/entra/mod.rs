//! The Entra part: the emulator's own issuer, sign-ins by device code, and the verification of tokens.

mod claims;
mod device_codes;
mod device_login;
mod foreign_audiences;
mod inspection;
mod issuer;
mod verifier;

pub(super) use claims::{EntraClaims, Purpose};
pub(crate) use device_login::DeviceLogins;
pub(super) use inspection::EntraInspection;
pub(crate) use inspection::EntraUse;
pub use issuer::DEFAULT_TENANT;
pub(crate) use issuer::{EntraIssuer, EntraTokenRequest, audience_of};
pub(crate) use verifier::{ManagementCaller, TokenVerifier};
