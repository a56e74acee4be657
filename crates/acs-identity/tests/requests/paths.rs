//! Parameters that are a segment of a path.

use acs_identity::CommunicationIdentityClientExt as _;
use acs_identity::models::TokenScope;

use crate::recorder::Recorder;

#[tokio::test]
async fn e1_a_relative_path_is_not_a_parameter_of_any_operation() {
    let recorder = Recorder::default();
    let client = recorder.client_of("https://h/prefix", "2025-03-02-preview");
    for text in ["", ".", ".."] {
        for (name, error) in [
            ("id", client.delete_user(text).await.unwrap_err()),
            ("id", client.revoke_tokens(text).await.unwrap_err()),
            ("id", client.get_token(text, &[TokenScope::Chat], None).await.unwrap_err()),
            ("id", client.get_identity(text, None).await.map(drop).unwrap_err()),
            ("tenant_id", client.get_teams_extension_assignment(text, "o", None).await.map(drop).unwrap_err()),
            ("object_id", client.delete_teams_extension_assignment("t", text, None).await.map(drop).unwrap_err()),
            ("object_id", client.get_entra_assignment(text, None).await.map(drop).unwrap_err()),
            ("object_id", client.delete_entra_assignment(text, None).await.map(drop).unwrap_err()),
        ] {
            assert!(error.to_string().starts_with(&format!("parameter {name} cannot be ")), "{text}: {error}");
        }
    }
    assert!(recorder.sent().is_empty());
}

#[tokio::test]
async fn e1_other_parameters_stay_one_segment_below_the_endpoint() -> azure_core::Result<()> {
    for (text, segment) in
        [("8:acs:a_b", "8%3Aacs%3Aa_b"), ("../x", "..%2Fx"), ("%2e%2e", "%252e%252e"), ("...", "...")]
    {
        let recorder = Recorder::default().answer(204, "");
        recorder.client_of("https://h/prefix/", "").delete_user(text).await?;
        let url = format!("https://h/prefix/identities/{segment}?api-version=2025-06-30");
        assert_eq!(recorder.sent()[0].url, url);
    }
    Ok(())
}

#[tokio::test]
async fn l7_l11_a_blank_a_control_character_and_a_huge_text_are_no_parameters() {
    let recorder = Recorder::default();
    let client = recorder.client();
    for text in [" ", "\t", "8:acs:x\n", "\0", "8:acs:\u{200b}", "x".repeat(100_000).as_str()] {
        for error in [
            client.delete_user(text).await.unwrap_err().to_string(),
            client.revoke_tokens(text).await.unwrap_err().to_string(),
            client.get_token(text, &[TokenScope::Chat], None).await.unwrap_err().to_string(),
        ] {
            assert!(error.starts_with("parameter id cannot be ") && error.len() < 100, "{error}");
        }
    }
    assert!(recorder.sent().is_empty());
}
