//! The environment variables that configure a login.

use std::env;

/// Returns the value of a variable. An empty variable counts as not set.
pub(super) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Checks whether the environment announces a managed identity.
pub(super) fn announce_managed_identity() -> bool {
    ["IDENTITY_ENDPOINT", "MSI_ENDPOINT"].into_iter().any(|name| variable(name).is_some())
}
