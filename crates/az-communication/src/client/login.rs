//! Entra tokens without a key: the credentials that `az` users have, one after the other, until one gives a token.

use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, Secret, TokenCredential, TokenRequestOptions};
use azure_core::error::{Error, ErrorKind};
use azure_core::http::{ClientOptions, RetryOptions, Transport as AzureTransport};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, ClientAssertionCredentialOptions, ClientSecretCredential,
    ClientSecretCredentialOptions, Executor, ManagedIdentityCredential, ManagedIdentityCredentialOptions,
    UserAssignedId, WorkloadIdentityCredential, WorkloadIdentityCredentialOptions,
};

use super::transport::Transport;
use super::trust::Trust;
use crate::delegate;
use crate::printer::Printer;

/// Where virtual machines ask for tokens, and how long one that is none takes to find out.
const INSTANCE_METADATA: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)), 80);
const INSTANCE_METADATA_TIMEOUT: Duration = Duration::from_millis(300);

/// Why nobody is signed in: each credential that was tried, and its reason.
#[derive(Debug)]
pub struct LoginError {
    tried: Vec<(&'static str, String)>,
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("No credential gave an Entra token.")?;
        self.tried.iter().try_for_each(|(name, why)| write!(f, "\n  {name}: {why}"))
    }
}

impl std::error::Error for LoginError {}

/// The credential: the first of the chain that works, and then always that one.
pub(super) struct Login {
    printer: Printer,
    chosen: Mutex<Option<Arc<dyn TokenCredential>>>,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").finish_non_exhaustive()
    }
}

type Candidate = Result<Arc<dyn TokenCredential>, String>;

impl Login {
    pub(super) fn new(printer: Printer) -> Self {
        Self { printer, chosen: Mutex::default() }
    }
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn client_options() -> ClientOptions {
    let transport = Arc::new(Transport::new(Trust::from_environment()));
    // No retries: the next credential is the better try.
    ClientOptions {
        transport: Some(AzureTransport::new(transport)),
        retry: RetryOptions::none(),
        ..ClientOptions::default()
    }
}

fn made<T: TokenCredential + 'static>(credential: azure_core::Result<Arc<T>>) -> Candidate {
    credential.map(|credential| credential as Arc<dyn TokenCredential>).map_err(|error| one_line(&error))
}

fn environment() -> Candidate {
    let names = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"];
    let values = names.map(variable);
    let missing: Vec<&str> =
        names.into_iter().zip(&values).filter(|(_, value)| value.is_none()).map(|(n, _)| n).collect();
    let [Some(tenant), Some(client), Some(secret)] = values else {
        return Err(format!("{} {} not set", missing.join(" and "), if missing.len() == 1 { "is" } else { "are" }));
    };
    let options = ClientSecretCredentialOptions { client_options: client_options() };
    made(ClientSecretCredential::new(&tenant, client, Secret::new(secret), Some(options)))
}

fn workload_identity() -> Candidate {
    let Some(file) = variable("AZURE_FEDERATED_TOKEN_FILE") else {
        return Err("AZURE_FEDERATED_TOKEN_FILE is not set".into());
    };
    let credential_options = ClientAssertionCredentialOptions { client_options: client_options() };
    made(WorkloadIdentityCredential::new(Some(WorkloadIdentityCredentialOptions {
        credential_options,
        client_id: variable("AZURE_CLIENT_ID"),
        tenant_id: variable("AZURE_TENANT_ID"),
        token_file_path: Some(PathBuf::from(file)),
    })))
}

fn managed_identity() -> Candidate {
    let announced = ["IDENTITY_ENDPOINT", "MSI_ENDPOINT"].into_iter().any(|name| variable(name).is_some());
    // Elsewhere than in Azure nobody answers there, and waiting for it would take minutes.
    if !announced && TcpStream::connect_timeout(&INSTANCE_METADATA, INSTANCE_METADATA_TIMEOUT).is_err() {
        return Err("this machine has none".into());
    }
    made(ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
        user_assigned_id: variable("AZURE_CLIENT_ID").map(UserAssignedId::ClientId),
        client_options: client_options(),
    })))
}

fn azure_cli() -> Candidate {
    // It asks `az`, and the first one on PATH is us, who would look for the real one in turn.
    if delegate::find().is_none() {
        return Err("the Azure CLI was not found further down PATH".into());
    }
    let options = AzureCliCredentialOptions { executor: Some(Arc::new(Run)), ..AzureCliCredentialOptions::default() };
    made(AzureCliCredential::new(Some(options)))
}

/// Runs a program and waits for it. azure_identity's own choice may want a tokio that does not run here.
#[derive(Debug)]
struct Run;

#[async_trait]
impl Executor for Run {
    async fn run(&self, program: &OsStr, arguments: &[&OsStr]) -> io::Result<Output> {
        Command::new(program).args(arguments).stdin(Stdio::null()).output()
    }
}

/// The first line of an error without what looks like an answer's body.
fn one_line(error: &Error) -> String {
    let text = error.to_string();
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it failed");
    line.trim_end_matches('.').to_owned()
}

#[async_trait]
impl TokenCredential for Login {
    async fn get_token(
        &self,
        scopes: &[&str],
        options: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        let chosen = self.chosen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(credential) = chosen {
            return credential.get_token(scopes, options).await;
        }
        let chain: [(&'static str, fn() -> Candidate); 4] = [
            ("environment", environment),
            ("workload identity", workload_identity),
            ("managed identity", managed_identity),
            ("az login", azure_cli),
        ];
        let mut tried = Vec::new();
        for (name, make) in chain {
            let why = match make() {
                Ok(credential) => match credential.get_token(scopes, None).await {
                    Ok(token) => {
                        self.printer.info(&format!("Authenticated by {name}."));
                        *self.chosen.lock().unwrap_or_else(PoisonError::into_inner) = Some(credential);
                        return Ok(token);
                    }
                    Err(error) => one_line(&error),
                },
                Err(why) => why,
            };
            self.printer.info(&format!("Not authenticated by {name}: {why}."));
            tried.push((name, why));
        }
        Err(Error::new(ErrorKind::Credential, LoginError { tried }))
    }
}
