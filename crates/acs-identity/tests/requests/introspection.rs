//! Asking whether a token is active.

use acs_identity::CommunicationIdentityClientExt as _;

use crate::recorder::Recorder;

#[tokio::test]
async fn m5_the_request_has_the_token_and_no_credential() -> azure_core::Result<()> {
    let recorder = Recorder::default().answer(200, r#"{"active":true}"#).answer(200, r#"{"active":false,"x":1}"#);
    let client = recorder.client_of("https://h/prefix", "");
    assert!(client.is_token_active("a.b+/=").await?);
    assert!(!client.is_token_active("").await?);
    let sent = &recorder.sent()[0];
    assert_eq!((sent.method.as_str(), sent.url.as_str()), ("POST", "https://h/prefix/introspect"));
    assert_eq!(sent.body, "token=a.b%2B%2F%3D");
    assert_eq!(sent.content_type.as_deref(), Some("application/x-www-form-urlencoded"));
    assert_eq!(sent.authorization, None);
    Ok(())
}

#[tokio::test]
async fn m5_a_service_without_introspection_is_named() {
    for status in [401, 403, 404, 405] {
        let recorder = Recorder::default().answer(status, "");
        let error = recorder.client().is_token_active("t").await.unwrap_err();
        let expected = format!(
            "https://contoso.communication.azure.com/ cannot tell whether a token is active: it has no POST /introspect \
             ({status}: the answer has no body). The emulator has it, the service of Azure does not"
        );
        assert_eq!(error.to_string(), expected);
    }
}

#[tokio::test]
async fn m5_an_answer_without_the_member_is_an_error() {
    let recorder = Recorder::default().answer(200, "{}");
    let error = recorder.client().is_token_active("t").await.unwrap_err();
    assert!(error.to_string().contains("active"), "{error}");
}
