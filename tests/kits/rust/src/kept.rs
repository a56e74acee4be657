//! A token that is kept, and replaced before it expires.

use acs_identity::{AccessToken, UserId};
use azure_core::Result;
use azure_core::time::{Duration, OffsetDateTime};

use crate::Tokens;

/// Keeps the token of a user. It is replaced when less than five minutes are left.
pub struct Kept {
    tokens: Tokens,
    user: UserId,
    now: Box<dyn Fn() -> OffsetDateTime + Send + Sync>,
    token: Option<AccessToken>,
}

impl Kept {
    /// `now` is `OffsetDateTime::now_utc` in the app, and the clock of the emulator in a test.
    pub fn new(tokens: Tokens, user: UserId, now: impl Fn() -> OffsetDateTime + Send + Sync + 'static) -> Self {
        Self { tokens, user, now: Box::new(now), token: None }
    }

    /// Returns the kept token, or a new one.
    pub async fn token(&mut self) -> Result<AccessToken> {
        let soon = (self.now)() + Duration::minutes(5);
        let token = match self.token.take().filter(|token| token.expires_on > soon) {
            Some(token) => token,
            None => self.tokens.for_chat(&self.user).await?,
        };
        Ok(self.token.insert(token).clone())
    }
}
