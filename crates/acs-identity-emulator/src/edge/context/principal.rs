//! How a caller has authenticated.

use crate::core::ManagementCaller;
use crate::store::Caller;

/// The header with the control secret.
pub(crate) const CONTROL_HEADER: &str = "x-emulator-control";

/// How the caller has authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Principal {
    /// Not authenticated, or by a credential that the handler checks.
    Anyone,
    /// By a signature with an access key.
    Key(Caller),
    /// By the control secret.
    ControlSecret,
    /// By an Entra token.
    Entra(ManagementCaller),
}

impl Principal {
    /// Returns the caller as the core knows it.
    pub(crate) fn caller(&self) -> Caller {
        match self {
            Self::Key(caller) => *caller,
            Self::Anyone | Self::ControlSecret | Self::Entra(_) => Caller::Entra,
        }
    }
}
