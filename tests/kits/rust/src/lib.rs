//! The code under test: an app gives its users access tokens for the chat.

mod kept;

pub use kept::Kept;

use acs_identity::models::TokenScope;
use acs_identity::{AccessToken, CommunicationIdentityClient, CommunicationIdentityClientExt as _, UserId};
use azure_core::Result;

/// Gives access tokens to users of the app.
pub struct Tokens(pub CommunicationIdentityClient);

impl Tokens {
    /// Creates an identity for a new user of the app. Returns its id, which the app keeps.
    pub async fn register(&self) -> Result<UserId> {
        self.0.create_user().await
    }

    /// Issues a token for the chat.
    pub async fn for_chat(&self, user: &UserId) -> Result<AccessToken> {
        self.0.get_token(user, &[TokenScope::Chat], None).await
    }

    /// Ends all sessions of a user.
    pub async fn sign_out(&self, user: &UserId) -> Result<()> {
        self.0.revoke_tokens(user).await
    }
}
