//! An emulator that is open, but does not serve yet.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use acs_identity_protocol::ConnectionString;
use rustls::ServerConfig;
use time::OffsetDateTime;

use super::ahead::Ahead;
use crate::certificates;
use crate::clock::machine;
use crate::config::{Config, ControlSecret};
use crate::control_secret::{self, OpenedSecret};
use crate::core::{Changes, Core, OpenedCore, OpenedStore, described};
use crate::edge::Dashboard;
use crate::error::Error;
use crate::keys::pki::Pki;
use crate::keys::signing::usable_keys;
use crate::log::Shown;
use crate::store::{AccessSlot, block_on};

/// An emulator that is ready to serve.
pub struct Emulator {
    pub(super) core: Arc<Core>,
    pub(super) config: Config,
    pub(super) tls: Arc<ServerConfig>,
    pub(super) pki: Arc<Pki>,
    ca_certificate: String,
    control_secret_file: Option<PathBuf>,
    pub(super) dashboard: Arc<Dashboard>,
}

/// An emulator that is open. What the opening has changed in its data may not be durable yet.
pub struct Opening {
    emulator: Emulator,
    changes: Changes,
}

impl Opening {
    /// Returns the emulator.
    pub fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// Waits until what was changed is durable.
    ///
    /// # Errors
    ///
    /// Fails when it cannot be stored, such as on a full disk.
    pub fn durable(self) -> Result<Emulator, Error> {
        self.changes.wait()?;
        Ok(self.emulator)
    }
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening").field("emulator", &self.emulator).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Emulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Emulator").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Emulator {
    /// Opens the data. Makes keys and certificates if there are none.
    ///
    /// # Errors
    ///
    /// Fails when the folder cannot be used, is used by another emulator or holds a damaged file, and when the results
    /// of the first start cannot be stored. Nothing is overwritten.
    pub fn open(config: Config) -> Result<Self, Error> {
        Self::begin(config)?.durable()
    }

    /// Opens the data like [`Emulator::open`], and leaves the wait for the disk to the caller, who does other work
    /// meanwhile.
    ///
    /// # Errors
    ///
    /// Fails like [`Emulator::open`].
    pub fn begin(config: Config) -> Result<Opening, Error> {
        check_clock(machine::system())?;
        for issuer in config.issuers.iter().filter(|issuer| usable_keys(&issuer.jwks) == 0) {
            let name = &issuer.issuer;
            let words =
                format_args!("{name} publishes no RSA key for RS256 signatures, so its tokens are not accepted");
            tracing::warn!(issuer = %Shown(name), "{}", Shown(words));
        }
        let mut ahead = Ahead::default();
        let opened = OpenedStore::open(&config, |values| ahead = Ahead::start(&config, values))?;
        let OpenedCore { core, is_new, changes } = opened.start(&config)?;
        match Self::of(config, core, is_new, ahead) {
            Ok(emulator) => Ok(Opening { emulator, changes }),
            Err(error) => Err(changes.reason(error)),
        }
    }

    fn of(mut config: Config, mut core: Core, is_new: bool, ahead: Ahead) -> Result<Self, Error> {
        let parsed = ahead.finish();
        let pki = certificates::open(&config, &core.store, machine::now(), parsed.certificates)?;
        // It was imported, and contains keys.
        config.import = None;
        if is_new {
            // Until the database is closed, the results of the first start are only in the write-ahead log. If that log
            // were lost, the folder would become a different resource. So the database is closed and opened again.
            drop(core);
            core = Core::open(&config)?;
        }
        block_on(core.signer.prepare(parsed.key)).map_err(|failure| described(config.storage.folder(), failure))?;
        let OpenedSecret { secret, file: control_secret_file } = control_secret::open(&config)?;
        core.secrets.add_control(&secret);
        config.control_secret = Some(secret);
        let (tls, ca_certificate) = (pki.server_config()?, pki.ca_certificate());
        core.store.has_started();
        let (core, pki, dashboard) = (Arc::new(core), Arc::new(pki), Arc::default());
        Ok(Self { core, tls, pki, ca_certificate, control_secret_file, dashboard, config })
    }

    /// Returns the certificate of the authority that signs the emulator's certificate, in PEM.
    pub fn ca_certificate(&self) -> &str {
        &self.ca_certificate
    }

    /// Returns the expiry of the certificate that expires first.
    pub fn certificate_not_after(&self) -> OffsetDateTime {
        self.pki.not_after()
    }

    /// Returns the host under which clients reach the emulator.
    pub fn host(&self) -> &str {
        self.config.host()
    }

    /// Returns the endpoint for a port on this machine: a URL without a slash at the end.
    pub fn endpoint(&self, port: u16) -> String {
        self.config.endpoint(port)
    }

    /// Returns the endpoint for clients: the public URL, or the endpoint for that port on this machine. It has no slash
    /// at the end.
    pub fn public_endpoint(&self, port: u16) -> String {
        self.config.public_base().map_or_else(|| self.endpoint(port), str::to_owned)
    }

    /// Returns the connection string for a port on this machine, in the form that every SDK accepts.
    pub fn connection_string(&self, port: u16) -> String {
        self.connection_string_of(&self.endpoint(port))
    }

    /// Returns the connection string with the public endpoint.
    pub fn public_connection_string(&self, port: u16) -> String {
        self.connection_string_of(&self.public_endpoint(port))
    }

    fn connection_string_of(&self, endpoint: &str) -> String {
        ConnectionString::format(endpoint, &self.core.access_keys.get(AccessSlot::Primary))
    }

    /// Returns the client secret with which applications get tokens from the emulator's Entra issuer.
    pub fn client_secret(&self) -> String {
        self.core.access_keys.client_secret()
    }

    /// Returns the secret that authenticates calls of the control API.
    pub fn control_secret(&self) -> &str {
        self.config.control_secret.as_ref().map_or("", ControlSecret::text)
    }

    /// Returns the file with the control secret, if it is in a file.
    pub fn control_secret_file(&self) -> Option<&Path> {
        self.control_secret_file.as_deref()
    }

    /// Returns the value that the managed identity endpoint expects in the header `X-IDENTITY-HEADER`.
    pub fn identity_header(&self) -> String {
        self.core.access_keys.identity_header()
    }
}

/// Refuses a time that certificates or tokens cannot express. It must be after 1970, and the authority's certificate,
/// which is valid for ten years, must end before the year 10000.
fn check_clock(now: SystemTime) -> Result<(), Error> {
    const LATEST: u64 = 253_000_000_000;
    match now.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(since) if since.as_secs() < LATEST => Ok(()),
        _ => Err(Error::Clock),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[cfg(all(feature = "sqlite", unix, not(portable_system)))]
    #[test]
    fn the_decisions_of_the_first_start_are_in_the_database_before_anything_is_served() {
        use std::fs;
        let folder = std::env::temp_dir().join(format!("acs-first-start-{}", std::process::id()));
        let copy = folder.with_extension("copy");
        for path in [&folder, &copy] {
            let _ = fs::remove_dir_all(path);
            fs::create_dir(path).unwrap();
        }
        let emulator = Emulator::open(Config::in_folder(&folder)).unwrap();
        // The copy without the log stands for a killed process whose log was lost.
        fs::copy(folder.join("identities.db"), copy.join("identities.db")).unwrap();
        fs::write(copy.join("lock"), "use-what-is-left").unwrap();
        let after = Emulator::open(Config::in_folder(&copy)).unwrap();
        assert_eq!(after.core.resource.id(), emulator.core.resource.id());
        assert_eq!(after.ca_certificate(), emulator.ca_certificate());
        assert_eq!(after.connection_string(1), emulator.connection_string(1));
        drop((emulator, after));
        for path in [&folder, &copy] {
            let _ = fs::remove_dir_all(path);
        }
    }

    #[test]
    fn a_time_that_certificates_cannot_express_is_refused() {
        let (epoch, second) = (SystemTime::UNIX_EPOCH, Duration::from_secs(1));
        assert!(check_clock(epoch).is_ok() && check_clock(machine::system()).is_ok());
        assert!(matches!(check_clock(epoch - second), Err(Error::Clock)));
        // The first time is in the year 9999, the second one after it.
        assert!(matches!(check_clock(epoch + Duration::from_secs(253_400_000_000)), Err(Error::Clock)));
        assert!(matches!(check_clock(epoch + Duration::from_secs(300_000_000_000)), Err(Error::Clock)));
    }

    #[cfg(feature = "sqlite")]
    #[test]
    fn a_new_authority_takes_the_place_of_one_that_cannot_be_used() {
        let folder = crate::keys::pki::test_folder::Folder::new("earlier-replaced");
        let text = |name: &str| std::fs::read_to_string(folder.0.join(name)).unwrap();
        let config = Config::in_folder(&folder.0);
        drop(Emulator::open(config.clone()).unwrap());
        let former = text("ca.pem");
        folder.write("ca-key.pem", "rubbish");
        certificates::new_authority(&folder.0, &["example.com".into()]).unwrap();
        let ca = text("ca.pem");
        assert_ne!(ca, former);
        assert_eq!(Emulator::open(config).unwrap().ca_certificate(), ca);
        assert!(!folder.0.join("ca-key.pem").exists());
    }
}
