//! Many at once: streams of results, so many requests at a time.

use std::pin::Pin;

use azure_core::http::NoFormat;
use azure_core::http::Response;
use futures::stream::{self, Stream, StreamExt as _};

use crate::models::{
    AccessToken, CommunicationIdentityClientCreateIdentityOptions, CreateIdentityRequest, CreateIdentityResult,
    IssueAccessTokenRequest,
};
use crate::{CommunicationIdentityClient, CommunicationIdentityClientExt as _};

/// What came of one of many: the user's raw id, and the result for that user.
pub type BulkResult<T> = (String, azure_core::Result<T>);

/// A stream of what came of each one, in the order in which they ended. Nothing is sent before it is polled; dropping it
/// ends what is under way.
pub type BulkStream<'a, T> = Pin<Box<dyn Stream<Item = T> + Send + 'a>>;

/// Does something for each user, so many at a time.
fn for_each_user<'a, T: 'a, F>(
    users: impl Iterator<Item = String> + Send + 'a,
    concurrency: usize,
    work: impl Fn(String) -> F + Send + 'a,
) -> BulkStream<'a, BulkResult<T>>
where
    F: Future<Output = BulkResult<T>> + Send + 'a,
{
    Box::pin(stream::iter(users).map(work).buffer_unordered(concurrency.max(1)))
}

impl CommunicationIdentityClient {
    /// Creates so many identities, with a token each where the request has scopes.
    ///
    /// # Arguments
    ///
    /// * `request` - The request, the same for each.
    /// * `count` - How many.
    /// * `concurrency` - How many requests are under way at most, at least one. Where the service answers 429, all of
    ///   them wait as long as it says.
    pub fn create_identities(
        &self,
        request: CreateIdentityRequest,
        count: usize,
        concurrency: usize,
    ) -> BulkStream<'_, azure_core::Result<CreateIdentityResult>> {
        let create = move |_| {
            let request = request.clone();
            async move {
                let body = Some(request.try_into()?);
                let options = CommunicationIdentityClientCreateIdentityOptions { body, ..Default::default() };
                self.create_identity(Some(options)).await?.into_model()
            }
        };
        Box::pin(stream::iter(0..count).map(create).buffer_unordered(concurrency.max(1)))
    }

    /// Issues a token for each of these users.
    ///
    /// # Arguments
    ///
    /// * `users` - Their raw ids.
    /// * `request` - The scopes and the lifetime, the same for each.
    /// * `concurrency` - How many requests are under way at most, at least one. Where the service answers 429, all of
    ///   them wait as long as it says.
    pub fn issue_access_tokens<'a, I>(
        &'a self,
        users: I,
        request: IssueAccessTokenRequest,
        concurrency: usize,
    ) -> BulkStream<'a, BulkResult<AccessToken>>
    where
        I: IntoIterator<Item = String>,
        I::IntoIter: Send + 'a,
    {
        for_each_user(users.into_iter(), concurrency, move |user| {
            let request = request.clone();
            async move {
                let issued = async { self.issue_access_token(&user, request.try_into()?, None).await?.into_model() };
                let issued = issued.await;
                (user, issued)
            }
        })
    }

    /// Revokes all tokens of each of these users.
    ///
    /// # Arguments
    ///
    /// * `users` - Their raw ids.
    /// * `concurrency` - How many requests are under way at most, at least one.
    pub fn revoke_access_tokens_of<'a, I>(
        &'a self,
        users: I,
        concurrency: usize,
    ) -> BulkStream<'a, BulkResult<Response<(), NoFormat>>>
    where
        I: IntoIterator<Item = String>,
        I::IntoIter: Send + 'a,
    {
        for_each_user(users.into_iter(), concurrency, move |user| async move {
            let revoked = self.revoke_tokens(&user).await;
            (user, revoked)
        })
    }

    /// Deletes each of these users.
    ///
    /// # Arguments
    ///
    /// * `users` - Their raw ids.
    /// * `concurrency` - How many requests are under way at most, at least one.
    pub fn delete_identities<'a, I>(
        &'a self,
        users: I,
        concurrency: usize,
    ) -> BulkStream<'a, BulkResult<Response<(), NoFormat>>>
    where
        I: IntoIterator<Item = String>,
        I::IntoIter: Send + 'a,
    {
        for_each_user(users.into_iter(), concurrency, move |user| async move {
            let deleted = self.delete_user(&user).await;
            (user, deleted)
        })
    }
}
