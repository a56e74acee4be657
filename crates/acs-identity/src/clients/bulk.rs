//! Operations on many users: streams of results, with a limited number of concurrent requests.

use std::pin::Pin;

use azure_core::credentials::AccessToken;
use futures::stream::{self, Stream, StreamExt as _};

use super::{CommunicationIdentityClient, CommunicationIdentityClientExt as _, answer};
use crate::models::{
    CommunicationIdentityClientCreateIdentityOptions, CreateIdentityRequest, IssueAccessTokenRequest, UserId,
};

/// The result for one of many users: the raw id and the result.
pub type BulkResult<T> = (String, azure_core::Result<T>);

/// A stream of results in the order in which the requests finish. Requests are sent only while the stream is polled.
/// Dropping the stream cancels the pending requests.
pub type BulkStream<'a, T> = Pin<Box<dyn Stream<Item = T> + Send + 'a>>;

/// Calls `work` for each user, for at most `concurrency` users at a time.
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
    /// Creates `count` identities, and returns the raw id of each, with its token if the request has scopes.
    ///
    /// Look at each result by itself. A failed request is one item of the stream, and the other requests go on:
    /// `try_collect` would drop the ids that were already created.
    ///
    /// # Arguments
    ///
    /// * `request` - The request, which is the same for each identity.
    /// * `count` - The number of identities.
    /// * `concurrency` - The largest number of concurrent requests; 0 counts as 1. If the service answers 429, all of
    ///   them wait as long as the answer says.
    pub fn create_identities(
        &self,
        request: CreateIdentityRequest,
        count: usize,
        concurrency: usize,
    ) -> BulkStream<'_, azure_core::Result<(UserId, Option<AccessToken>)>> {
        let create = move |_| {
            let request = request.clone();
            async move {
                let with_token = request.create_token_with_scopes.is_some();
                let body = Some(request.try_into()?);
                let options = CommunicationIdentityClientCreateIdentityOptions { body, ..Default::default() };
                let created = self.create_identity(Some(options)).await?;
                match with_token {
                    true => answer::user_with_token(created.body()).map(|(user, token)| (user, Some(token))),
                    false => answer::user(created.body()).map(|user| (user, None)),
                }
            }
        };
        Box::pin(stream::iter(0..count).map(create).buffer_unordered(concurrency.max(1)))
    }

    /// Issues a token for each user.
    ///
    /// # Arguments
    ///
    /// * `users` - The raw ids of the users.
    /// * `request` - The scopes and the lifetime, which are the same for each user.
    /// * `concurrency` - The largest number of concurrent requests; 0 counts as 1. If the service answers 429, all of
    ///   them wait as long as the answer says.
    pub fn issue_access_tokens<'a, I>(
        &'a self,
        users: I,
        request: IssueAccessTokenRequest,
        concurrency: usize,
    ) -> BulkStream<'a, BulkResult<AccessToken>>
    where
        I: IntoIterator<Item: Into<String> + 'a>,
        I::IntoIter: Send + 'a,
    {
        for_each_user(users.into_iter().map(Into::into), concurrency, move |user| {
            let request = request.clone();
            async move {
                let issued = async {
                    let issued = self.issue_access_token(&user, request.try_into()?, None).await?;
                    answer::access_token(issued.body())
                };
                let issued = issued.await;
                (user, issued)
            }
        })
    }

    /// Revokes all tokens of each user.
    ///
    /// # Arguments
    ///
    /// * `users` - The raw ids of the users.
    /// * `concurrency` - The largest number of concurrent requests; 0 counts as 1.
    pub fn revoke_access_tokens_of<'a, I>(&'a self, users: I, concurrency: usize) -> BulkStream<'a, BulkResult<()>>
    where
        I: IntoIterator<Item: Into<String> + 'a>,
        I::IntoIter: Send + 'a,
    {
        for_each_user(users.into_iter().map(Into::into), concurrency, move |user| async move {
            let revoked = self.revoke_tokens(&user).await;
            (user, revoked)
        })
    }

    /// Deletes each user.
    ///
    /// # Arguments
    ///
    /// * `users` - The raw ids of the users.
    /// * `concurrency` - The largest number of concurrent requests; 0 counts as 1.
    pub fn delete_identities<'a, I>(&'a self, users: I, concurrency: usize) -> BulkStream<'a, BulkResult<()>>
    where
        I: IntoIterator<Item: Into<String> + 'a>,
        I::IntoIter: Send + 'a,
    {
        for_each_user(users.into_iter().map(Into::into), concurrency, move |user| async move {
            let deleted = self.delete_user(&user).await;
            (user, deleted)
        })
    }
}
