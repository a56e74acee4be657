//! The reasons why a login failed, as data: each credential with the reason why it returned no token.

use std::io;
use std::time::Duration;

use crate::service::login::variables;
use crate::service::page::Page;
use crate::transport::error::TransportError;

/// A source of Entra tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// An application, configured by `AZURE_CLIENT_SECRET` or `AZURE_CLIENT_CERTIFICATE_PATH`.
    Environment,
    /// A Kubernetes workload, configured by `AZURE_FEDERATED_TOKEN_FILE`.
    WorkloadIdentity,
    /// The managed identity of App Service or of a virtual machine.
    ManagedIdentity,
    /// The login of the Azure CLI.
    AzureCli,
}

impl Credential {
    /// The order in which the credentials are tried. It is the same as in `DefaultAzureCredential`.
    pub const CHAIN: [Self; 4] = [Self::Environment, Self::WorkloadIdentity, Self::ManagedIdentity, Self::AzureCli];
}

/// The reason why the Azure CLI printed no token.
#[derive(Debug)]
pub enum AzureCliFailure {
    /// It could not be started.
    CannotStart(io::Error),
    /// It did not end within this time and was killed.
    Silent(Duration),
    /// It failed, with this output on stderr and this exit code.
    Failed {
        /// The output on stderr, without secrets.
        said: String,
        /// The exit code, unless a signal ended the process.
        code: Option<i32>,
    },
    /// It succeeded and printed something else, which begins like this. Secrets are removed.
    NotAToken(String),
    /// Its answer has neither `expires_on` nor a token that says when it expires.
    NoExpiry,
}

/// The reason why a credential returned no token.
#[derive(Debug)]
pub enum Reason {
    /// These variables are not set.
    NotSet(Vec<&'static str>),
    /// The token endpoint of virtual machines does not answer.
    NoManagedIdentity,
    /// The environment announces a kind of managed identity that is not supported.
    UnsupportedSource(&'static str),
    /// There is no Azure CLI further down PATH.
    NoAzureCli,
    /// The Azure CLI gave no token.
    AzureCli(AzureCliFailure),
    /// The configuration in the environment cannot be used, for this reason. The text contains no secrets.
    Misconfigured(String),
    /// The endpoint answered with an error.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The code of the error (RFC 6749).
        code: Option<String>,
        /// The description of the error, without secrets.
        description: Option<String>,
    },
    /// The endpoint gave an answer that is not JSON.
    NotJson {
        /// The HTTP status.
        status: u16,
        /// The web page in the answer, if it is one.
        page: Option<Page>,
    },
    /// The endpoint reported success but returned no token.
    NoToken(u16),
    /// The endpoint cannot be reached.
    NotReachable(TransportError),
    /// The request could not be made, for this reason.
    Local(String),
    /// The token contains this character, which a header must not contain.
    UnusableToken(char),
}

impl Reason {
    /// Checks whether the credential was configured, so that no other credential may replace it. The identity of a
    /// virtual machine is discovered rather than configured. So is a login of the Azure CLI, which is the last in the
    /// chain.
    pub fn is_configured(&self, credential: Credential) -> bool {
        match self {
            Self::NotSet(_) | Self::NoManagedIdentity | Self::UnsupportedSource(_) | Self::NoAzureCli => false,
            _ => match credential {
                Credential::Environment | Credential::WorkloadIdentity => true,
                Credential::ManagedIdentity => variables::announce_managed_identity(),
                Credential::AzureCli => false,
            },
        }
    }
}

/// A failed login: each credential that was tried, with its reason.
#[derive(Debug)]
pub struct LoginError {
    /// The credentials in the order of the chain. The last one may be a configured one.
    pub tried: Vec<(Credential, Reason)>,
}

impl LoginError {
    /// Returns the credential that is configured and returned no token, if there is one.
    pub fn configured(&self) -> Option<(Credential, &Reason)> {
        let (credential, reason) = self.tried.last()?;
        reason.is_configured(*credential).then_some((*credential, reason))
    }
}

impl std::error::Error for LoginError {}
