//! All operations, streams and credentials of the client.

use std::collections::BTreeMap;

use acs_identity::models::{
    CreateIdentityRequest, EntraAssignmentRequest, ErrorBody, IssueAccessTokenRequest, PrincipalType,
    TeamsExtensionAssignmentRequest, TokenScope,
};
use acs_identity::{CommunicationIdentityClientExt as _, UserId};
use azure_core::http::StatusCode;
use futures::{StreamExt as _, TryStreamExt as _};

use crate::world::{APP, OBJECT, TENANT, World};

#[tokio::test]
async fn a_user_gets_tokens_until_it_is_deleted() -> azure_core::Result<()> {
    let world = World::shared();
    let client = world.client("2025-03-02-preview");
    let (user, token) = client.create_user_and_token(&[TokenScope::Chat], Some(60)).await?;
    let left = token.expires_on - azure_core::time::OffsetDateTime::now_utc();
    assert!((58..=60).contains(&left.whole_minutes()), "{left}");
    assert!(client.get_identity(&user, None).await?.into_model()?.last_token_issued_at.is_some());
    assert!(client.get_token(&user, &[TokenScope::VoIP], None).await?.token.secret().starts_with("ey"));
    client.revoke_tokens(&user).await?;
    client.delete_user(&user).await?;
    let error = client.get_token(&user, &[TokenScope::VoIP], None).await.unwrap_err();
    assert_eq!(error.http_status(), Some(StatusCode::NotFound));
    assert_eq!(ErrorBody::try_from(error)?.error.code, "IdentityNotFound");
    // An error without a body of the service is returned unchanged.
    let error = client.delete_identity("", None).await.unwrap_err();
    assert!(ErrorBody::try_from(error).is_err_and(|error| error.to_string().contains("id cannot be empty")));
    Ok(())
}

#[tokio::test]
async fn each_of_many_requests_has_its_own_result() -> azure_core::Result<()> {
    let world = World::shared();
    let client = world.client("2025-06-30");
    let created: Vec<_> = client.create_identities(CreateIdentityRequest::default(), 25, 8).try_collect().await?;
    let users: Vec<UserId> = created.into_iter().map(|(user, token)| token.map_or(user, |_| panic!())).collect();
    assert_eq!(users.len(), 25);
    let request = IssueAccessTokenRequest { scopes: Some(vec![TokenScope::Chat]), expires_in_minutes: Some(60) };
    let mut listed: Vec<String> = users.iter().map(ToString::to_string).collect();
    listed.push(format!("8:acs:{TENANT}_{OBJECT}"));
    let issued: Vec<_> = client.issue_access_tokens(listed, request, 8).collect().await;
    let (good, bad): (Vec<_>, Vec<_>) = issued.into_iter().partition(|(_, result)| result.is_ok());
    assert_eq!((good.len(), bad.len()), (25, 1));
    assert!(bad[0].0.ends_with(OBJECT));
    assert!(client.revoke_access_tokens_of(users.clone(), 8).all(|(_, result)| async move { result.is_ok() }).await);
    assert!(client.delete_identities(users.clone(), 8).all(|(_, result)| async move { result.is_ok() }).await);
    let again: Vec<_> = client.delete_identities(users, 8).collect().await;
    assert!(again.iter().all(|(_, result)| result.is_err()));
    Ok(())
}

#[tokio::test]
async fn a_teams_extension_user_is_exchanged_while_it_has_an_assignment() -> azure_core::Result<()> {
    let world = World::shared();
    let client = world.client("2025-06-30");
    // The emulator signs in this user for every device code.
    let object = TENANT;
    let body = TeamsExtensionAssignmentRequest {
        principal_type: Some(PrincipalType::User),
        client_ids: Some(vec![APP.into()]),
    };
    let made = client.create_or_replace_teams_extension_assignment(TENANT, object, body.try_into()?, None).await?;
    assert_eq!(made.status(), StatusCode::Created);
    let got = client.get_teams_extension_assignment(TENANT, object, None).await?.into_model()?;
    assert_eq!(got.client_ids, Some(vec![APP.to_owned()]));
    let token = world.entra_token("https://auth.msft.communication.azure.com/TeamsExtension.ManageCalls").await;
    let exchanged = client.exchange_teams_extension_access_token(&token, None).await?.into_model()?;
    assert!(exchanged.access_token.is_some());
    client.delete_teams_extension_assignment(TENANT, object, None).await?;
    let refused = client.exchange_teams_extension_access_token(&token, None).await.unwrap_err();
    assert_eq!(refused.http_status(), Some(StatusCode::Forbidden));
    assert!(client.get_teams_extension_assignment("", object, None).await.is_err());
    Ok(())
}

#[tokio::test]
async fn an_entra_user_with_an_assignment_is_exchanged_and_all_assignments_are_listed() -> azure_core::Result<()> {
    let world = World::start();
    let client = world.client("2025-03-02-preview");
    let assignment = || EntraAssignmentRequest {
        tenant_id: Some(TENANT.into()),
        principal_type: Some(PrincipalType::User),
        client_ids: Some(vec![APP.into()]),
    };
    client.create_or_replace_entra_assignment(TENANT, assignment().try_into()?, None).await?;
    let patch = BTreeMap::from([(OBJECT.to_owned(), Some(assignment())), (APP.to_owned(), None)]);
    assert_eq!(client.update_entra_assignments(&patch, None).await?.into_model()?.value.len(), 1);
    let all: Vec<_> = client.list_entra_assignments(None)?.try_collect().await?;
    assert_eq!(all.len(), 2);
    let token = world.entra_token("https://communication.azure.com/clients/Chat").await;
    let exchanged = client.exchange_entra_access_token(&token, None).await?.into_model()?;
    assert!(exchanged.identity.and_then(|identity| identity.id).is_some_and(|id| id.contains("_wf_")));
    assert_eq!(client.get_entra_assignment(OBJECT, None).await?.into_model()?.tenant_id.as_deref(), Some(TENANT));
    client.delete_entra_assignment(OBJECT, None).await?;
    client.delete_entra_assignment(TENANT, None).await?;
    assert_eq!(client.list_entra_assignments(None)?.try_collect::<Vec<_>>().await?.len(), 0);
    Ok(())
}

#[tokio::test]
async fn the_token_of_a_teams_user_is_exchanged_for_that_user_only() -> azure_core::Result<()> {
    let world = World::shared();
    let client = world.client("2023-10-01");
    let resource = "https://auth.msft.communication.azure.com";
    let token = world.entra_token(&format!("{resource}/Teams.ManageCalls%20{resource}/Teams.ManageChats")).await;
    let exchanged = client.get_token_for_teams_user(token.secret(), APP, TENANT).await?;
    assert!(client.is_token_active(exchanged.token.secret()).await?);
    let refused = client.get_token_for_teams_user(token.secret(), APP, OBJECT).await.unwrap_err();
    assert_eq!(ErrorBody::try_from(refused)?.error.target.as_deref(), Some("userId"));
    Ok(())
}

#[tokio::test]
async fn m3_users_and_tokens_are_values() -> azure_core::Result<()> {
    let world = World::shared();
    let client = world.client("2025-06-30");
    let user: UserId = client.create_user().await?;
    let stored: String = user.to_string();
    assert!(stored.starts_with("8:acs:"));
    let read: UserId = stored.parse()?;
    let token = client.get_token(&read, &[TokenScope::Chat], None).await?;
    assert_eq!(format!("{:?}", token.token), "Secret", "a token is not shown by accident");
    client.delete_user(&stored).await
}

#[tokio::test]
async fn m5_a_token_is_active_until_it_is_revoked() -> azure_core::Result<()> {
    let world = World::shared();
    let client = world.client("2025-06-30");
    let (user, token) = client.create_user_and_token(&[TokenScope::Chat], None).await?;
    assert!(client.is_token_active(token.token.secret()).await?);
    client.revoke_tokens(&user).await?;
    assert!(!client.is_token_active(token.token.secret()).await?);
    assert!(!client.is_token_active("not a token").await?);
    Ok(())
}

#[tokio::test]
async fn m5_a_client_of_the_real_service_says_that_it_cannot_ask() -> azure_core::Result<()> {
    let world = World::shared();
    // The emulator answers as the service does for a path that neither has.
    let error = world.client_below("/other").is_token_active("t").await.unwrap_err();
    assert!(error.to_string().contains("it has no POST /introspect"), "{error}");
    Ok(())
}

#[tokio::test]
async fn e2_removals_only_leave_no_assignment() -> azure_core::Result<()> {
    let world = World::shared();
    let client = world.client("2025-03-02-preview");
    let patch = BTreeMap::from([(OBJECT.to_owned(), None)]);
    let response = client.update_entra_assignments(&patch, None).await?;
    assert_eq!(response.status(), StatusCode::NoContent);
    assert!(response.into_model()?.value.is_empty());
    Ok(())
}

#[tokio::test]
async fn e9_the_text_of_a_refusal_has_status_code_message_and_field() {
    let world = World::shared();
    let error = world.client("2025-06-30").create_user_and_token(&[TokenScope::Chat], Some(5)).await.unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("400 ValidationError: ") && text.ends_with(" (ExpiresInMinutes)"), "{text}");
}

#[tokio::test]
async fn m7_a_regenerated_key_is_replaced_in_a_running_client() -> azure_core::Result<()> {
    let world = World::start();
    let client = world.client("2025-06-30");
    client.create_user().await?;
    let key = world.regenerate_primary_key().await;
    let refused = client.create_user().await.unwrap_err();
    assert_eq!(refused.http_status(), Some(StatusCode::Unauthorized));
    client.update_access_key(&key)?;
    client.create_user().await.map(drop)
}
