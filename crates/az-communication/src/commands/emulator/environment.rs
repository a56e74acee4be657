//! The environment of the command that `emulator run` runs.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use acs_identity_emulator::Emulator;

/// For this tenant, Microsoft's authentication libraries do not ask login.microsoftonline.com whether the authority is one
/// of Microsoft's. Offline, and for an authority of our own, they would fail.
const TENANT: &str = "adfs";

/// The application that the command is.
const CLIENT: &str = "00000000-0000-0000-0000-000000000002";

/// Adds what a client of the emulator needs.
pub(super) fn of_child(command: &mut Command, emulator: &Emulator, port: u16, ca_certificate: &Path, bundle: &Path) {
    command
        .env("AZURE_COMMUNICATION_CONNECTION_STRING", emulator.connection_string(port))
        .env("AZURE_COMMUNICATION_ENDPOINT", format!("https://localhost:{port}"))
        .envs(keyless(emulator, port))
        .env("REQUESTS_CA_BUNDLE", bundle)
        .env("SSL_CERT_FILE", bundle)
        .env("CURL_CA_BUNDLE", bundle)
        .env("NODE_EXTRA_CA_CERTS", ca_certificate)
        .env("NO_PROXY", no_proxy("NO_PROXY"))
        .env("no_proxy", no_proxy("no_proxy"));
    if let Some(path) = path_with_own_folder() {
        command.env("PATH", path);
    }
}

/// What code without a key looks for: a managed identity, an application's secret, and who vouches for them.
fn keyless(emulator: &Emulator, port: u16) -> [(&'static str, String); 7] {
    [
        ("IDENTITY_ENDPOINT", format!("http://localhost:{port}/msi/token")),
        ("IDENTITY_HEADER", emulator.identity_header().to_owned()),
        ("AZURE_POD_IDENTITY_AUTHORITY_HOST", format!("http://localhost:{port}")),
        ("AZURE_AUTHORITY_HOST", format!("https://localhost:{port}")),
        ("AZURE_TENANT_ID", TENANT.to_owned()),
        ("AZURE_CLIENT_ID", CLIENT.to_owned()),
        ("AZURE_CLIENT_SECRET", emulator.client_secret().to_owned()),
    ]
}

/// The command finds this very program as `az`.
fn path_with_own_folder() -> Option<OsString> {
    let own: PathBuf = env::current_exe().ok()?.parent()?.to_owned();
    let path = env::var_os("PATH").unwrap_or_default();
    env::join_paths(std::iter::once(own).chain(env::split_paths(&path))).ok()
}

/// No proxy can reach the emulator.
fn no_proxy(name: &str) -> String {
    let own = "localhost,127.0.0.1,::1";
    match env::var(name).ok().filter(|list| !list.is_empty()) {
        Some(list) => format!("{list},{own}"),
        None => own.to_owned(),
    }
}
