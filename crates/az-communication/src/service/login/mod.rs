//! Gets Entra tokens without an access key: tries the credentials of Azure's `DefaultAzureCredential` in order. A
//! credential that is not configured is skipped. If a credential is configured and returns no token, the search ends,
//! so that the command does not continue under another identity. Why this is our own code: docs/decisions/login.md.

pub(crate) mod application;
pub(crate) mod assertion;
pub(crate) mod azure_cli;
pub(crate) mod endpoint;
pub(crate) mod failure;
pub(crate) mod managed_identity;
pub(crate) mod redact;
mod variables;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};

use crate::report::printer::Printer;
use crate::report::secrets;
use crate::service::network;
use crate::transport::send::Transport;
use crate::transport::tls::trust::Trust;
pub use failure::LoginError;
use failure::{Credential, Reason};
pub use redact::redacted;

/// The credential for the SDK. It uses the first credential of the chain that returns a token, and keeps using it.
pub(crate) struct Login {
    printer: Printer,
    /// The subscription whose tenant `az` is asked to get the token for.
    subscription: Option<String>,
    transport: Arc<Transport>,
    chosen: Mutex<Option<Credential>>,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").finish_non_exhaustive()
    }
}

impl Login {
    pub(crate) fn new(printer: Printer, subscription: Option<String>) -> Self {
        let transport = Arc::new(network::transport(Trust::from_environment()));
        Self { printer, subscription, transport, chosen: Mutex::default() }
    }

    fn chosen(&self) -> Option<Credential> {
        *self.chosen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gets a token of one credential. `scope` is the scope of one resource, `https://…/.default`.
    fn ask(&self, credential: Credential, scope: &str) -> Result<AccessToken, Reason> {
        let token = match credential {
            Credential::Environment => application::environment(&self.transport, scope),
            Credential::WorkloadIdentity => application::workload_identity(&self.transport, scope),
            Credential::ManagedIdentity => managed_identity::token(&self.transport, scope),
            Credential::AzureCli => azure_cli::token(scope, self.subscription.as_deref()),
        }?;
        // A token that a header must not contain would be sent without its invalid characters.
        match token.token.secret().chars().find(|c| !c.is_ascii_graphic()) {
            Some(c) => Err(Reason::UnusableToken(c)),
            None => Ok(token),
        }
    }

    fn search(&self, scope: &str) -> Result<AccessToken, LoginError> {
        let mut tried = Vec::new();
        for credential in Credential::CHAIN {
            match self.ask(credential, scope) {
                Ok(token) => {
                    self.printer.info(&format!("Authenticated by {credential}."));
                    *self.chosen.lock().unwrap_or_else(PoisonError::into_inner) = Some(credential);
                    return Ok(token);
                }
                Err(reason) => {
                    self.printer.info(&format!("Not authenticated by {credential}: {reason}."));
                    let ends = reason.is_configured(credential);
                    tried.push((credential, reason));
                    if ends {
                        break;
                    }
                }
            }
        }
        Err(LoginError { tried })
    }
}

#[async_trait]
impl TokenCredential for Login {
    async fn get_token(
        &self,
        scopes: &[&str],
        _options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let scope = scopes.first().copied().unwrap_or_default();
        let token = match self.chosen() {
            Some(credential) => {
                self.ask(credential, scope).map_err(|reason| LoginError { tried: vec![(credential, reason)] })
            }
            None => self.search(scope),
        };
        token
            .inspect(|token| secrets::hide(token.token.secret()))
            .map_err(|error| Error::new(ErrorKind::Credential, error))
    }
}
