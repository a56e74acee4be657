//! Streams of many requests.

use acs_identity::UserId;
use acs_identity::models::{CreateIdentityRequest, TokenScope};
use futures::StreamExt as _;

use crate::recorder::Recorder;

const CREATED: &str =
    r#"{"identity":{"id":"8:acs:a_b"},"accessToken":{"token":"t","expiresOn":"2030-01-01T00:00:00Z"}}"#;

#[tokio::test]
async fn e7_a_failure_among_many_creations_is_one_item_and_the_others_are_kept() {
    let refused = r#"{"error":{"code":"Denied","message":"No."}}"#;
    let recorder = Recorder::default().answer(201, CREATED).answer(401, refused).answer(201, CREATED);
    let client = recorder.client();
    let request =
        CreateIdentityRequest { create_token_with_scopes: Some(vec![TokenScope::Chat]), ..Default::default() };
    let results: Vec<_> = client.create_identities(request, 3, 1).collect().await;
    let (made, failed): (Vec<_>, Vec<_>) = results.into_iter().partition(Result::is_ok);
    let made: Vec<UserId> = made.into_iter().flatten().map(|(user, token)| token.map(|_| user).unwrap()).collect();
    assert_eq!(made.len(), 2);
    assert_eq!(failed[0].as_ref().unwrap_err().to_string(), "401 Denied: No.");
}

#[tokio::test]
async fn m3_an_identity_without_a_token_is_one_without_a_token() {
    let recorder = Recorder::default().answer(201, r#"{"identity":{"id":"8:acs:a_b"}}"#).answer(201, "{}");
    let client = recorder.client();
    let mut results = client.create_identities(CreateIdentityRequest::default(), 2, 1);
    let (user, token) = results.next().await.unwrap().unwrap();
    assert_eq!((user.as_str(), token.is_none()), ("8:acs:a_b", true));
    assert!(results.next().await.unwrap().is_err(), "an answer without an id");
}

#[tokio::test]
async fn users_of_bulk_operations_are_ids_or_texts() -> azure_core::Result<()> {
    let recorder = Recorder::default().answer(204, "").answer(204, "").answer(204, "");
    let client = recorder.client();
    let user: UserId = "8:acs:a_b".parse()?;
    for (name, result) in client.revoke_access_tokens_of([user.clone()], 1).collect::<Vec<_>>().await {
        assert!(result.is_ok() && name == *user);
    }
    assert!(client.delete_identities(["8:acs:a_b"], 1).all(|(_, result)| async move { result.is_ok() }).await);
    assert!(client.delete_identities(vec![user.to_string()], 1).all(|(_, done)| async move { done.is_ok() }).await);
    assert_eq!(recorder.sent().len(), 3);
    Ok(())
}
