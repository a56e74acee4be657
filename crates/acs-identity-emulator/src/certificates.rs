//! The certificates of a data folder: read, stored, kept in force while the emulator runs, replaced when somebody asks for it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use acs_identity_protocol::time::whole_seconds;
use time::OffsetDateTime;
use tokio::sync::watch;

use crate::config::Config;
use crate::core::nanos;
use crate::error::Error;
use crate::folder;
use crate::keys::pki::{self, HostName, OwnCertificate, Pki, StoredCertificates, earlier, stored};
use crate::log;


/// How often one's own certificate and the end of the emulator's are looked at.
const UPKEEP: Duration = Duration::from_secs(2);

/// Opens the certificates of the folder, or makes some in memory.
pub(crate) fn open(config: &Config, now: OffsetDateTime) -> Result<Pki, Error> {
    let own = match &config.certificate {
        Some((certificate, key)) => Some(OwnCertificate::open(certificate, key, now)?),
        None => None,
    };
    let mut names = parse(config.hostnames.iter().chain([&config.host]))?;
    // The authority need not sign for what one's own certificate names.
    names.retain(|name| !own.as_ref().is_some_and(|own| own.covers(name)));
    let folder = config.storage.folder();
    let stored = match folder {
        Some(folder) => read(folder)?,
        None => None,
    };
    let opened = Pki::load_or_make(stored, &names, now, &command(folder))?;
    if let Some(folder) = folder {
        if let Some(to_store) = &opened.to_store {
            stored::save(folder, to_store)?;
        }
        stored::write_copy(folder, &opened.pki.ca_certificate())?;
        earlier::remove(folder, &opened.pki.stored())?;
    }
    for warning in &opened.warnings {
        log::warn(warning);
    }
    Ok(match own {
        Some(own) => opened.pki.with_own(own),
        None => opened.pki,
    })
}

/// The command that makes a new authority for that folder.
fn command(folder: Option<&Path>) -> String {
    let folder = folder.map_or_else(String::new, |folder| format!(" --data-dir '{}'", folder.display()));
    format!("az communication emulator new-authority{folder}")
}

fn parse<'a>(names: impl Iterator<Item = &'a String>) -> Result<Vec<HostName>, Error> {
    names.map(|name| HostName::parse(name).map_err(|problem| Error::HostName(name.clone(), problem))).collect()
}

/// What is stored, else what the version before has left.
fn read(folder: &Path) -> Result<Option<StoredCertificates>, Error> {
    if let Some(stored) = stored::load(folder)? {
        return Ok(Some(stored));
    }
    let imported = earlier::import(folder)?;
    if let Some(imported) = &imported {
        stored::save(folder, imported)?;
        log::info("the certificates of the version before were taken over");
    }
    Ok(imported)
}

/// Replaces the authority of a data folder, because somebody asks for it: trust stores that have the former one need the new
/// one. It may sign for local names, private addresses and these names.
///
/// # Errors
///
/// When the folder cannot be used or is in use, or a name is not one.
pub fn new_authority(folder: &Path, hostnames: &[String]) -> Result<(), Error> {
    let names = parse(hostnames.iter())?;
    // Held, so that no emulator runs meanwhile.
    let opened = folder::open(folder, nanos(OffsetDateTime::now_utc()))?;
    // Where the former one can be read, its files go as they would at a start. Where it cannot, that is why it is replaced.
    if let Ok(Some(former)) = read(folder) {
        earlier::remove(folder, &former)?;
    }
    let made = pki::new_authority(&names, OffsetDateTime::now_utc())?;
    stored::save(folder, &made)?;
    stored::write_copy(folder, &made.root)?;
    earlier::discard(folder)?;
    if opened.store.close() {
        opened.folder.closed();
    }
    Ok(())
}

/// Keeps certificates in force until the emulator ends: the emulator's is renewed, one's own is read again.
pub(crate) async fn keep_up(pki: Arc<Pki>, folder: Option<PathBuf>, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = tokio::time::sleep(UPKEEP) => {}
            _ = stopped.changed() => return,
        }
        let now = OffsetDateTime::now_utc();
        match pki.reload_if_changed(now) {
            Ok(Some(end)) => {
                log::info(&format!("one's own certificate was read again; it ends on {}", whole_seconds(end)));
            }
            Ok(None) => {}
            Err(error) => log::warn(&format!("one's own certificate stays the one of before: {error}")),
        }
        let renewed = match pki.renew_if_due(now) {
            Ok(Some(renewed)) => renewed,
            Ok(None) => continue,
            Err(error) => {
                log::warn(&format!("the server's certificate was not renewed: {error}"));
                continue;
            }
        };
        log::info(&format!("the server's certificate was renewed; it ends on {}", whole_seconds(pki.not_after())));
        // Where it is not stored, the next start makes another one.
        if let Some(Err(error)) = folder.as_deref().map(|folder| stored::save(folder, &renewed)) {
            log::warn(&format!("the renewed certificate was not stored: {error}"));
        }
    }
}
