//! Applications that sign in with a secret, a certificate, or a token of another issuer.

use std::path::Path;

use azure_core::credentials::AccessToken;

use crate::files::text_file;
use crate::service::form::form;
use crate::service::login::failure::Reason;
use crate::service::login::variables::variable;
use crate::service::login::{assertion, endpoint};
use crate::transport::send::Transport;

const TENANT: &str = "AZURE_TENANT_ID";
const CLIENT: &str = "AZURE_CLIENT_ID";
const SECRET: &str = "AZURE_CLIENT_SECRET";
const CERTIFICATE: &str = "AZURE_CLIENT_CERTIFICATE_PATH";
const USERNAME: &str = "AZURE_USERNAME";
const FEDERATED_TOKEN: &str = "AZURE_FEDERATED_TOKEN_FILE";

/// The type of the statement with which an application authenticates (RFC 7523).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Returns the variables that are not set.
fn missing(names: &[&'static str]) -> Vec<&'static str> {
    names.iter().copied().filter(|name| variable(name).is_none()).collect()
}

/// Returns the variable that configures the application.
pub(crate) fn configured_by() -> &'static str {
    [SECRET, CERTIFICATE, USERNAME].into_iter().find(|name| variable(name).is_some()).unwrap_or(SECRET)
}

/// Gets a token for the application whose secret or certificate the environment names.
pub(crate) fn environment(transport: &Transport, scope: &str) -> Result<AccessToken, Reason> {
    let configured_by = configured_by();
    let (Some(tenant), Some(client), Some(value)) = (variable(TENANT), variable(CLIENT), variable(configured_by))
    else {
        return Err(Reason::NotSet(missing(&[TENANT, CLIENT, configured_by])));
    };
    let url = endpoint::of_tenant(&tenant)?;
    match configured_by {
        SECRET => {
            let fields = [
                ("client_id", client.as_str()),
                ("client_secret", &value),
                ("grant_type", "client_credentials"),
                ("scope", scope),
            ];
            endpoint::ask(transport, &form(url, &fields), &[&value])
        }
        CERTIFICATE => {
            let assertion = assertion::sign(&value, url.as_str(), &client)?;
            with_assertion(transport, url, &client, &assertion, scope)
        }
        _ => Err(Reason::Misconfigured(
            "AZURE_USERNAME and AZURE_PASSWORD are not supported: applications do not sign in with passwords of \
             users. Set AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH of an application"
                .into(),
        )),
    }
}

/// Gets a token for a Kubernetes workload, whose own token is in a file.
pub(crate) fn workload_identity(transport: &Transport, scope: &str) -> Result<AccessToken, Reason> {
    let names = [FEDERATED_TOKEN, TENANT, CLIENT];
    let [Some(file), Some(tenant), Some(client)] = names.map(variable) else {
        return Err(Reason::NotSet(match variable(FEDERATED_TOKEN) {
            Some(_) => missing(&names),
            None => vec![FEDERATED_TOKEN],
        }));
    };
    let url = endpoint::of_tenant(&tenant)?;
    let unreadable = |why: String| Reason::Misconfigured(format!("{FEDERATED_TOKEN}, {file}, cannot be read: {why}"));
    let bytes =
        text_file::read_or_wait(Path::new(&file), text_file::USUAL).map_err(|fault| unreadable(fault.to_string()))?;
    let assertion = String::from_utf8(bytes).map_err(|_| unreadable("it is not UTF-8".into()))?;
    let assertion = assertion.trim();
    if assertion.is_empty() {
        return Err(unreadable("it is empty".into()));
    }
    with_assertion(transport, url, &client, assertion, scope)
}

fn with_assertion(
    transport: &Transport,
    url: azure_core::http::Url,
    client: &str,
    assertion: &str,
    scope: &str,
) -> Result<AccessToken, Reason> {
    let fields = [
        ("client_assertion", assertion),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_id", client),
        ("grant_type", "client_credentials"),
        ("scope", scope),
    ];
    endpoint::ask(transport, &form(url, &fields), &[assertion])
}
