//! Tests of certificates and proxies: what the program trusts, how it reaches the service, and its errors.
#![cfg(unix)]

mod authorities;
mod bundles;
mod causes;
mod differential;
mod proxies;
#[path = "../support/mod.rs"]
mod support;
mod tunnels;
mod usages;

use std::path::Path;
use std::process::Command;

use rcgen::CertificateParams;
use rustls::pki_types::CertificateDer;
use support::seen::{Seen, run};
use support::tls::{self, Identity};
use support::{Folder, az};

/// Returns `user create` for that host and port.
fn create(home: &Folder, host: &str, port: u16) -> Command {
    let mut command = az(home);
    command.args(["communication", "user-identity", "user", "create", "--only-show-errors"]);
    let connection = format!("endpoint=https://{host}:{port}/;accesskey=c2VjcmV0");
    command.env("AZURE_COMMUNICATION_CONNECTION_STRING", connection);
    command
}

/// Runs it with that bundle, at a port of localhost.
fn created(home: &Folder, port: u16, bundle: &Path) -> Seen {
    run(create(home, "localhost", port).env("REQUESTS_CA_BUNDLE", bundle)).hiding(bundle.display(), "BUNDLE")
}

/// Runs it with this text as the bundle. The server sends this certificate and the certificates of these issuers.
fn shown(bundle: &str, server: &Identity, issuers: &[&Identity]) -> Seen {
    let home = Folder::new();
    let mut chain: Vec<CertificateDer<'static>> = vec![server.der.clone()];
    chain.extend(issuers.iter().map(|identity| identity.der.clone()));
    let port = tls::serve(tls::config(chain, server.key_der()));
    created(&home, port, &home.write("bundle.pem", bundle))
}

/// Returns `trusted`, or the first line of the error without the part that is always the same.
fn verdict(bundle: &str, server: &Identity, issuers: &[&Identity]) -> String {
    let seen = shown(bundle, server, issuers);
    if seen.code == Some(0) {
        return "trusted".to_owned();
    }
    assert_eq!(seen.code, Some(1), "{seen}");
    let line = seen.stderr.lines().next().unwrap_or_default();
    line.strip_prefix("ERROR: The certificate of localhost cannot be trusted: ").unwrap_or(line).to_owned()
}

/// Returns a self-signed authority with this change.
fn root_with(change: impl FnOnce(&mut CertificateParams)) -> Identity {
    let mut params = tls::authority("The root");
    change(&mut params);
    Identity::own(params)
}

fn root() -> Identity {
    root_with(|_| {})
}

/// Returns a certificate for localhost with this change.
fn server_with(issuer: &Identity, change: impl FnOnce(&mut CertificateParams)) -> Identity {
    let mut params = tls::server(&["localhost"]);
    change(&mut params);
    Identity::by(issuer, params)
}

fn server(issuer: &Identity) -> Identity {
    server_with(issuer, |_| {})
}
