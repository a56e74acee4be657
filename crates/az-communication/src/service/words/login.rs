//! The messages about a failed login.

use std::fmt;

use crate::report::program::Program;
use crate::service::login::failure::{AzureCliFailure, Credential, LoginError, Reason};
use crate::service::page::Page;
use crate::system::system_text;
use acs_identity_protocol::visible;

impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment => "environment",
            Self::WorkloadIdentity => "workload identity",
            Self::ManagedIdentity => "managed identity",
            Self::AzureCli => "az login",
        })
    }
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("No credential returned an Entra token.")?;
        let configured = self.configured();
        let shown = if configured.is_some() { &self.tried[self.tried.len() - 1..] } else { &self.tried };
        shown.iter().try_for_each(|(credential, reason)| {
            let reason = reason.to_string().lines().collect::<Vec<_>>().join("\n    ");
            write!(f, "\n  {credential}: {reason}")
        })
    }
}

impl LoginError {
    /// Returns hints about the failed login.
    pub fn hints(&self) -> Vec<String> {
        let application = "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET";
        let mut hints = Vec::new();
        match self.configured() {
            Some((credential, _)) => {
                let set = match credential {
                    Credential::Environment => crate::service::login::application::configured_by(),
                    Credential::WorkloadIdentity => "AZURE_FEDERATED_TOKEN_FILE",
                    _ => "IDENTITY_ENDPOINT",
                };
                hints.push(format!(
                    "{set} is set, so no other credential is tried in place of this one. Correct the environment \
                     variables, or unset {set}."
                ));
            }
            None if self.tried.iter().any(|(_, reason)| matches!(reason, Reason::NoAzureCli)) => hints.push(format!(
                "Set {application}, or install the Azure CLI, which {} then calls, and sign in with `az login`.",
                Program::current().this()
            )),
            None => hints.push(format!("Sign in with `az login`, or set {application}.")),
        }
        hints
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSet(names) => {
                write!(f, "{} {} not set", names.join(" and "), if names.len() == 1 { "is" } else { "are" })
            }
            Self::NoManagedIdentity => f.write_str("this machine has none"),
            Self::UnsupportedSource(source) => write!(f, "the identity of {source} is not supported"),
            Self::NoAzureCli if Program::current().is_az() => {
                f.write_str("the Azure CLI was not found further down PATH")
            }
            Self::NoAzureCli => f.write_str("the Azure CLI was not found on PATH"),
            Self::AzureCli(failure) => failure.fmt(f),
            Self::Misconfigured(what) | Self::Local(what) => f.write_str(what.trim_end_matches('.')),
            Self::Refused { status, code, description } => {
                let code = code.as_deref().map_or_else(String::new, |code| format!(", {code}"));
                let description = description.as_deref().unwrap_or("the request is refused").trim_end_matches('.');
                write!(f, "{description} (status {status}{code})")
            }
            Self::NotJson { status, page: Some(Page { title }) } => {
                write!(f, "a web page answered with status {status}, not the token endpoint")?;
                title.iter().try_for_each(|title| write!(f, ": '{title}'"))
            }
            Self::NotJson { status, page: None } => {
                write!(f, "the token endpoint answered with status {status} and without a JSON object")
            }
            Self::NoToken(status) => write!(f, "the answer with status {status} contains no token"),
            Self::NotReachable(error) => f.write_str(error.to_string().trim_end_matches('.')),
            Self::UnusableToken(c) => {
                write!(f, "the token contains a character that cannot be sent: {}", visible::name(*c))
            }
        }
    }
}

impl fmt::Display for AzureCliFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CannotStart(error) => write!(f, "it cannot be started: {}", system_text(error)),
            Self::Silent(limit) => write!(f, "it did not answer within {} s", limit.as_secs()),
            Self::Failed { said, code } if said.is_empty() => match code {
                Some(code) => write!(f, "it ended with exit code {code} and without a message"),
                None => f.write_str("a signal ended it"),
            },
            Self::Failed { said, .. } => f.write_str(said.trim_end_matches('.')),
            Self::NotAToken(start) if start.is_empty() => f.write_str("it printed nothing"),
            Self::NotAToken(start) => write!(f, "it printed something that is not a token: {start}"),
            Self::NoExpiry => f.write_str("its answer has no 'expires_on'. Azure CLI 2.54.0 or newer is needed"),
        }
    }
}
