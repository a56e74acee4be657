#![doc = include_str!("../README.md")]
//!
//! # Main types
//!
//! [`Emulator::start`] takes a [`Config`] and returns a [`Handle`]; [`Emulator::serve`] returns a [`Serving`]. Both give an
//! [`Access`]. A [`Config`] has a [`Place`] and a [`ServiceClock`]. [`trust`] is for programs that must trust the emulator.

mod certificates;
mod clock;
mod config;
mod control_secret;
mod core;
mod crypto;
#[cfg(all(test, feature = "sqlite", unix, not(portable_system)))]
mod damage;
#[cfg(feature = "postgres")]
mod database;
mod der;
mod edge;
mod error;
mod faults;
#[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
mod files;
#[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
mod folder;
mod keys;
mod log;
mod metrics;
mod place;
mod random;
mod request_log;
mod seed;
mod server;
#[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
mod store;
#[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
mod system;
pub mod testing;
pub mod trust;

pub use certificates::{host_name_problem, new_authority};
pub use clock::ServiceClock;
pub use config::{Config, ControlSecret, ExportedState, Storage, TrustedIssuer};
pub use control_secret::{CONTROL_SECRET_FILE, CONTROL_SECRET_LENGTH};
pub use core::{
    DEFAULT_TENANT, ExportCheck, ExportSummary, MAX_EXPORT, check_export, client_secret_of, identity_header_of,
};
#[cfg(feature = "postgres")]
pub use database::{
    AddressError, PostgresAddress, PostgresHost, PostgresStorage, RootCertificates, StoreKey, StoreKeyError, TlsMode,
};
pub use edge::{CONTROL_VERSION, TrustFiles};
pub use error::{Error, OwnFile};
pub use faults::{FAULT_OPERATIONS, fault_operation_meant};
pub use folder::DATABASE_FILE;
#[cfg(feature = "sqlite")]
pub use folder::is_folder_unused;
pub use keys::pki::ISSUERS;
pub use keys::pki::stored::CA_CERTIFICATE_FILE;
pub use log::log_panics;
pub use place::Place;
pub use seed::{Seed, SeedError};
pub use server::{Access, Emulator, Handle, LastExport, Opening, Serving, runtime};
