//! Access keys: how they are replaced, and where they are not shown.

use std::sync::{Arc, OnceLock};

use acs_identity::models::TokenScope;
use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientExt as _, ConnectionString};
use azure_core::credentials::{AccessToken, Secret, TokenCredential, TokenRequestOptions};

use crate::recorder::{KEY, Recorder};

const OTHER: &str = "b3RoZXIga2V5";
const IDENTITY: &str = r#"{"identity":{"id":"8:acs:a_b"}}"#;

#[tokio::test]
async fn m7_a_replaced_key_signs_the_next_try_of_a_request_that_is_on_its_way() -> azure_core::Result<()> {
    let client: Arc<OnceLock<CommunicationIdentityClient>> = Arc::default();
    let rotating = client.clone();
    let recorder = Recorder::default()
        .does(429, "", move || rotating.get().unwrap().update_access_key(&Secret::new(OTHER)).unwrap())
        .answer(200, r#"{"token":"t","expiresOn":"2030-01-01T00:00:00+00:00"}"#)
        .answer(201, IDENTITY);
    let client = client.get_or_init(|| recorder.client());
    client.get_token("8:acs:a_b", &[TokenScope::Chat], None).await?;
    client.create_user().await?;
    let sent = recorder.sent();
    let signed = |key: &str| sent.iter().map(|sent| sent.is_signed_with(key)).collect::<Vec<_>>();
    assert_eq!(signed(KEY), [true, false, false]);
    assert_eq!(signed(OTHER), [false, true, true]);
    Ok(())
}

#[tokio::test]
async fn m7_a_key_that_is_not_base64_changes_nothing() {
    let client = Recorder::default().client();
    let error = client.update_access_key(&Secret::new("not-base64!")).unwrap_err();
    assert_eq!(error.to_string(), "the access key is not valid base64");
}

#[derive(Debug)]
struct Login;

#[async_trait::async_trait]
impl TokenCredential for Login {
    async fn get_token(&self, _: &[&str], _: Option<TokenRequestOptions<'_>>) -> azure_core::Result<AccessToken> {
        Ok(AccessToken::new("t", azure_core::time::OffsetDateTime::now_utc()))
    }
}

#[test]
fn m7_a_client_without_an_access_key_says_so() -> azure_core::Result<()> {
    let options = Recorder::default().options();
    let client = CommunicationIdentityClient::new("https://h", Arc::new(Login), Some(options))?;
    let error = client.update_access_key(&Secret::new(KEY)).unwrap_err();
    assert_eq!(error.to_string(), "this client has no access key: it authenticates with Entra ID");
    Ok(())
}

#[test]
fn m9_debug_shows_no_key() {
    let recorder = Recorder::default();
    let client = recorder.client();
    let shown = format!("{client:?}");
    assert!(shown.contains("https://contoso.communication.azure.com/") && !shown.contains(KEY), "{shown}");
    let options = format!("{:?}", recorder.options());
    assert!(!options.contains(KEY), "{options}");
}

#[test]
fn m9_swapped_values_of_a_connection_string_are_refused_and_not_shown() -> Result<(), Box<dyn std::error::Error>> {
    let text = "endpoint=SECRETSECRETSECRET==;accesskey=https://contoso.communication.azure.com/abcd";
    let error = CommunicationIdentityClient::with_connection_string(text, None).unwrap_err();
    assert!(error.to_string().contains("swap the values of 'endpoint' and 'accesskey'"), "{error}");
    let parsed: ConnectionString = text.parse()?;
    assert!(CommunicationIdentityClient::with_parsed_connection_string(&parsed, None).is_err());
    for shown in [format!("{error:?}"), format!("{parsed:?}")] {
        assert!(!shown.contains("SECRET"), "{shown}");
    }
    Ok(())
}

#[test]
fn m3_a_key_in_the_place_of_the_endpoint_is_not_shown() {
    let other = "contoso.communication.azure.com";
    let errors = [
        CommunicationIdentityClient::with_access_key(KEY, &Secret::new(format!("https://{other}")), None).unwrap_err(),
        CommunicationIdentityClient::with_access_key(KEY, &Secret::new(other), None).unwrap_err(),
        CommunicationIdentityClient::with_connection_string(&format!("endpoint={KEY};accesskey={other}"), None)
            .unwrap_err(),
        CommunicationIdentityClient::with_connection_string(
            &format!("endpoint=https://h/;accesskey={KEY};endpoint={KEY}"),
            None,
        )
        .unwrap_err(),
    ];
    for error in errors {
        assert!(error.to_string().contains("endpoint"), "{error}");
        assert!(!format!("{error} {error:?}").contains("c2VjcmV0"), "{error:?}");
    }
}

#[test]
fn m4_a_user_name_in_the_endpoint_is_refused() {
    for endpoint in ["https://user:SECRET@h/a", "https://SECRET@h", "https://:SECRET@h"] {
        let error = CommunicationIdentityClient::with_access_key(endpoint, &Secret::new(KEY), None).unwrap_err();
        assert!(error.to_string().contains("a user name or a password (before the @)"), "{error}");
        assert!(!format!("{error} {error:?}").contains("SECRET"), "{error:?}");
    }
}
