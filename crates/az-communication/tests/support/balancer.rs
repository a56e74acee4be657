//! HAProxy in front of several emulators. It ends TLS, and takes the next emulator for each request.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Child;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use super::emulator::Client;
use super::programs::{Place, ServerFolder, spawn, until};
use super::tls::{Identity, authority, server};

/// The response header with the name of the emulator that was asked: `r0`, `r1` and so on.
pub const ASKED: &str = "x-asked";

/// A balancer that has a port, and does not run yet. Emulators get its URL at their start.
pub struct Port {
    place: Place,
    address: String,
    listener: TcpListener,
}

impl Port {
    pub fn new() -> Self {
        Self::on(&Place::default(), "127.0.0.1")
    }

    pub fn on(place: &Place, address: &str) -> Self {
        Self { place: place.clone(), address: address.to_owned(), listener: place.listen(address) }
    }

    fn number(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    /// Returns the URL for `--public-url`.
    pub fn url(&self) -> String {
        let host = if self.address == "127.0.0.1" { "localhost" } else { &self.address };
        format!("https://{host}:{}", self.number())
    }

    /// Starts HAProxy in front of emulators with these addresses and ports.
    pub fn balance(self, emulators: &[(&str, u16)]) -> Balancer {
        let folder = ServerFolder::new();
        let issuer = Identity::own(authority("the authority of the balancer"));
        let own = Identity::by(&issuer, server(&["localhost", &self.address]));
        let certificate = folder.write("certificate", own.pem.clone() + &own.key.serialize_pem());
        let settings = settings(&certificate, &folder.path().join("steering"), emulators);
        let mut command = self.place.unprivileged("KILL", "haproxy");
        command.args(["-db", "-f"]).arg(folder.write("settings", settings));
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        command.stdout(log.try_clone().unwrap()).stderr(log);
        // It gets the open socket, so that nobody else can take the port.
        command.stdin(OwnedFd::from(self.listener.try_clone().unwrap()));
        let child = spawn(command);
        let balancer = Balancer { folder, child, port: self, authority: issuer, emulators: emulators.len() };
        balancer.wait_for(emulators.len());
        balancer
    }
}

/// The settings that users get.
const SETTINGS: &str = include_str!("../../../../deploy/haproxy.cfg");

/// Returns the same settings for other emulators, with a certificate of the test, and a socket to steer HAProxy.
fn settings(certificate: &Path, steering: &Path, emulators: &[(&str, u16)]) -> String {
    let servers = emulators.iter().enumerate();
    let servers: String =
        servers.map(|(number, (address, port))| format!("  server r{number} {address}:{port}\n")).collect();
    let replacements = [
        ("\nglobal\n", format!("\nglobal\n  stats socket {} level admin mode 600\n", steering.display())),
        ("  bind :10100 ", "  bind fd@0 ".to_owned()),
        ("\"${CERTIFICATE}\"", certificate.display().to_string()),
        ("  default_backend ", format!("  http-after-response set-header {ASKED} %[srv_name]\n  default_backend ")),
        (" inter 500ms ", " inter 200ms ".to_owned()),
        (" resolvers docker init-addr libc,none\n", format!("\n{servers}")),
    ];
    let mut settings = SETTINGS.to_owned();
    for (theirs, ours) in replacements {
        assert_eq!(settings.matches(theirs).count(), 1, "{theirs:?} in deploy/haproxy.cfg");
        settings = settings.replace(theirs, &ours);
    }
    // The emulators and the names of compose.yaml.
    let (settings, _) = settings.split_once("\nresolvers ").unwrap();
    let is_kept = |line: &&str| !line.starts_with("  server emulator-");
    settings.lines().filter(is_kept).map(|line| format!("{line}\n")).collect()
}

/// A running balancer. It ends with the test.
pub struct Balancer {
    folder: ServerFolder,
    child: Child,
    port: Port,
    authority: Identity,
    emulators: usize,
}

impl Balancer {
    pub fn url(&self) -> String {
        self.port.url()
    }

    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Returns the certificate of the authority of its own certificate, in PEM.
    pub fn authority(&self) -> &str {
        &self.authority.pem
    }

    /// Returns a client with a connection of its own, on that machine.
    pub fn client_on(&self, place: &Place) -> Client {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.der.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = builder.with_root_certificates(roots).with_no_client_auth();
        let url = self.url();
        let host = url.strip_prefix("https://").unwrap();
        let name = ServerName::try_from(host.rsplit_once(':').unwrap().0.to_owned()).unwrap();
        let stream = place.connect(&self.port.address, self.port()).unwrap();
        let connection = ClientConnection::new(Arc::new(config), name).unwrap();
        Client::over(StreamOwned::new(connection, stream), host)
    }

    pub fn client(&self) -> Client {
        self.client_on(&Place::default())
    }

    /// Gives an emulator that was started again its new port.
    pub fn moved(&self, number: usize, address: &str, port: u16) {
        self.steer(&format!("set server emulators/r{number} addr {address} port {port}"));
    }

    /// Waits until it takes so many emulators for ready.
    pub fn wait_for(&self, ready: usize) {
        until(format!("{ready} of {} emulators are ready", self.emulators), || {
            let is_up = |line: &&str| line.split(' ').nth(5) == Some("2");
            let state = self.try_steer("show servers state emulators")?;
            (state.lines().filter(is_up).count() == ready).then_some(())
        });
    }

    fn steer(&self, command: &str) -> String {
        self.try_steer(command).expect("HAProxy runs")
    }

    fn try_steer(&self, command: &str) -> Option<String> {
        let mut stream = UnixStream::connect(self.folder.path().join("steering")).ok()?;
        writeln!(stream, "{command}").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
