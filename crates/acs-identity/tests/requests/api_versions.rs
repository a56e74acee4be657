//! What the client's api-version lacks is refused before anything is sent.

use std::collections::BTreeMap;

use acs_identity::models::{
    CommunicationIdentityClientCreateIdentityOptions, CreateIdentityRequest, EntraAssignmentRequest,
    ExchangeTeamsUserAccessTokenRequest, TeamsExtensionAssignmentRequest, TokenScope,
};
use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientExt as _};
use azure_core::credentials::Secret;

use crate::recorder::Recorder;

const IDENTITY: &str = r#"{"identity":{"id":"8:acs:a_b"}}"#;

fn named() -> Option<CommunicationIdentityClientCreateIdentityOptions<'static>> {
    let body = CreateIdentityRequest { custom_id: Some("ada".into()), ..Default::default() };
    Some(CommunicationIdentityClientCreateIdentityOptions {
        body: Some(body.try_into().unwrap()),
        ..Default::default()
    })
}

#[tokio::test]
async fn e6_a_custom_id_is_never_dropped_silently() -> azure_core::Result<()> {
    let recorder = Recorder::default();
    let error = recorder.client().create_identity(named()).await.map(drop).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the api-version 2025-06-30 of this client does not have custom_id: set \
         CommunicationIdentityClientOptions::api_version to a version that has it, such as 2025-03-02-preview"
    );
    assert!(recorder.sent().is_empty());
    let recorder = recorder.answer(201, IDENTITY);
    recorder.client_of("https://h", "2025-03-02-PREVIEW").create_identity(named()).await?;
    assert_eq!(recorder.sent()[0].body, r#"{"customId":"ada"}"#);
    Ok(())
}

/// Calls every operation of a preview, and returns its error.
async fn previews(client: &CommunicationIdentityClient) -> Vec<azure_core::Error> {
    let entra = || EntraAssignmentRequest::default().try_into().unwrap();
    let token = Secret::new("t");
    vec![
        client.get_identity("i", None).await.map(drop).unwrap_err(),
        client.get_entra_assignment("o", None).await.map(drop).unwrap_err(),
        client.create_or_replace_entra_assignment("o", entra(), None).await.map(drop).unwrap_err(),
        client.update_entra_assignments(&BTreeMap::new(), None).await.map(drop).unwrap_err(),
        client.delete_entra_assignment("o", None).await.map(drop).unwrap_err(),
        client.list_entra_assignments(None).map(drop).unwrap_err(),
        client.exchange_entra_access_token(&token, None).await.map(drop).unwrap_err(),
    ]
}

#[tokio::test]
async fn e6_operations_of_previews_name_the_option_and_a_version_that_has_them() {
    let recorder = Recorder::default();
    for version in ["2025-06-30", "2023-10-01", "2026-09-23"] {
        for error in previews(&recorder.client_of("https://h", version)).await {
            let error = error.to_string();
            assert!(error.starts_with(&format!("the api-version {version} of this client does not have ")), "{error}");
            assert!(error.ends_with("api_version to a version that has it, such as 2025-03-02-preview"), "{error}");
        }
    }
    assert!(recorder.sent().is_empty());
}

#[tokio::test]
async fn e6_older_versions_refuse_what_came_later() {
    let recorder = Recorder::default();
    let client = |version: &str| recorder.client_of("https://h", version);
    let token = Secret::new("t");
    let body = || TeamsExtensionAssignmentRequest::default().try_into().unwrap();
    let old = client("2023-10-01");
    let exchange = |request: ExchangeTeamsUserAccessTokenRequest| request.try_into().unwrap();
    for (error, what, version) in [
        (old.exchange_teams_extension_access_token(&token, None).await.map(drop), "Teams extension", "2025-06-30"),
        (old.get_teams_extension_assignment("t", "o", None).await.map(drop), "Teams extension", "2025-06-30"),
        (old.delete_teams_extension_assignment("t", "o", None).await.map(drop), "Teams extension", "2025-06-30"),
        (
            old.create_or_replace_teams_extension_assignment("t", "o", body(), None).await.map(drop),
            "Teams extension",
            "2025-06-30",
        ),
        (
            client("2021-03-07").get_token("u", &[TokenScope::Chat], Some(60)).await.map(drop),
            "expires_in_minutes",
            "2025-06-30",
        ),
        (
            client("2022-06-01").create_user_and_token(&[TokenScope::Chat], Some(60)).await.map(drop),
            "expires_in_minutes",
            "2025-06-30",
        ),
        (
            client("2021-03-07").exchange_teams_user_access_token(exchange(Default::default()), None).await.map(drop),
            "the exchange of Teams users' tokens",
            "2025-06-30",
        ),
        (
            client("2021-10-31-preview").get_token_for_teams_user("t", "a", "u").await.map(drop),
            "app_id and user_id in the exchange of Teams users' tokens",
            "2025-06-30",
        ),
        (client("2020-07-20-preview2").create_user().await.map(drop), "requests of this form", "2025-06-30"),
        (client("2020-07-20-preview2").revoke_tokens("u").await, "requests of this form", "2025-06-30"),
    ] {
        let error = error.unwrap_err().to_string();
        assert!(error.contains(&format!("does not have {what}: ")), "{error}");
        assert!(error.ends_with(&format!("such as {version}")), "{error}");
    }
    assert!(recorder.sent().is_empty());
}

#[tokio::test]
async fn e6_a_version_that_is_not_known_may_have_everything() -> azure_core::Result<()> {
    let recorder = Recorder::default().answer(201, IDENTITY).answer(200, r#"{"id":"i"}"#);
    let client = recorder.client_of("https://h", "2031-01-01");
    client.create_identity(named()).await?;
    client.get_identity("i", None).await?;
    assert_eq!(recorder.sent().len(), 2);
    Ok(())
}

#[test]
fn l12_an_api_version_is_not_empty_and_has_no_blank() {
    for version in ["", " ", "2025-06-30 ", "2025 06", "2025-06-30\n", "2025-06-30\u{200b}"] {
        let mut options = Recorder::default().options();
        options.api_version = version.into();
        let key = Secret::new(crate::recorder::KEY);
        let error = CommunicationIdentityClient::with_access_key("https://h", &key, Some(options)).unwrap_err();
        assert!(error.to_string().starts_with("CommunicationIdentityClientOptions::api_version is empty"), "{error}");
    }
}
