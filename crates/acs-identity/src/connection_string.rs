//! Connection strings: parse one by itself, for example to check a configuration when a program starts.

pub use acs_identity_protocol::connection_string::{
    ConnectionString, ConnectionStringError, DEVELOPMENT_ACCESS_KEY, DEVELOPMENT_EMULATOR, DEVELOPMENT_PORT,
    EXPECTED_FORM,
};
pub use acs_identity_protocol::endpoint::EndpointFault;
pub use acs_identity_protocol::signature::{AccessKey, InvalidAccessKey};
