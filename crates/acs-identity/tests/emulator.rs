//! Tests of all operations, streams and credentials of the client against the emulator, which runs in this process over
//! TLS.

use std::collections::BTreeMap;
use std::sync::Arc;

use acs_identity::models::{
    CreateIdentityRequest, EntraAssignmentRequest, ErrorBody, IssueAccessTokenRequest, PrincipalType,
    TeamsExtensionAssignmentRequest, TokenScope,
};
use acs_identity::{
    CommunicationIdentityClient, CommunicationIdentityClientExt as _, CommunicationIdentityClientOptions,
};
use acs_identity_emulator::{Config, Emulator, Handle};
use azure_core::credentials::Secret;
use azure_core::http::{ClientOptions, StatusCode, Transport};
use futures::{StreamExt as _, TryStreamExt as _};

const TENANT: &str = "11111111-1111-1111-1111-111111111111";
const OBJECT: &str = "22222222-2222-2222-2222-222222222222";
const APP: &str = "33333333-3333-3333-3333-333333333333";

/// An emulator and a transport that trusts its certificate.
struct World {
    emulator: Handle,
    transport: Transport,
    http: reqwest::Client,
}

impl World {
    fn start() -> Self {
        let emulator = Emulator::start(Config::in_memory()).unwrap();
        let authority = reqwest::Certificate::from_pem(emulator.ca_certificate().as_bytes()).unwrap();
        let http = reqwest::Client::builder().tls_certs_only([authority]).no_proxy().build().unwrap();
        Self { emulator, transport: Transport::new(Arc::new(http.clone())), http }
    }

    fn client(&self, api_version: &str) -> CommunicationIdentityClient {
        let options = CommunicationIdentityClientOptions {
            api_version: api_version.into(),
            client_options: ClientOptions { transport: Some(self.transport.clone()), ..Default::default() },
            ..Default::default()
        };
        CommunicationIdentityClient::with_connection_string(self.emulator.connection_string(), Some(options)).unwrap()
    }

    /// Gets the Entra token of a user by device code. The emulator signs the user in at once.
    async fn entra_token(&self, scope: &str) -> Secret {
        let post = async |path: &str, form: String| -> serde_json::Value {
            let request = self.http.post(format!("{}/{TENANT}/oauth2/v2.0/{path}", self.emulator.endpoint()));
            let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
            serde_json::from_slice(&request.send().await.unwrap().bytes().await.unwrap()).unwrap()
        };
        let begun = post("devicecode", format!("client_id={APP}&scope={scope}")).await;
        let code = begun["device_code"].as_str().unwrap();
        let granted = post("token", format!("grant_type=device_code&client_id={APP}&device_code={code}")).await;
        Secret::new(granted["access_token"].as_str().unwrap().to_owned())
    }
}

#[tokio::test]
async fn a_user_gets_tokens_until_it_is_deleted() -> azure_core::Result<()> {
    let world = World::start();
    let client = world.client("2025-03-02-preview");
    let created = client.create_user_and_token(&[TokenScope::Chat], Some(60)).await?.into_model()?;
    assert!(created.access_token.is_some_and(|token| token.token.is_some() && token.expires_on.is_some()));
    let user = created.identity.and_then(|identity| identity.id).unwrap();
    assert!(client.get_identity(&user, None).await?.into_model()?.last_token_issued_at.is_some());
    assert!(client.get_token(&user, &[TokenScope::VoIP], None).await?.into_model()?.token.is_some());
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
    let world = World::start();
    let client = world.client("2025-06-30");
    let created: Vec<_> = client.create_identities(CreateIdentityRequest::default(), 25, 8).try_collect().await?;
    let users: Vec<String> = created.into_iter().filter_map(|result| result.identity?.id).collect();
    assert_eq!(users.len(), 25);
    let request = IssueAccessTokenRequest { scopes: Some(vec![TokenScope::Chat]), expires_in_minutes: Some(60) };
    let mut listed = users.clone();
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
    let world = World::start();
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
    let world = World::start();
    let client = world.client("2023-10-01");
    let resource = "https://auth.msft.communication.azure.com";
    let token = world.entra_token(&format!("{resource}/Teams.ManageCalls%20{resource}/Teams.ManageChats")).await;
    let exchanged = client.get_token_for_teams_user(token.secret(), APP, TENANT).await?.into_model()?;
    assert!(exchanged.token.is_some());
    let refused = client.get_token_for_teams_user(token.secret(), APP, OBJECT).await.unwrap_err();
    assert_eq!(ErrorBody::try_from(refused)?.error.target.as_deref(), Some("userId"));
    Ok(())
}
