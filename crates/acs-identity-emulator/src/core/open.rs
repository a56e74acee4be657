//! Opens the core. The decisions of the first start are durable before any request is served.

use std::path::Path;
use std::time::Duration;

use super::first_start::{StartError, compare_public_url, import_signing_keys, keep_access_keys, keep_resource_id};
use super::owners::Core;
use super::seeding;
use super::service_time;
use super::whole_state::{self, StateFile, import_before_start};
use crate::clock::nanos;
use crate::config::{Config, ExportedState, Storage};
use crate::error::Error;
use crate::folder::{self, Beginning, Folder};
use crate::log::Shown;
#[cfg(feature = "postgres")]
use crate::store::postgres::Postgres;
use crate::store::{AccessSlot, Caller, Failure, Replacement, Store, Values, block_on};

/// The longest time that a revocation takes to come into force (docs/service.md, section 7).
const LONGEST_REVOCATION_DELAY: Duration = Duration::from_secs(15 * 60);

/// A core that was opened.
pub(crate) struct OpenedCore {
    pub(crate) core: Core,
    /// Whether the folder was new, or was made by the previous version.
    pub(crate) is_new: bool,
    pub(crate) changes: Changes,
}

/// What an opening has changed, which may not be durable yet.
#[derive(Default)]
#[must_use]
pub(crate) struct Changes(Option<Beginning>);

impl Changes {
    /// Waits until they are durable.
    pub(crate) fn wait(self) -> Result<(), Error> {
        let lines = self.0.map_or_else(|| Ok(Vec::new()), Beginning::wait)?;
        lines.iter().for_each(|words| tracing::warn!("{}", Shown(words)));
        Ok(())
    }

    /// Returns why a start has failed: if the changes failed, too, that is the reason.
    pub(crate) fn reason(self, failed: Error) -> Error {
        self.wait().err().unwrap_or(failed)
    }
}

/// A store that was opened. Its emulator has not started yet.
pub(crate) struct OpenedStore {
    // It is closed before the lock on the folder is released.
    store: Store,
    folder: Option<Folder>,
    import: Option<StateFile>,
    is_new: bool,
    changes: Changes,
}

impl OpenedStore {
    /// Opens the store of a configuration. `ahead` gets the values of a folder that exists, before they are checked.
    pub(crate) fn open(config: &Config, ahead: impl FnOnce(&dyn Values)) -> Result<Self, Error> {
        let now = nanos(config.clock.now());
        // A file that cannot be used is refused before the folder is touched.
        let import = config.import.as_ref().map(|exported| checked(config, exported)).transpose()?;
        seeding::check(config)?;
        let (store, folder, is_new, changes) = match &config.storage {
            Storage::Memory => (Store::in_memory(), None, false, Changes::default()),
            Storage::Folder(path) => {
                let opened = folder::open(path, now, ahead)?;
                opened.lines.iter().for_each(|words| tracing::warn!("{}", Shown(words)));
                (opened.store, Some(opened.folder), opened.is_new, Changes(opened.beginning))
            }
            #[cfg(feature = "postgres")]
            Storage::Postgres(storage) => {
                let (store, _) = Postgres::open(storage).map_err(|error| Error::Store(error.to_string()))?;
                if storage.key.is_none() {
                    tracing::warn!(
                        "the store has no key, so access keys, signing keys and certificates are in clear in the \
                         database. For a new database, give one: --store-key-file FILE"
                    );
                }
                store.set_starting(true);
                // What it holds is durable, so it need not be opened again.
                (Store::Postgres(store), None, false, Changes::default())
            }
        };
        Ok(Self { store, folder, import, is_new, changes })
    }

    /// Stores the decisions of the first start. They are durable when this returns. What was changed in a folder that
    /// exists may not be durable yet.
    pub(crate) fn start(self, config: &Config) -> Result<OpenedCore, Error> {
        if config.revocation_delay > LONGEST_REVOCATION_DELAY {
            return Err(Error::RevocationDelay(config.revocation_delay));
        }
        let Self { store, folder, import, is_new, changes } = self;
        let path = config.storage.folder();
        let failed = match block_on(Core::start(config, folder, store, path, import, is_new)) {
            Ok(core) => return Ok(OpenedCore { core, is_new, changes }),
            Err(StartError::Error(error)) => error,
            Err(StartError::Failure(failure)) => described(path, failure),
        };
        Err(changes.reason(failed))
    }
}

impl Core {
    /// Opens the store, and stores the decisions of the first start. They are durable when this returns.
    pub(crate) fn open(config: &Config) -> Result<Self, Error> {
        let opened = OpenedStore::open(config, |_| ())?.start(config)?;
        opened.changes.wait()?;
        Ok(opened.core)
    }

    /// Opens two cores over one store, as two processes do.
    #[cfg(test)]
    pub(crate) fn open_two(configs: [&Config; 2]) -> [Self; 2] {
        let [one, other] = Store::two_in_memory();
        let start = |config, store| block_on(Self::start(config, None, store, None, None, false)).unwrap();
        [start(configs[0], one), start(configs[1], other)]
    }

    pub(super) async fn start(
        config: &Config,
        // If the start fails, this is dropped after the store, so the folder is locked until the database is closed.
        folder: Option<Folder>,
        store: Store,
        path: Option<&Path>,
        import: Option<StateFile>,
        is_new: bool,
    ) -> Result<Self, StartError> {
        let mut keys = keep_access_keys(config, &store, path).await?;
        let of_seed = config.seed.as_ref().and_then(|seed| Some(seed.resource_id.as_ref()?.0.as_str()));
        let mut resource_id = keep_resource_id(&store, of_seed).await?;
        if let Some(path) = path {
            import_signing_keys(&store, path, &keys).await?;
        }
        if let Some(file) = import {
            if import_before_start(&store, file).await? == Replacement::InUse {
                let why = "the data has identities or assignments already";
                return Err(Error::Import(why.to_owned()).into());
            }
            keys = keep_access_keys(config, &store, path).await?;
            resource_id = keep_resource_id(&store, None).await?;
        }
        compare_public_url(config, &store).await?;
        if let Some(seed) = &config.seed {
            seeding::check_resource(seed, &resource_id)?;
        }
        let is_used = service_time::restore(&store, &config.clock).await?;
        store.settle(nanos(config.clock.now())).await?;
        let core = Self::new(config, folder, store, &keys, &resource_id)?;
        let of_seed = config.seed.as_ref().and_then(|seed| seed.clock);
        if let Some(clock) = of_seed {
            core.service_time.keep(clock).await?;
        }
        match config.clock_time {
            Some(time) => core.service_time.start_at(time).await?,
            // A user may have forgotten that the folder keeps it. A new folder is opened again, and tells it then.
            None if is_used && of_seed.is_none() && !is_new => service_time::tell(&config.clock),
            None => {}
        }
        if let Some(seed) = &config.seed {
            seeding::apply(&core, &config.clock, seed).await?;
        }
        // Most tokens are signed with this key. It is made now, so that the first token does not wait for it.
        let generation = keys[AccessSlot::Primary as usize].generation;
        core.signer.make_key(Caller::Key { slot: AccessSlot::Primary, generation }).await?;
        Ok(core)
    }
}

/// Reads the state to start with.
fn checked(config: &Config, exported: &ExportedState) -> Result<StateFile, Error> {
    let file = whole_state::read(exported.content()).map_err(Error::Import)?;
    match &config.access_key {
        Some(given) if file.primary_key().parse().as_ref() != Ok(given) => {
            Err(Error::Import("its primary access key differs from the given access key".to_owned()))
        }
        _ => Ok(file),
    }
}

/// Returns the error of a start for a failure of the store.
pub(crate) fn described(path: Option<&Path>, failure: Failure) -> Error {
    let why = match failure {
        Failure::Store(error) => error.to_string(),
        Failure::KeyGone => "an access key was replaced meanwhile".to_owned(),
        Failure::Stale => "the data was changed by another process meanwhile".to_owned(),
    };
    match path {
        Some(path) => Error::Folder(path.to_owned(), why),
        None => Error::Store(why),
    }
}
