//! The Entra issuers whose tokens the emulator accepts, and their metadata.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use acs_identity_emulator::TrustedIssuer;
use serde_json::Value as Json;

use crate::report::error::CliError;
use crate::report::printer::Printer;
use crate::service::fetch;

pub(crate) const ENTRA_METADATA: &str =
    "Entra's: https://login.microsoftonline.com/TENANT/v2.0/.well-known/openid-configuration";

/// The timeout for an issuer's metadata, and the timeout for its keys.
const ISSUER_TIMEOUT: Duration = Duration::from_secs(10);

/// Checks whether a text names an application. With an issuer of several tenants, it must include the tenant.
pub(crate) fn is_admin(text: &str, any_tenant: bool) -> bool {
    match text.split_once('/') {
        Some((tenant, client)) => !tenant.is_empty() && !client.is_empty() && !client.contains('/'),
        None => !any_tenant,
    }
}

/// Downloads a document of an issuer. A start waits for it, so it has a timeout.
pub(crate) fn fetch(url: &str, printer: Printer) -> Result<Json, CliError> {
    let (answer, wanted) = mpsc::channel();
    let asked = url.to_owned();
    thread::spawn(move || answer.send(fetch::fetch_json(&asked, printer)));
    wanted.recv_timeout(ISSUER_TIMEOUT).unwrap_or_else(|_| {
        let (url, seconds) = (fetch::without_user(url), ISSUER_TIMEOUT.as_secs());
        Err(CliError::new(format!("{url} cannot be read: it did not respond within {seconds} s.")).hint(ENTRA_METADATA))
    })
}

/// Reads an issuer's metadata and keys.
pub(crate) fn trusted_issuer(url: &str, printer: Printer) -> Result<TrustedIssuer, CliError> {
    let metadata = fetch(url, printer)?;
    let member = |name: &str| {
        metadata.get(name).and_then(Json::as_str).map(str::to_owned).ok_or_else(|| {
            CliError::new(format!("{url} is not OpenID metadata: the member {name} is missing.")).hint(ENTRA_METADATA)
        })
    };
    Ok(TrustedIssuer { issuer: member("issuer")?, jwks: fetch(&member("jwks_uri")?, printer)? })
}
