//! What the emulator's commands share: options with their variables, listeners, files of one run, stdout.

use std::env;
use std::fs;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use acs_identity_emulator::{Config, Emulator, TrustedIssuer};
use acs_identity_protocol::connection_string::DEVELOPMENT_PORT;
use serde_json::Value as Json;
use tokio::net::{TcpListener, TcpSocket};

use super::Invocation;
use super::duration::parse_duration;
use crate::cli::table::{Argument, Arity};
use crate::client;
use crate::config::parse_bool;
use crate::error::{CliError, system_text};

pub(super) const ACCESS_KEY: Argument = Argument::new(
    &["--access-key"],
    "Access key in base64 instead of the well-known one. Environment variable: AZURE_COMMUNICATION_EMULATOR_ACCESS_KEY.",
)
.extension();

pub(super) const LOG_REQUESTS: Argument = Argument::new(
    &["--log-requests"],
    "Log a line for each request. Environment variable: AZURE_COMMUNICATION_EMULATOR_LOG_REQUESTS.",
)
.arity(Arity::Flag)
.extension();

pub(super) const STRICT_API_VERSION: Argument = Argument::new(
    &["--strict-api-version"],
    "Refuse api-versions that are newer than all known ones. Environment variable: \
     AZURE_COMMUNICATION_EMULATOR_STRICT_API_VERSION.",
)
.arity(Arity::Flag)
.extension();

pub(super) const REVOCATION_DELAY: Argument = Argument::new(
    &["--revocation-delay"],
    "How long a revocation takes to come into force, up to 15m. Environment variable: \
     AZURE_COMMUNICATION_EMULATOR_REVOCATION_DELAY.",
)
.default("0s")
.extension();

pub(super) const THROTTLE: Argument = Argument::new(
    &["--throttle"],
    "Enforce the rate limits of the documentation. Environment variable: AZURE_COMMUNICATION_EMULATOR_THROTTLE.",
)
.arity(Arity::Flag)
.extension();

pub(super) const ENTRA_ISSUER: Argument = Argument::new(
    &["--entra-issuer"],
    "OpenID metadata URLs of issuers whose tokens are accepted for management beside the emulator's own. Environment \
     variable: AZURE_COMMUNICATION_EMULATOR_ENTRA_ISSUER.",
)
.arity(Arity::Many)
.extension();

/// The longest time that the service takes to revoke (docs/service.md, section 7), in seconds.
const MAX_REVOCATION_DELAY: u64 = 15 * 60;

/// The variable that stands in for an option of the emulator.
pub(super) fn variable(key: &str) -> String {
    let name = key.trim_start_matches('-').replace('-', "_").to_ascii_uppercase();
    format!("AZURE_COMMUNICATION_EMULATOR_{name}")
}

/// The value of an option: given, else of its variable.
pub(super) fn option(invocation: &Invocation<'_>, key: &str) -> Option<String> {
    let given = invocation.arguments.get(key).map(str::to_owned);
    given.or_else(|| env::var(variable(key)).ok().filter(|value| !value.is_empty()))
}

/// Whether a flag is given, or its variable says yes.
pub(super) fn flag(invocation: &Invocation<'_>, key: &str) -> bool {
    invocation.arguments.has(key) || env::var(variable(key)).is_ok_and(|value| parse_bool(&value) == Some(true))
}

/// Applies the options that all ways of running the emulator have.
pub(super) fn configure(invocation: &Invocation<'_>, mut config: Config) -> Result<Config, CliError> {
    if let Some(key) = option(invocation, "--access-key") {
        let parsed = key.parse().map_err(|_| {
            CliError::new("--access-key is not valid base64.").hint("Make one: openssl rand -base64 64 | tr -d '\\n'")
        })?;
        config.access_key = Some(parsed);
    }
    config.strict_api_version = flag(invocation, "--strict-api-version");
    config.log_requests = flag(invocation, "--log-requests");
    config.throttle = flag(invocation, "--throttle");
    if let Some(text) = option(invocation, "--revocation-delay") {
        let seconds = parse_duration(&text).and_then(|seconds| u64::try_from(seconds).ok());
        let seconds = seconds
            .filter(|seconds| *seconds <= MAX_REVOCATION_DELAY)
            .ok_or_else(|| CliError::new(format!("--revocation-delay is no duration from 0s to 15m: '{text}'.")))?;
        config.revocation_delay = Duration::from_secs(seconds);
    }
    let urls = match invocation.arguments.has("--entra-issuer") {
        true => invocation.arguments.list("--entra-issuer").to_vec(),
        false => option(invocation, "--entra-issuer")
            .map(|text| text.split_whitespace().map(str::to_owned).collect())
            .unwrap_or_default(),
    };
    for url in urls {
        config.issuers.push(trusted_issuer(&url)?);
    }
    Ok(config)
}

/// Reads an issuer's metadata and keys.
fn trusted_issuer(url: &str) -> Result<TrustedIssuer, CliError> {
    let metadata = client::fetch_json(url)?;
    let member = |name: &str| {
        metadata.get(name).and_then(Json::as_str).map(str::to_owned).ok_or_else(|| {
            CliError::new(format!("{url} is no OpenID metadata: it has no {name}."))
                .hint("Entra's: https://login.microsoftonline.com/TENANT/v2.0/.well-known/openid-configuration")
        })
    };
    Ok(TrustedIssuer { issuer: member("issuer")?, jwks: client::fetch_json(&member("jwks_uri")?)? })
}

/// Opens the emulator, in words for the person at the terminal.
pub(super) fn open(config: Config) -> Result<Emulator, CliError> {
    Emulator::open(config).map_err(|error| {
        let described = CliError::new(format!("The emulator cannot start: {error}."));
        match error {
            acs_identity_emulator::Error::InUse(_) => {
                described.hint("Stop the other one, or give this one a folder of its own (--data-dir), or --in-memory.")
            }
            _ => described,
        }
    })
}

/// How many connections may wait to be accepted. The usual 1,024 overflow in a burst, and then clients wait for seconds.
const BACKLOG: u32 = 4096;

fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Listens on both loopback addresses, or on the given host. Port 0 takes a free port, the same on both.
pub(super) async fn listen(host: Option<&str>, port: u16) -> Result<Vec<TcpListener>, CliError> {
    let fail = |error: std::io::Error, address: String| {
        CliError::new(format!("Cannot listen on {address}: {}.", system_text(&error)))
            .hint("Is an emulator running already? Choose another port: --port NUMBER, or --port 0 for any free one.")
    };
    if let Some(host) = host {
        let addresses = (host, port).to_socket_addrs().map_err(|error| fail(error, format!("{host}:{port}")))?;
        let mut listeners: Vec<TcpListener> = Vec::new();
        for mut address in addresses {
            if let Some(first) = listeners.first().and_then(|listener| listener.local_addr().ok()) {
                address.set_port(first.port());
            }
            listeners.push(bind(address).map_err(|error| fail(error, address.to_string()))?);
        }
        return Ok(listeners);
    }
    for attempt in 0.. {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let v4 = bind(address).map_err(|error| fail(error, address.to_string()))?;
        let taken = v4.local_addr().map_or(port, |address| address.port());
        let address = SocketAddr::from((Ipv6Addr::LOCALHOST, taken));
        match bind(address) {
            Ok(v6) => return Ok(vec![v4, v6]),
            // Somebody else has that free port on the other address: another one.
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && port == 0 && attempt < 16 => {}
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                return Err(fail(error, address.to_string()));
            }
            // A machine without IPv6.
            Err(_) => return Ok(vec![v4]),
        }
    }
    unreachable!("the loop ends by returning")
}

/// The default port, or that of the option.
pub(super) fn port(invocation: &Invocation<'_>) -> Result<u16, CliError> {
    let Some(text) = option(invocation, "--port") else {
        return Ok(DEVELOPMENT_PORT);
    };
    text.parse().map_err(|_| CliError::new(format!("--port is not a number from 0 to 65535: '{text}'.")))
}

/// A runtime for the emulator.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        // A signature takes as long as hundreds of other tasks: the network is looked at in between.
        .event_interval(4)
        .enable_all()
        .build()
        .map_err(|error| CliError::new(format!("The emulator cannot start: {error}.")))
}

/// Takes as many connections as the system lets us: the usual soft limit of 1,024 files is for programs that use `select`.
pub(super) fn raise_file_limit() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut limit = getrlimit(Resource::Nofile);
        limit.current = limit.maximum;
        // Where it is refused, more connections wait for others to end.
        let _ = setrlimit(Resource::Nofile, limit);
    }
}

/// A folder for the files of one run, for its owner only; gone when the run ends.
pub(super) struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    pub(super) fn new() -> Result<Self, CliError> {
        let parent = env::temp_dir();
        let fail = |error: std::io::Error| CliError::new(format!("{} cannot be used: {error}.", parent.display()));
        for attempt in 0..1000 {
            let path = parent.join(format!("az-communication-emulator-{}-{attempt}", std::process::id()));
            let mut builder = fs::DirBuilder::new();
            #[cfg(unix)]
            {
                use std::os::unix::fs::DirBuilderExt as _;
                builder.mode(0o700);
            }
            match builder.create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(fail(error)),
            }
        }
        Err(fail(std::io::ErrorKind::AlreadyExists.into()))
    }

    /// Writes a file into it.
    pub(super) fn write(&self, name: &str, content: &[u8]) -> Result<PathBuf, CliError> {
        let path = self.0.join(name);
        fs::write(&path, content)
            .map_err(|error| CliError::new(format!("{} cannot be written: {error}.", path.display())))?;
        Ok(path)
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Where systems keep the bundle of their roots.
const SYSTEM_BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// The roots that are trusted now, as PEM, and ours.
pub(super) fn bundle_with(ca_certificate: &str) -> Vec<u8> {
    let named = client::BUNDLE_VARIABLES.iter().filter_map(env::var_os);
    let files = named.map(PathBuf::from).chain(SYSTEM_BUNDLES.iter().map(PathBuf::from));
    let mut bundle = files.filter_map(|path| read_bundle(&path)).next().unwrap_or_else(machine_roots);
    if !bundle.ends_with(b"\n") {
        bundle.push(b'\n');
    }
    bundle.extend_from_slice(ca_certificate.as_bytes());
    bundle
}

fn read_bundle(path: &Path) -> Option<Vec<u8>> {
    fs::read(path).ok().filter(|bytes| !bytes.is_empty())
}

/// The roots of a machine that has no bundle file.
fn machine_roots() -> Vec<u8> {
    use base64::Engine as _;
    let mut pem = String::new();
    for certificate in rustls_native_certs::load_native_certs().certs {
        let encoded = base64::engine::general_purpose::STANDARD.encode(&certificate);
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in encoded.as_bytes().chunks(64) {
            pem.push_str(&String::from_utf8_lossy(line));
            pem.push('\n');
        }
        pem.push_str("-----END CERTIFICATE-----\n");
    }
    pem.into_bytes()
}
