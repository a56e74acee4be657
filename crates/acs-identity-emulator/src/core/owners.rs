//! Makes the owners over one store and one clock.

use std::sync::Arc;

use time::Duration;

use super::access_keys::AccessKeys;
use super::assignments::Assignments;
use super::copies::Copies;
use super::directory::Directory;
use super::entra::{DeviceLogins, EntraIssuer, TokenVerifier};
use super::exchanges::Exchanges;
use super::front_end::Made;
use super::history::History;
use super::identities::Identities;
use super::introspection::Introspector;
use super::refusal::{Refusal, Refused};
use super::resource::Resource;
use super::secrets::Secrets;
use super::service_time::ServiceTime;
use super::token_signer::TokenSigner;
use super::whole_state::{Take, Transfer};
use crate::config::Config;
use crate::error::Error;
use crate::folder::Folder;
use crate::store::{AccessKeyRow, Caller, Cleared, Store, StoreError, block_on};

/// The service.
pub(crate) struct Core {
    pub(crate) resource: Resource,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) access_keys: Arc<AccessKeys>,
    pub(crate) signer: Arc<TokenSigner>,
    pub(crate) identities: Identities,
    pub(crate) directory: Directory,
    pub(crate) transfer: Transfer,
    pub(crate) assignments: Arc<Assignments>,
    pub(crate) introspector: Introspector,
    pub(crate) exchanges: Exchanges,
    pub(crate) entra_issuer: Arc<EntraIssuer>,
    pub(crate) entra_tokens: Arc<TokenVerifier>,
    pub(crate) device_logins: DeviceLogins,
    pub(crate) service_time: Arc<ServiceTime>,
    pub(crate) store: Arc<Store>,
    pub(crate) history: History,
    pub(super) made_for_front_ends: Made,
    pub(super) copies: Copies,
    /// It is dropped after the store, because the lock on the folder must outlive the open files in it.
    folder: Option<Folder>,
}

impl Core {
    /// Makes the owners. The access keys come from the store.
    pub(super) fn new(
        config: &Config,
        folder: Option<Folder>,
        store: Store,
        access_keys: &[AccessKeyRow; 2],
        resource_id: &str,
    ) -> Result<Self, StoreError> {
        let (store, resource, clock) = (Arc::new(store), Resource::new(resource_id), config.clock.clone());
        let access_keys = Arc::new(AccessKeys::new(Arc::clone(&store), access_keys)?);
        let signer = Arc::new(TokenSigner::new(Arc::clone(&store), Arc::clone(&access_keys)));
        let assignments = Arc::new(Assignments::new(Arc::clone(&store), Arc::clone(&access_keys)));
        let secrets = Arc::new(Secrets::new(Arc::clone(&access_keys), config.control_secret.clone()));
        let entra_issuer = Arc::new(EntraIssuer::new(clock.clone(), Arc::clone(&signer), Arc::clone(&secrets)));
        let entra_tokens =
            TokenVerifier::new(clock.clone(), Arc::clone(&access_keys), Arc::clone(&signer), config.issuers.clone());
        let entra_tokens = Arc::new(entra_tokens);
        let identities = Identities::new(
            Arc::clone(&store),
            clock.clone(),
            Arc::clone(&access_keys),
            Arc::clone(&signer),
            resource.clone(),
            config.revocation_delay.try_into().unwrap_or(Duration::ZERO),
        );
        let directory = Directory::new(Arc::clone(&store), clock.clone(), Arc::clone(&access_keys), resource.clone());
        let service_time = Arc::new(ServiceTime::new(Arc::clone(&store), clock.clone(), Arc::clone(&access_keys)));
        let transfer = Transfer::new(
            Arc::clone(&store),
            Arc::clone(&service_time),
            Arc::clone(&access_keys),
            Arc::clone(&signer),
            resource.clone(),
        );
        let introspector = Introspector::new(
            Arc::clone(&store),
            clock.clone(),
            Arc::clone(&access_keys),
            Arc::clone(&signer),
            resource.clone(),
        );
        let exchanges = Exchanges::new(
            clock.clone(),
            Arc::clone(&access_keys),
            Arc::clone(&signer),
            Arc::clone(&entra_tokens),
            Arc::clone(&assignments),
            resource.clone(),
        );
        let device_logins = DeviceLogins::new(clock, Arc::clone(&entra_issuer));
        Ok(Self {
            resource,
            secrets,
            access_keys,
            signer,
            identities,
            directory,
            transfer,
            assignments,
            introspector,
            exchanges,
            entra_issuer,
            entra_tokens,
            device_logins,
            service_time,
            store,
            history: History::default(),
            made_for_front_ends: Made::default(),
            copies: Copies::default(),
            folder,
        })
    }

    /// Checks whether requests can be served now. Fails with the reason.
    pub(crate) async fn check_ready(&self) -> Refused<()> {
        match self.store.trouble() {
            Some(error) => Err(error.into()),
            None => self.access_keys.heed(self.store.snapshot(None, None).await).await.map(drop),
        }
    }

    /// Returns why nothing can be stored at present.
    pub(crate) fn trouble(&self) -> Option<String> {
        self.store.trouble().map(|error| error.to_string())
    }

    /// Deletes all identities and all assignments, and returns how many there were.
    pub(crate) async fn reset(&self, caller: Caller) -> Refused<Cleared> {
        let cleared = self.access_keys.heed(self.store.reset(caller).await).await?;
        self.made_for_front_ends.forget();
        Ok(cleared)
    }

    /// Exports the whole state when no request runs any more.
    pub(crate) fn export_at_end(&self, take: &mut Take<'_>) -> Result<(), Error> {
        block_on(self.transfer.export(Caller::Entra, take)).map_err(|refusal| {
            Error::Export(match refusal {
                Refusal::Store(error) => error.to_string(),
                Refusal::Fault(cause) => cause,
                _ => "it was refused".to_owned(),
            })
        })
    }

    /// Executes the waiting operations, and refuses later ones.
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
