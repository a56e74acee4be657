//! The start: what is decided at the first one is durable before anything is served.

use std::path::{Path, PathBuf};
use std::sync::Mutex;

use acs_identity_protocol::AccessKey;
use aws_lc_rs::rand::{SecureRandom as _, SystemRandom};
use time::Duration;
use tokio::sync::Semaphore;

use super::access_keys::{AccessKeys, random_key};
use super::signing_keys::SigningKeys;
use super::{Core, nanos};
use crate::config::{Config, Storage};
use crate::error::Error;
use crate::folder::{self, Folder, files};
use crate::keys::signing::{SigningKey, pkcs8_of_pem};
use crate::store::{AccessKeyRow, AccessSlot, Caller, Failure, SigningSlot, Store, StoreError, block_on};

/// The settings.
const RESOURCE_ID: &str = "resource_id";
/// That both access keys are there, so that one which is missing later is noticed.
const KEYS: &str = "keys";
/// Whether the access key was given, where the version before kept none.
const ACCESS_KEY: &str = "access_key";
const ASSUMED: &str = "assumed";
const GIVEN: &str = "given";
/// That the signing keys of the version before were looked for.
const SIGNING_KEYS: &str = "signing_keys";

/// The files in which the version before kept its signing keys.
const FILES: [(SigningSlot, &str); 4] = [
    (SigningSlot::Access(AccessSlot::Primary), "token-key.pem"),
    (SigningSlot::Access(AccessSlot::Secondary), "token-key-secondary.pem"),
    (SigningSlot::Entra, "token-key-entra.pem"),
    (SigningSlot::Issuer, "entra-key.pem"),
];

impl Core {
    /// Opens the store, and stores what is chosen at the first start. All of that is durable when this returns.
    pub(crate) fn open(config: &Config) -> Result<Self, Error> {
        let now = nanos(config.clock.now());
        let (store, folder, is_new) = match &config.storage {
            Storage::Memory => (Store::in_memory(), None, false),
            Storage::Folder(path) => {
                let opened = folder::open(path, now)?;
                opened.lines.iter().for_each(|line| crate::log::warn(line));
                (opened.store, Some(opened.folder), opened.is_new)
            }
        };
        let path = config.storage.folder();
        match block_on(Self::start(config, folder, store, path, now)) {
            Ok(mut core) => {
                core.is_new = is_new;
                Ok(core)
            }
            Err(Stop::Error(error)) => Err(error),
            Err(Stop::Failure(failure)) => Err(described(path, failure)),
        }
    }

    pub(super) async fn start(
        config: &Config,
        // Dropped after the store, if the start fails.
        folder: Option<Folder>,
        store: Store,
        path: Option<&Path>,
        now: i64,
    ) -> Result<Self, Stop> {
        let random = SystemRandom::new();
        let keys = keep_access_keys(config, &store, path, &random).await?;
        let settings = vec![(RESOURCE_ID.to_owned(), new_resource_id(&random)?), (KEYS.to_owned(), "kept".to_owned())];
        let resource_id = store.keep_settings(settings).await?.swap_remove(0);
        if let Some(path) = path {
            import_signing_keys(&store, path, &keys).await?;
        }
        store.settle(now).await?;
        let core = Self {
            store,
            folder,
            is_new: false,
            resource_id,
            signing_keys: SigningKeys::default(),
            signers: Semaphore::new(std::thread::available_parallelism().map_or(1, usize::from)),
            access_keys: AccessKeys::new(&keys)?,
            issuers: config.issuers.clone(),
            revocation_delay: config.revocation_delay.try_into().unwrap_or(Duration::ZERO),
            device_codes: Mutex::default(),
            foreign_audiences: Mutex::default(),
            clock: config.clock.clone(),
            random,
        };
        // The key of most tokens, so that the first of them need not wait for it.
        let [primary, _] = core.access_keys.generations();
        core.signing_key(SigningSlot::Access(AccessSlot::Primary), primary).await?;
        Ok(core)
    }

    /// Carries out what waits, and nothing that comes later.
    pub(crate) fn close(&self) {
        let whole = self.store.close();
        if let Some(folder) = self.folder.as_ref().filter(|_| whole) {
            folder.closed();
        }
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        self.close();
    }
}

/// Why a start ends.
#[derive(Debug)]
pub(super) enum Stop {
    Error(Error),
    Failure(Failure),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failure(error.into())
    }
}

/// Why the store did not do what a start needs.
pub(crate) fn described(path: Option<&Path>, failure: Failure) -> Error {
    let path = path.map_or_else(PathBuf::new, Path::to_owned);
    Error::Folder(
        path,
        match failure {
            Failure::Store(error) => error.to_string(),
            Failure::KeyGone => "an access key was replaced meanwhile".to_owned(),
        },
    )
}

/// The access keys of the store. At the first start: the primary one that is given, else the well-known one, and a random
/// secondary one. A folder keeps its keys.
async fn keep_access_keys(
    config: &Config,
    store: &Store,
    path: Option<&Path>,
    random: &SystemRandom,
) -> Result<[AccessKeyRow; 2], Stop> {
    // The version before kept a primary key that was regenerated, and none that it was given.
    let is_unknown = store.setting(RESOURCE_ID)?.is_some()
        && !store.access_keys()?.iter().any(|row| row.slot == AccessSlot::Primary);
    if is_unknown && config.access_key.is_none() {
        store.replace_settings(vec![(ACCESS_KEY.to_owned(), ASSUMED.to_owned())]).await?;
    }
    let primary = config.access_key.clone().unwrap_or_else(AccessKey::development);
    let secondary = random_key(random).ok_or_else(|| Error::Crypto("no random numbers".into()))?;
    let mut rows = store.keep_access_keys(primary.to_base64(), secondary.to_base64()).await?;
    let Some(path) = path else { return Ok(rows) };
    let standing = &rows[AccessSlot::Primary as usize];
    let is_well_known = standing.key.parse().as_ref() == Ok(&AccessKey::development());
    let is_assumed = is_well_known && store.setting(ACCESS_KEY)?.as_deref() == Some(ASSUMED);
    match &config.access_key {
        // Two lines, because long ones are cut.
        None if is_assumed => {
            crate::log::warn(&format!(
                "the version before did not keep the access key of {}: the well-known key, which everybody knows, is in force",
                path.display()
            ));
            crate::log::warn(
                "if the folder had a key of its own, start once with --access-key KEY; if it had not, start once with the \
                 well-known key as KEY, and these warnings end",
            );
        }
        Some(given) if is_assumed => {
            if *given != AccessKey::development() {
                let (slot, generation) = (standing.slot, standing.generation);
                store.regenerate_key(Caller::Entra, slot, generation, given.to_base64()).await?;
                rows = store.keep_access_keys(primary.to_base64(), secondary.to_base64()).await?;
                crate::log::warn(
                    "the access key that was given has taken the place of the well-known one, which was in force because the \
                     version before kept none; tokens of before are void",
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

/// Takes the signing keys over that the version before kept in files. They are removed when they are safe in the store, so
/// that a key which is replaced later does not live on in a file.
async fn import_signing_keys(store: &Store, folder: &Path, keys: &[AccessKeyRow; 2]) -> Result<(), Stop> {
    if store.setting(SIGNING_KEYS)?.is_none() {
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
            crate::log::warn(&format!("{} was removed: signing keys are kept in the database", path.display()));
        }
    }
    Ok(())
}

fn new_resource_id(random: &SystemRandom) -> Result<String, Error> {
    let mut bytes = [0_u8; 16];
    random.fill(&mut bytes).map_err(|_| Error::Crypto("no random numbers".into()))?;
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]))
}
