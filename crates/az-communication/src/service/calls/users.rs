//! Requests that create, show and delete identities.

use acs_identity::models::{CommunicationIdentityClientCreateIdentityOptions, CreateIdentityRequest};
use pyjmespath::Value;

use super::Service;
use crate::service::answer::{Issued, string_at, token_scopes};
use crate::service::failure::{Asked, Failure};
use crate::service::sending::dot_segments::for_sdk;
use crate::transport::http::block_on::block_on;
use crate::transport::resend::Creation;

impl Service {
    /// Creates an identity and returns its raw id.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn create_user(&self) -> Result<String, Failure> {
        let user = self.create(None, Asked::NewUser, |body| string_at(body, &["identity", "id"]))?;
        match self.created.is_new(&user, None) {
            true => Ok(user),
            false => Err(self.created_before(&user)),
        }
    }

    /// Creates or finds the identity with a user-defined name, and returns the answer of the service.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn create_named_user(&self, custom_id: &str) -> Result<Value, Failure> {
        let request = CreateIdentityRequest { custom_id: Some(custom_id.to_owned()), ..Default::default() };
        self.create(Some(request), Asked::Nothing, |body| {
            body.get("identity").cloned().ok_or_else(|| "it has no 'identity'".into())
        })
    }

    /// Returns the description of an identity.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn show_user(&self, user: &str) -> Result<Value, Failure> {
        let result = block_on(self.client.get_identity(&for_sdk(user), None));
        self.read(result, Asked::User(user.to_owned()), |body| Ok(body.clone()))
    }

    /// Deletes an identity.
    ///
    /// # Errors
    ///
    /// When the service refuses or cannot be reached.
    pub fn delete_user(&self, user: &str) -> Result<(), Failure> {
        let result = block_on(self.client.delete_identity(&for_sdk(user), None));
        result.map(drop).map_err(|error| self.fail(error, Asked::User(user.to_owned())))
    }

    /// Creates an identity and a token for it.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn create_user_and_token(&self, scopes: &[String], minutes: Option<i32>) -> Result<Issued, Failure> {
        self.create_and_issue(None, scopes, minutes)
    }

    /// Creates or finds the identity with a user-defined name, and creates a token for it.
    ///
    /// # Errors
    ///
    /// When the service refuses, cannot be reached, or gives an unexpected response.
    pub fn create_named_user_and_token(
        &self,
        custom_id: &str,
        scopes: &[String],
        minutes: Option<i32>,
    ) -> Result<Issued, Failure> {
        self.create_and_issue(Some(custom_id.to_owned()), scopes, minutes)
    }

    fn create_and_issue(
        &self,
        custom_id: Option<String>,
        scopes: &[String],
        minutes: Option<i32>,
    ) -> Result<Issued, Failure> {
        let request = CreateIdentityRequest {
            create_token_with_scopes: Some(token_scopes(scopes)),
            expires_in_minutes: minutes,
            custom_id,
        };
        let name = request.custom_id.clone();
        let issued = self.create(Some(request), Asked::NewUser, |body| {
            Ok(Issued {
                user: string_at(body, &["identity", "id"])?,
                token: string_at(body, &["accessToken", "token"])?,
                expires_on: string_at(body, &["accessToken", "expiresOn"])?,
            })
        })?;
        if !self.created.is_new(&issued.user, name.as_deref()) {
            return Err(self.created_before(&issued.user));
        }
        self.belonging(issued, Asked::NewUser)
    }

    /// Creates the failure of a creation whose answer contains an identity that was created before. This is the answer
    /// to another request.
    fn created_before(&self, user: &str) -> Failure {
        self.mixed_up(format!("its user, {user}, was created before, by another request"), Asked::NewUser)
    }

    fn create<T>(
        &self,
        request: Option<CreateIdentityRequest>,
        asked: Asked,
        read: impl FnOnce(&Value) -> Result<T, String>,
    ) -> Result<T, Failure> {
        let creation = Creation::new(self.repeats_creations);
        // With a user-defined name, a repeated request finds the user that an earlier attempt has created.
        let is_named = request.as_ref().is_some_and(|request| request.custom_id.is_some());
        let body = request.map(TryInto::try_into).transpose();
        let result = body.and_then(|body| {
            let mut options = CommunicationIdentityClientCreateIdentityOptions { body, ..Default::default() };
            if is_named {
                options.method_options.context.insert(self.repeats.clone());
            } else {
                options.method_options.context.insert(creation.clone());
            }
            block_on(self.client.create_identity(Some(options)))
        });
        let lost = creation.lost();
        let result = self.read(result, asked, read).map_err(|failure| failure.after(lost));
        if result.is_ok() && lost > 0 {
            let others =
                if lost == 1 { "Another identity".to_owned() } else { format!("Up to {lost} other identities") };
            let ids = if lost == 1 { "its id was" } else { "their ids were" };
            self.printer.warning(&format!(
                "The request was sent {} times, because a gateway had no answer. {others} may have been created, but \
                 {ids} lost.",
                lost + 1
            ));
        }
        result
    }
}
