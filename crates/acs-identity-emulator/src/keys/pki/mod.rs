//! The certificates: an authority with constraints, its server certificate, and optionally the user's own certificate.
//!
//! All stored data is one value, [`StoredCertificates`]. This module does not access the store: it receives the value,
//! and returns the value to store.

mod authority;
mod described;
pub(crate) mod earlier;
mod names;
mod own_certificate;
mod resolver;
mod server_certificate;
pub(crate) mod stored;
mod subject;
mod x509;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::ServerConfig;
use time::{Duration, OffsetDateTime};

use authority::Authority;
use resolver::Resolver;
use server_certificate::ServerCertificate;

pub use authority::ISSUERS;
pub(crate) use described::{DescribedCertificate, Role};
pub(crate) use names::HostName;
pub(crate) use own_certificate::OwnCertificate;
pub(crate) use stored::StoredCertificates;

use crate::error::Error;

/// How long before the authority's expiry warnings start.
const NOTICE: Duration = Duration::days(90);

/// The certificates of a running emulator.
pub(crate) struct Pki {
    authority: Authority,
    names: Vec<HostName>,
    resolver: Arc<Resolver>,
    /// The stored certificates, with the server certificate in force.
    current: Mutex<Current>,
    own: Option<Mutex<OwnCertificate>>,
}

struct Current {
    stored: StoredCertificates,
    server: ServerCertificate,
}

/// The result of [`Pki::load_or_make`].
pub(crate) struct Opened {
    pub(crate) pki: Pki,
    /// The certificates to store before any request is served. `None` if all of them are already stored.
    pub(crate) to_store: Option<StoredCertificates>,
    /// Lines for the log.
    pub(crate) warnings: Vec<String>,
}

/// Makes an authority for reserved names, private addresses and these names, and a server certificate.
pub(crate) fn new_authority(names: &[HostName], now: OffsetDateTime) -> Result<StoredCertificates, Error> {
    let mut stored = authority::make(names, now)?;
    issue(&opened(&stored)?, &mut stored, &names::with_usual(names), now)?;
    Ok(stored)
}

impl Pki {
    /// Uses the stored certificates. Makes an authority if none is stored. The server certificate is made again if it
    /// is damaged, expires soon, is not valid yet, or has other names. The authority is never made again. Warnings name
    /// the command that replaces it.
    ///
    /// # Errors
    ///
    /// Fails when the stored authority is damaged, is not valid at this time, or may not sign for one of the names.
    pub(crate) fn load_or_make(
        stored: Option<StoredCertificates>,
        names: &[HostName],
        now: OffsetDateTime,
        command: &str,
    ) -> Result<Opened, Error> {
        let mut warnings = Vec::new();
        let is_new = stored.is_none();
        let mut stored = match stored {
            Some(stored) => stored,
            None => authority::make(names, now)?,
        };
        let authority = opened(&stored)?;
        let names = names::with_usual(names);
        check(&authority, &names, now)?;
        if authority.intermediate.is_none() {
            warnings.push(format!(
                "the authority of this data folder was made by the previous version and may sign for any name; to \
                 make one that may sign for local names only: {command}"
            ));
        }
        if now + NOTICE > authority.not_after {
            let end = acs_identity_protocol::time::whole_seconds(authority.not_after);
            warnings.push(format!("the authority expires on {end}; to make a new one: {command}"));
        }
        let server = match ServerCertificate::open(&stored.server, &stored.server_key, &authority, now) {
            Ok(server) if server.has_names(&names) && !server.is_due(&authority, now) => Some(server),
            Ok(_) => None,
            Err(problem) => {
                if !is_new {
                    warnings.push(format!("the server certificate {problem}; a new one was made"));
                }
                None
            }
        };
        let (server, to_store) = match server {
            Some(server) => (server, is_new.then(|| stored.clone())),
            None => (issue(&authority, &mut stored, &names, now)?, Some(stored.clone())),
        };
        let resolver = Resolver::new(Arc::clone(&server.key));
        let current = Mutex::new(Current { stored, server });
        Ok(Opened { pki: Self { authority, names, resolver, current, own: None }, to_store, warnings })
    }

    /// Serves the user's own certificate to clients that ask for one of its names.
    pub(crate) fn with_own(mut self, own: OwnCertificate) -> Self {
        self.resolver.put_own(&own.loaded);
        self.own = Some(Mutex::new(own));
        self
    }

    /// Returns whether the user's own certificate covers a name.
    pub(crate) fn own_covers(&self, name: &str) -> bool {
        self.resolver.own_covers(name)
    }

    /// Returns the certificate of the authority, in PEM.
    pub(crate) fn ca_certificate(&self) -> String {
        self.current().stored.root.clone()
    }

    /// Returns the certificates as they are stored.
    pub(crate) fn stored(&self) -> StoredCertificates {
        self.current().stored.clone()
    }

    /// Returns the TLS configuration. It uses certificates that are put in force later, too.
    pub(crate) fn server_config(&self) -> Result<Arc<ServerConfig>, Error> {
        resolver::server_config(Arc::clone(&self.resolver))
    }

    /// Returns the expiry of the certificate in force. If the user's own certificate is used as well, returns the
    /// earlier expiry.
    pub(crate) fn not_after(&self) -> OffsetDateTime {
        let emulators = self.current().server.not_after;
        match &self.own {
            Some(own) => lock(own).loaded.not_after.min(emulators),
            None => emulators,
        }
    }

    /// Returns whether upkeep is needed now: the user's own certificate may have changed, or a certificate expires
    /// soon.
    pub(crate) fn wants_looking_after(&self, now: OffsetDateTime) -> bool {
        self.own.is_some() || self.current().server.is_due(&self.authority, now)
    }

    /// Puts another server certificate in force if the current one expires soon. Returns the certificates to store in
    /// that case.
    ///
    /// # Errors
    ///
    /// Fails when it cannot be made. The current certificate stays in force.
    pub(crate) fn renew_if_due(&self, now: OffsetDateTime) -> Result<Option<StoredCertificates>, Error> {
        let mut current = self.current();
        if !current.server.is_due(&self.authority, now) {
            return Ok(None);
        }
        let mut stored = current.stored.clone();
        let server = issue(&self.authority, &mut stored, &self.names, now)?;
        self.resolver.put_emulators(Arc::clone(&server.key));
        *current = Current { stored: stored.clone(), server };
        Ok(Some(stored))
    }

    /// Reads the user's own certificate again if its files have changed. Returns the expiry of the new certificate, if
    /// there is one.
    ///
    /// # Errors
    ///
    /// Fails when the files cannot be used. The previous certificate stays in force, and the files are read again at
    /// their next change.
    pub(crate) fn reload_if_changed(&self, now: OffsetDateTime) -> Result<Option<OffsetDateTime>, Error> {
        let Some(own) = &self.own else { return Ok(None) };
        let mut own = lock(own);
        if !own.reload_if_changed(now)? {
            return Ok(None);
        }
        self.resolver.put_own(&own.loaded);
        Ok(Some(own.loaded.not_after))
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        lock(&self.current)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn opened(stored: &StoredCertificates) -> Result<Authority, Error> {
    Authority::open(stored)
        .map_err(|damage| Error::Authority(format!("its certificate authority cannot be used: {damage}")))
}

/// Refuses an authority that is not valid at this time, or may not sign for one of the names.
fn check(authority: &Authority, names: &[HostName], now: OffsetDateTime) -> Result<(), Error> {
    let date = acs_identity_protocol::time::whole_seconds;
    if now > authority.not_after {
        return Err(Error::Authority(format!("its certificate authority expired on {}", date(authority.not_after))));
    }
    if now < authority.not_before {
        let from = date(authority.not_before);
        return Err(Error::Authority(format!(
            "its certificate authority is not valid before {from}, and the clock of this machine shows {}",
            date(now)
        )));
    }
    let refused = authority.refuses(names);
    if refused.is_empty() {
        return Ok(());
    }
    let refused: Vec<String> = refused.iter().map(ToString::to_string).collect();
    Err(Error::Names(format!(
        "its certificate authority may not sign for {}. It may sign only for local names, private addresses, and the \
         names that were given at its first start",
        refused.join(", ")
    )))
}

/// Makes a server certificate, and checks it as clients do.
fn issue(
    authority: &Authority,
    stored: &mut StoredCertificates,
    names: &[HostName],
    now: OffsetDateTime,
) -> Result<ServerCertificate, Error> {
    (stored.server, stored.server_key) = authority.issue(names, now)?;
    ServerCertificate::open(&stored.server, &stored.server_key, authority, now).map_err(|problem| {
        Error::Authority(format!("its certificate authority cannot be used: its server certificate {problem}"))
    })
}

#[cfg(test)]
mod peers;
#[cfg(test)]
pub(crate) mod test_folder;
#[cfg(test)]
mod tests;
