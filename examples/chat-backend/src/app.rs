//! What the app does for a signed-in user. The calls to the service are here.

use std::sync::Arc;
use std::time::Duration;

use acs_identity::models::TokenScope;
use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientExt as _, Timeouts, UserId};
use azure_core::http::StatusCode;

use crate::error::Error;
use crate::slots::{Issued, Slots};
use crate::store::{Store, User};

const SCOPES: [TokenScope; 1] = [TokenScope::Chat];

/// The lifetime of tokens. A token that leaks is of use for an hour at most.
const MINUTES: Option<i32> = Some(60);

/// How long the app waits for the service. A user waits meanwhile, so these limits are shorter than the usual ones.
///
/// The SDK waits after a 429 if the service asks for a second. For a longer time, the browser is told to wait.
pub const TIMEOUTS: Timeouts = Timeouts {
    attempt: Some(Duration::from_secs(3)),
    operation: Some(Duration::from_secs(5)),
    pause: Some(Duration::from_secs(1)),
};

/// The state of the app, which all requests share.
#[derive(Debug, Clone)]
pub struct App {
    pub(crate) store: Store,
    client: Arc<CommunicationIdentityClient>,
    slots: Slots,
}

impl App {
    /// Makes the app from its parts.
    pub fn new(store: Store, client: CommunicationIdentityClient) -> Self {
        Self { store, client: Arc::new(client), slots: Slots::default() }
    }

    /// Returns a token for a user: the cached one, or a new one if it expires soon or was revoked.
    pub(crate) async fn token(&self, name: &str) -> Result<Issued, Error> {
        let mut slot = self.slots.lock(name).await;
        let user = self.store.user(name).await?.ok_or(Error::SignedOut)?;
        let issued = match slot.take().filter(|issued| issued.is_valid_for(&user)) {
            Some(cached) if cached.is_fresh() => cached,
            cached => match (self.issue(&user).await, cached) {
                // The token is valid for a few more minutes.
                (Err(Error::Away | Error::Busy(_)), Some(cached)) => cached,
                (result, _) => result?,
            },
        };
        *slot = Some(issued.clone());
        Ok(issued)
    }

    async fn issue(&self, user: &User) -> Result<Issued, Error> {
        let identity = match &user.identity {
            Some(identity) => identity.clone(),
            None => self.create_identity(&user.name).await?,
        };
        let token = self.client.get_token(&identity, &SCOPES, MINUTES).await?;
        Ok(Issued { identity, revocations: user.revocations, token })
    }

    /// Creates the identity of a user.
    ///
    /// If it is not known whether the service has created one, there is an error, and the user still has none. The next
    /// request creates another: the lost one has no tokens and costs nothing.
    async fn create_identity(&self, name: &str) -> Result<UserId, Error> {
        let created = self.client.create_user().await?;
        match self.store.bind_identity(name, &created).await {
            Ok(true) => return Ok(created),
            // Another instance of the app was faster, or has deleted the user.
            Ok(false) => self.discard(&created).await,
            // It may be bound, so it must not be deleted.
            Err(error) => {
                tracing::error!("the identity {created} may belong to nobody");
                return Err(error.into());
            }
        }
        self.store.user(name).await?.and_then(|user| user.identity).ok_or(Error::SignedOut)
    }

    /// Deletes an identity that nobody knows.
    async fn discard(&self, identity: &UserId) {
        if let Err(error) = self.client.delete_user(identity).await {
            tracing::warn!("the identity {identity} belongs to nobody and was not deleted: {error}");
        }
    }

    /// Revokes the tokens of a user, and ends the session.
    ///
    /// The revocation is first. If it fails, the user is still signed in and can try again.
    pub(crate) async fn sign_out(&self, session: &str, name: &str) -> Result<(), Error> {
        let mut slot = self.slots.lock(name).await;
        let user = self.store.user(name).await?.ok_or(Error::SignedOut)?;
        if let Some(identity) = &user.identity {
            found(self.client.revoke_tokens(identity).await)?;
        }
        *slot = None;
        Ok(self.store.end_session(session, name).await?)
    }

    /// Deletes a user: the identity with all its data and tokens, and then what the app knows.
    pub(crate) async fn delete_account(&self, name: &str) -> Result<(), Error> {
        let mut slot = self.slots.lock(name).await;
        // Another instance of the app may create the identity meanwhile.
        while let Some(user) = self.store.user(name).await? {
            if let Some(identity) = &user.identity {
                found(self.client.delete_user(identity).await)?;
            }
            *slot = None;
            if self.store.delete_user(&user).await? {
                break;
            }
        }
        Ok(())
    }
}

/// Takes an identity that is not there as one that was deleted before: by a call whose answer was lost, for example.
fn found(result: azure_core::Result<()>) -> azure_core::Result<()> {
    match result {
        Err(error) if error.http_status() == Some(StatusCode::NotFound) => Ok(()),
        result => result,
    }
}
