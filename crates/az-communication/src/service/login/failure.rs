//! Why nobody is signed in, as data: which credential, and why it gave no token.

use std::io;
use std::time::Duration;

use crate::service::page::Page;
use crate::transport::error::TransportError;

/// A way to get an Entra token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// An application, by `AZURE_CLIENT_SECRET` or `AZURE_CLIENT_CERTIFICATE_PATH`.
    Environment,
    /// A workload of Kubernetes, by `AZURE_FEDERATED_TOKEN_FILE`.
    WorkloadIdentity,
    /// The managed identity of App Service or of a virtual machine.
    ManagedIdentity,
    /// Whoever is signed in with the Azure CLI.
    AzureCli,
}

impl Credential {
    /// The order in which they are tried: that of `DefaultAzureCredential`.
    pub const CHAIN: [Self; 4] = [Self::Environment, Self::WorkloadIdentity, Self::ManagedIdentity, Self::AzureCli];
}

/// What the Azure CLI did instead of printing a token.
#[derive(Debug)]
pub enum AzureCliFailure {
    /// It cannot be started.
    CannotStart(io::Error),
    /// It did not end within this time, and was killed.
    Silent(Duration),
    /// It failed; what it said on stderr, without secrets, and its exit code where a signal did not end it.
    Failed {
        /// What it said.
        said: String,
        /// The exit code.
        code: Option<i32>,
    },
    /// It succeeded and printed something else; its start, without secrets.
    NotAToken(String),
    /// Its answer has neither `expires_on` nor a token that says when it expires.
    NoExpiry,
}

/// Why a credential gave no token.
#[derive(Debug)]
pub enum Reason {
    /// These variables are not set.
    NotSet(Vec<&'static str>),
    /// Nothing answers where virtual machines ask for tokens.
    NoManagedIdentity,
    /// The kind of managed identity that the environment announces is not supported.
    UnsupportedSource(&'static str),
    /// There is no Azure CLI further down PATH.
    NoAzureCli,
    /// The Azure CLI gave no token.
    AzureCli(AzureCliFailure),
    /// What the environment configures cannot be used, and why, in words that show no secret.
    Misconfigured(String),
    /// The endpoint answered with an error.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The error's code, as RFC 6749 names them.
        code: Option<String>,
        /// What the endpoint said, without secrets.
        description: Option<String>,
    },
    /// The endpoint answered with something that is not JSON.
    NotJson {
        /// The HTTP status.
        status: u16,
        /// The web page that it is.
        page: Option<Page>,
    },
    /// The endpoint answered with success and without a token.
    NoToken(u16),
    /// The endpoint cannot be reached.
    NotReachable(TransportError),
    /// The request could not be made, in words.
    Local(String),
    /// The token holds this character, and cannot stand in a header.
    UnusableToken(char),
}

impl Reason {
    /// Whether the credential was configured, so that none of the others may take its place. A virtual machine's identity
    /// is found rather than configured, and so is a login of the Azure CLI, which is the last one.
    pub fn is_configured(&self, credential: Credential) -> bool {
        match self {
            Self::NotSet(_) | Self::NoManagedIdentity | Self::UnsupportedSource(_) | Self::NoAzureCli => false,
            _ => match credential {
                Credential::Environment | Credential::WorkloadIdentity => true,
                Credential::ManagedIdentity => crate::service::login::managed_identity::is_announced(),
                Credential::AzureCli => false,
            },
        }
    }
}

/// Why nobody is signed in: each credential that was tried, and its reason.
#[derive(Debug)]
pub struct LoginError {
    /// In the order of the chain. The last one may be one that is configured.
    pub tried: Vec<(Credential, Reason)>,
}

impl LoginError {
    /// The credential that is configured and gave no token, where there is one.
    pub fn configured(&self) -> Option<(Credential, &Reason)> {
        let (credential, reason) = self.tried.last()?;
        reason.is_configured(*credential).then_some((*credential, reason))
    }
}

impl std::error::Error for LoginError {}
