//! The code under test: an app gives its users access tokens for the chat.

use acs_identity::CommunicationIdentityClient;
use acs_identity::models::{IssueAccessTokenRequest, TokenScope};
use azure_core::Result;
use azure_core::error::{Error, ErrorKind};

/// Gives access tokens to users of the app.
pub struct Tokens(pub CommunicationIdentityClient);

impl Tokens {
    /// Creates an identity for a new user of the app. Returns its id, which the app keeps.
    pub async fn register(&self) -> Result<String> {
        let created = self.0.create_identity(None).await?;
        created.into_model()?.identity.and_then(|identity| identity.id).ok_or_else(|| missing("id"))
    }

    /// Issues a token for the chat.
    pub async fn for_chat(&self, id: &str) -> Result<String> {
        let request = IssueAccessTokenRequest { scopes: Some(vec![TokenScope::Chat]), ..Default::default() };
        let issued = self.0.issue_access_token(id, request.try_into()?, None).await?.into_model()?;
        issued.token.ok_or_else(|| missing("token"))
    }

    /// Ends all sessions of a user.
    pub async fn sign_out(&self, id: &str) -> Result<()> {
        self.0.revoke_access_tokens(id, None).await.map(drop)
    }
}

fn missing(what: &'static str) -> Error {
    Error::with_message(ErrorKind::DataConversion, format!("The response has no {what}."))
}
