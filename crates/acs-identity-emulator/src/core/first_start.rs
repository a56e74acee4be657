//! The decisions of the first start, and the data that a start takes over from the previous version.

use std::path::Path;

use acs_identity_protocol::AccessKey;

use super::access_keys::{LACKS_A_KEY, random_key};
use crate::config::Config;
use crate::error::Error;
use crate::files;
use crate::keys::signing::{SigningKey, pkcs8_of_pem};
use crate::log::Shown;
use crate::random;
use crate::store::{AccessKeyRow, AccessSlot, Caller, Failure, SigningSlot, Store, StoreError};

/// The settings.
pub(super) const RESOURCE_ID: &str = "resource_id";
/// Records that both access keys are stored, so that a missing one is noticed later.
pub(super) const KEYS: &str = "keys";
pub(super) const KEPT: &str = "kept";
/// Records whether the access key was given or assumed, if the previous version stored none.
pub(super) const ACCESS_KEY: &str = "access_key";
const ASSUMED: &str = "assumed";
const GIVEN: &str = "given";
/// The public URL of the process that has started last, in a shared store.
const PUBLIC_URL: &str = "public_url";
/// Records that the signing keys of the previous version were looked for.
const SIGNING_KEYS: &str = "signing_keys";

/// The files in which the previous version kept its signing keys.
const FILES: [(SigningSlot, &str); 4] = [
    (SigningSlot::Access(AccessSlot::Primary), "token-key.pem"),
    (SigningSlot::Access(AccessSlot::Secondary), "token-key-secondary.pem"),
    (SigningSlot::Entra, "token-key-entra.pem"),
    (SigningSlot::Issuer, "entra-key.pem"),
];

/// Why a start fails.
#[derive(Debug)]
pub(super) enum StartError {
    Error(Error),
    Failure(Failure),
}

impl From<Error> for StartError {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<Failure> for StartError {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<StoreError> for StartError {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

/// Returns the id of the resource. The first start takes the given one or a random one.
pub(super) async fn keep_resource_id(store: &Store, given: Option<&str>) -> Result<String, StartError> {
    let new = given.map_or_else(random::guid, |given| Ok(given.to_owned())).map_err(Error::from)?;
    let settings = vec![(RESOURCE_ID.to_owned(), new), (KEYS.to_owned(), KEPT.to_owned())];
    Ok(store.keep_settings(settings).await?.swap_remove(0))
}

/// Warns if this process has another public URL than the one of a shared store that has started last: clients would get
/// the URLs of both.
pub(super) async fn compare_public_url(config: &Config, store: &Store) -> Result<(), StartError> {
    if !store.is_shared() {
        return Ok(());
    }
    let own = config.public_base().unwrap_or_default().to_owned();
    let last = store.keep_settings(vec![(PUBLIC_URL.to_owned(), own.clone())]).await?.swap_remove(0);
    if last == own {
        return Ok(());
    }
    let shown = |url: &str| if url.is_empty() { "no public URL".to_owned() } else { format!("the public URL {url}") };
    let words = format!(
        "the last process that started with this database has {}, and this one has {}. Give all of them the same \
         --public-url",
        shown(&last),
        shown(&own)
    );
    tracing::warn!("{}", Shown(words));
    Ok(store.replace_settings(vec![(PUBLIC_URL.to_owned(), own)]).await?)
}

/// Returns the access keys of the store. The first start stores the given primary key, or the well-known one, and a
/// random secondary key. Later starts keep both.
pub(super) async fn keep_access_keys(
    config: &Config,
    store: &Store,
    path: Option<&Path>,
) -> Result<[AccessKeyRow; 2], StartError> {
    // The previous version stored a primary key only after a regeneration, and did not store a given key.
    let is_first = store.setting(RESOURCE_ID).await?.is_none();
    let stored = if is_first { Vec::new() } else { store.access_keys().await? };
    if store.is_shared() && !is_first && stored.len() < AccessSlot::ALL.len() {
        return Err(Error::Store(LACKS_A_KEY.to_owned()).into());
    }
    let is_unknown = !is_first && !stored.iter().any(|row| row.slot == AccessSlot::Primary);
    if is_unknown && config.access_key.is_none() {
        store.replace_settings(vec![(ACCESS_KEY.to_owned(), ASSUMED.to_owned())]).await?;
    }
    let [seed_primary, seed_secondary] = match &config.seed {
        // A folder of the previous version keeps what it had.
        Some(seed) if !is_unknown => seed.keys.clone(),
        _ => [None, None],
    };
    let primary = config.access_key.clone().or(seed_primary.clone()).unwrap_or_else(AccessKey::development);
    let secondary = seed_secondary.clone().map_or_else(random_key, Ok).map_err(Error::from)?;
    let mut rows = store.keep_access_keys(primary.to_base64(), secondary.to_base64()).await?;
    for (row, given) in rows.iter().zip([seed_primary, seed_secondary]) {
        if given.is_some_and(|given| row.key.parse().as_ref() != Ok(&given)) {
            let slot = row.slot.name();
            tracing::info!(slot, "the {slot} access key of the seed is not in force: the data has another one");
        }
    }
    if store.is_shared() && config.access_key.as_ref().is_some_and(|given| rows[0].key.parse().as_ref() != Ok(given)) {
        // Its processes start again at any time with the options of their first start.
        tracing::warn!(
            "the given access key is not in force: the database keeps the primary access key of its first start or of \
             its last regeneration. Leave out the key, or give the one that is in force"
        );
    }
    let Some(path) = path else { return Ok(rows) };
    let standing = &rows[AccessSlot::Primary as usize];
    let is_well_known = standing.key.parse().as_ref() == Ok(&AccessKey::development());
    let is_assumed = is_well_known && store.setting(ACCESS_KEY).await?.as_deref() == Some(ASSUMED);
    match &config.access_key {
        // There are two lines, because the log cuts long ones.
        None if is_assumed => {
            let words = format!(
                "the previous version did not store the access key of {}: the well-known key, which is public, is in use",
                path.display()
            );
            tracing::warn!(folder = %Shown(path.display()), "{}", Shown(words));
            tracing::warn!(
                "start once with --access-key KEY to end these warnings, where KEY is the access key of the folder if it had one, \
                 else the well-known key",
            );
        }
        Some(given) if is_assumed => {
            if *given != AccessKey::development() {
                let (slot, generation) = (standing.slot, standing.generation);
                store.regenerate_key(Caller::Entra, slot, generation, given.to_base64()).await?;
                rows = store.keep_access_keys(primary.to_base64(), secondary.to_base64()).await?;
                tracing::warn!(
                    "the given access key has replaced the well-known one, which was in use because the previous \
                     version stored none; earlier tokens are invalid",
                );
            }
            store.replace_settings(vec![(ACCESS_KEY.to_owned(), GIVEN.to_owned())]).await?;
        }
        Some(given) if standing.key.parse().as_ref() != Ok(given) => {
            return Err(Error::AccessKey(path.to_owned()).into());
        }
        _ => {}
    }
    Ok(rows)
}

/// Imports the signing keys that the previous version kept in files. The files are removed after the keys are in the
/// store, because a key that is replaced later must not remain in a file.
pub(super) async fn import_signing_keys(
    store: &Store,
    folder: &Path,
    keys: &[AccessKeyRow; 2],
) -> Result<(), StartError> {
    if store.setting(SIGNING_KEYS).await?.is_none() {
        for (slot, name) in FILES {
            let path = folder.join(name);
            let Some(pem) = files::read(&path)? else { continue };
            let unusable = || Error::Content(path.clone(), "does not hold an RSA private key in PEM".into());
            let pkcs8 = pkcs8_of_pem(&pem).ok_or_else(unusable)?;
            SigningKey::from_pkcs8(&pkcs8).map_err(|_| unusable())?;
            let generation = match slot {
                SigningSlot::Access(slot) => keys[slot as usize].generation,
                SigningSlot::Entra | SigningSlot::Issuer => 0,
            };
            store.keep_signing_key(slot, generation, pkcs8).await?;
        }
        store.keep_settings(vec![(SIGNING_KEYS.to_owned(), "imported".to_owned())]).await?;
    }
    for (_, name) in FILES {
        let path = folder.join(name);
        if path.symlink_metadata().is_ok() {
            files::remove(&path)?;
            let shown = path.display();
            let words = format_args!("{shown} was removed: signing keys are kept in the database");
            tracing::warn!(file = %Shown(&shown), "{}", Shown(words));
        }
    }
    Ok(())
}
