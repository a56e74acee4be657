//! The certificates of a data folder: they are read, stored, kept valid while the emulator runs, and replaced on
//! request.

#[cfg(test)]
mod earlier_tests;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use acs_identity_protocol::time::whole_seconds;
use time::OffsetDateTime;
use tokio::sync::watch;

use crate::clock::{machine, nanos};
use crate::config::Config;
use crate::core::{Core, described, elsewhere};
use crate::error::Error;
use crate::folder::{self, DATABASE_FILE};
use crate::keys::pki::{self, HostName, Opened, OwnCertificate, Pki, StoredCertificates, earlier, stored};
use crate::log::Shown;
use crate::store::{Failure, Store, StoreError, block_on};

/// How often the user's own certificate and the expiry of the emulator's certificate are checked.
const UPKEEP: Duration = Duration::from_secs(2);

/// The name of the setting in the store that holds the certificates.
pub(crate) const SETTING: &str = "certificates";

/// Certificates that were parsed before the store was read, and the stored value that they were parsed from.
pub(crate) struct Parsed {
    stored: StoredCertificates,
    opened: Opened,
}

/// Parses the certificates of a setting. Returns `None` if they cannot be used, or if the user has a certificate.
pub(crate) fn parse(config: &Config, setting: &str, now: OffsetDateTime) -> Option<Parsed> {
    if config.certificate.is_some() {
        return None;
    }
    let stored = StoredCertificates::parse(setting)?;
    let opened = Pki::load_or_make(Some(stored.clone()), &names_of(config).ok()?, now, &command(config)).ok()?;
    Some(Parsed { stored, opened })
}

/// Opens the certificates of the store. If it has none, makes and stores them. `parsed` is used if it is from the same
/// stored value.
pub(crate) fn open(config: &Config, store: &Store, now: OffsetDateTime, parsed: Option<Parsed>) -> Result<Pki, Error> {
    let own = match &config.certificate {
        Some((certificate, key)) => Some(OwnCertificate::open(certificate, key, now)?),
        None => None,
    };
    if let Some(warning) = own.as_ref().and_then(OwnCertificate::warning) {
        tracing::warn!("{}", Shown(warning));
    }
    let mut names = names_of(config)?;
    // The authority need not sign for names that the user's own certificate covers.
    names.retain(|name| !own.as_ref().is_some_and(|own| own.covers(name)));
    let folder = config.storage.folder();
    let stored = block_on(read(store, folder))?;
    let is_new = stored.is_none();
    let mut opened = match parsed {
        Some(parsed) if stored.as_ref() == Some(&parsed.stored) => parsed.opened,
        _ => Pki::load_or_make(stored, &names, now, &command(config))?,
    };
    if is_new
        && store.is_shared()
        && let Some(made) = opened.to_store.take()
    {
        let kept = block_on(keep(store, &made)).map_err(|failure| described(folder, failure))?;
        if kept != made {
            // Another process was first. All of them have one authority.
            opened = Pki::load_or_make(Some(kept), &names, now, &command(config))?;
        }
    }
    if let Some(to_store) = &opened.to_store {
        block_on(save(store, to_store)).map_err(|failure| described(folder, failure))?;
    }
    if let Some(folder) = folder {
        stored::write_copy(folder, &opened.pki.ca_certificate())?;
        earlier::remove(folder, &opened.pki.stored())?;
    }
    for warning in &opened.warnings {
        tracing::warn!("{}", Shown(warning));
    }
    Ok(match own {
        Some(own) => opened.pki.with_own(own),
        None => opened.pki,
    })
}

/// Returns the reason why no certificate can name a host, or `None` if one can.
pub fn host_name_problem(host: &str) -> Option<&'static str> {
    HostName::parse(host).err()
}

/// Returns the command line that makes a new authority for the folder.
fn command(config: &Config) -> String {
    let folder = config.storage.folder();
    let folder = folder.map_or_else(String::new, |folder| format!(" --data-dir '{}'", folder.display()));
    format!("{}{folder}", config.new_authority_command)
}

/// Returns the names that the server certificate must have.
fn names_of(config: &Config) -> Result<Vec<HostName>, Error> {
    parse_names(config.hostnames.iter().map(String::as_str).chain([config.host()]))
}

fn parse_names<'a>(names: impl Iterator<Item = &'a str>) -> Result<Vec<HostName>, Error> {
    names.map(|name| HostName::parse(name).map_err(|problem| Error::HostName(name.to_owned(), problem))).collect()
}

/// Returns the stored certificates, or the certificates that the previous version left as files.
async fn read(store: &Store, folder: Option<&Path>) -> Result<Option<StoredCertificates>, Error> {
    if let Some(text) = store.setting(SETTING).await.map_err(|failure| described(folder, failure))? {
        let unreadable = || Error::Authority("the certificates in its database are damaged".into());
        return StoredCertificates::parse(&text).map(Some).ok_or_else(unreadable);
    }
    let Some(folder) = folder else { return Ok(None) };
    let imported = earlier::import(folder)?;
    if let Some(imported) = &imported {
        save(store, imported).await.map_err(|failure| described(Some(folder), failure))?;
        tracing::info!("the certificates of the previous version were taken over");
    }
    Ok(imported)
}

/// Stores certificates durably.
async fn save(store: &Store, certificates: &StoredCertificates) -> Result<(), Failure> {
    store.replace_settings(vec![(SETTING.to_owned(), certificates.to_text())]).await
}

/// Replaces the authority of a data folder on request of the user. Trust stores with the old authority then need the
/// new one. The new authority may sign for local names, private addresses and these names.
///
/// # Errors
///
/// Fails when the folder cannot be used, when it is in use, or when a name is not valid.
pub fn new_authority(folder: &Path, hostnames: &[String]) -> Result<(), Error> {
    let names = parse_names(hostnames.iter().map(String::as_str))?;
    if folder.join(DATABASE_FILE).symlink_metadata().is_err() {
        let what = format!(
            "it does not contain {DATABASE_FILE}: the first start of an emulator makes the authority of its folder"
        );
        return Err(Error::Folder(folder.to_owned(), what));
    }
    let made = pki::new_authority(&names, machine::now())?;
    // This keeps the folder locked, so that no emulator can start meanwhile.
    let mut opened = folder::open(folder, nanos(machine::now()), |_| ())?;
    opened.wait()?;
    // If the old certificates can be read, their files are removed as at a start. If they cannot be read, replacing
    // them is the purpose of this call.
    if let Ok(Some(former)) = block_on(read(&opened.store, Some(folder))) {
        earlier::remove(folder, &former)?;
    }
    block_on(save(&opened.store, &made)).map_err(|failure| described(Some(folder), failure))?;
    stored::write_copy(folder, &made.root)?;
    earlier::discard(folder)?;
    if opened.store.close() {
        opened.folder.closed();
    }
    Ok(())
}

/// Stores certificates durably, unless there are some. Returns the stored ones.
async fn keep(store: &Store, certificates: &StoredCertificates) -> Result<StoredCertificates, Failure> {
    let kept = store.keep_settings(vec![(SETTING.to_owned(), certificates.to_text())]).await?;
    let kept = kept.first().and_then(|text| StoredCertificates::parse(text));
    kept.ok_or_else(|| StoreError::Damaged { what: "the certificates cannot be read".to_owned() }.into())
}

/// Keeps certificates valid until the emulator ends: renews the emulator's certificate, and reads the user's own
/// certificate again.
pub(crate) async fn keep_up(pki: Arc<Pki>, core: Arc<Core>, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            _ = machine::sleep(UPKEEP) => {}
            _ = stopped.changed() => return,
        }
        if !pki.wants_looking_after(machine::now()) {
            continue;
        }
        let Some(renewed) = elsewhere("certificates", &pki, look_after).await.flatten() else { continue };
        // If the renewed certificate cannot be stored, the next start makes another one.
        if let Err(failure) = save(&core.store, &renewed).await {
            let error = described(None, failure);
            tracing::warn!(error = %Shown(&error), "{}", Shown(format_args!("the renewed certificate was not stored: {error}")));
        }
    }
}

/// Puts new certificates in force where needed. If the emulator's certificate was renewed, returns the certificates to
/// store.
fn look_after(pki: &Pki) -> Option<StoredCertificates> {
    let now = machine::now();
    match pki.reload_if_changed(now) {
        Ok(Some(end)) => {
            let end = whole_seconds(end);
            tracing::info!(end, "--certificate: the certificate was read again; it expires on {end}");
        }
        Ok(None) => {}
        Err(error) => {
            let words = format_args!("--certificate: the previous certificate stays in use: {error}");
            tracing::warn!(error = %Shown(&error), "{}", Shown(words));
        }
    }
    match pki.renew_if_due(now) {
        Ok(Some(renewed)) => {
            let end = whole_seconds(pki.not_after());
            tracing::info!(end, "the server certificate was renewed; it expires on {end}");
            Some(renewed)
        }
        Ok(None) => None,
        Err(error) => {
            let words = format_args!("the server certificate was not renewed: {error}");
            tracing::warn!(error = %Shown(&error), "{}", Shown(words));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_that_start_at_once_on_one_store_have_one_authority() {
        let [one, other] = Store::two_in_memory();
        let made = || pki::new_authority(&[], machine::now()).unwrap();
        let (first, second) = (made(), made());
        assert_ne!(first.root, second.root);
        assert_eq!(block_on(keep(&one, &first)).unwrap().root, first.root);
        assert_eq!(block_on(keep(&other, &second)).unwrap().root, first.root);
        let opened = open(&Config::in_memory(), &other, machine::now(), None).unwrap();
        assert_eq!(opened.ca_certificate(), first.root);
    }

    #[test]
    fn certificates_are_checked_on_a_thread_that_serves_no_requests() {
        let config = Config::in_memory();
        let pki = Arc::new(open(&config, &Store::in_memory(), machine::now(), None).unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let here = std::thread::current().id();
        let there = runtime.block_on(elsewhere("certificates", &pki, |_| std::thread::current().id()));
        assert!(there.is_some_and(|there| there != here));
    }
}
