//! The tests of the guide (docs/kits/rust.md quotes them).

use std::time::Duration;

use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientOptions, UnknownOutcome};
use acs_identity_emulator::Seed;
use acs_identity_emulator::testing::{Emulator, Fault};
use acs_identity_kit_example::{Kept, Tokens};

type Result = std::result::Result<(), Box<dyn std::error::Error>>;

/// Returns the app, connected to the emulator of a test.
fn app(emulator: &Emulator) -> azure_core::Result<Tokens> {
    let options =
        CommunicationIdentityClientOptions { client_options: emulator.client_options(), ..Default::default() };
    let connection_string = emulator.connection_string();
    Ok(Tokens(CommunicationIdentityClient::with_connection_string(connection_string, Some(options))?))
}

#[tokio::test]
async fn a_user_gets_a_token() -> Result {
    let emulator = Emulator::start().await?;
    let app = app(&emulator)?;
    let user = app.register().await?;
    let token = app.for_chat(&user).await?;
    assert!(emulator.is_active(token.token.secret()));
    Ok(())
}

#[tokio::test]
async fn a_sign_out_ends_the_tokens_of_the_user() -> Result {
    let emulator = Emulator::start().await?;
    let app = app(&emulator)?;
    let user = app.register().await?;
    let token = app.for_chat(&user).await?;
    app.sign_out(&user).await?;
    assert!(!emulator.is_active(token.token.secret()));
    Ok(())
}

#[tokio::test]
async fn a_token_expires_after_a_day() -> Result {
    let emulator = Emulator::start().await?;
    let app = app(&emulator)?;
    let token = app.for_chat(&app.register().await?).await?;
    emulator.clock().advance(Duration::from_secs(23 * 60 * 60));
    assert!(emulator.is_active(token.token.secret()));
    emulator.clock().set(token.expires_on);
    assert!(!emulator.is_active(token.token.secret()));
    Ok(())
}

#[tokio::test]
async fn a_token_is_replaced_before_it_expires() -> Result {
    let emulator = Emulator::start().await?;
    let app = app(&emulator)?;
    let user = app.register().await?;
    let clock = emulator.clock();
    let mut kept = Kept::new(app, user, move || clock.now());
    let first = kept.token().await?;
    emulator.clock().set(first.expires_on - Duration::from_secs(10 * 60));
    assert_eq!(kept.token().await?.token, first.token);
    emulator.clock().set(first.expires_on - Duration::from_secs(4 * 60));
    let second = kept.token().await?;
    assert_ne!(second.token, first.token);
    assert!(emulator.is_active(second.token.secret()));
    Ok(())
}

#[tokio::test]
async fn a_busy_service_is_asked_again() -> Result {
    let emulator = Emulator::start().await?;
    let app = app(&emulator)?;
    let user = app.register().await?;
    let busy = Fault::on("issueAccessToken").status(429).retry_after(Duration::from_secs(1)).times(1);
    emulator.faults().add(busy);
    let token = app.for_chat(&user).await?;
    assert!(emulator.is_active(token.token.secret()));
    assert_eq!(emulator.faults().list()[0].hits, 1);
    Ok(())
}

#[tokio::test]
async fn a_refusal_is_an_error() -> Result {
    let emulator = Emulator::start().await?;
    let app = app(&emulator)?;
    emulator.faults().add(Fault::on("createIdentity").status(403));
    let error = app.register().await.unwrap_err();
    assert_eq!(error.http_status(), Some(azure_core::http::StatusCode::Forbidden));
    Ok(())
}

#[tokio::test]
async fn an_identity_whose_answer_is_lost_is_created() -> Result {
    let emulator = Emulator::start().await?;
    let app = app(&emulator)?;
    emulator.faults().add(Fault::on("createIdentity").drop_after().times(1));
    let error = app.register().await.unwrap_err();
    assert!(error.downcast_ref::<UnknownOutcome>().is_some());
    let lost = &emulator.requests()[0];
    assert!(lost.status.is_none() && lost.identity.is_some());
    assert_ne!(Some(app.register().await?.to_string()), lost.identity);
    Ok(())
}

#[tokio::test]
async fn the_app_works_again_when_the_service_is_back() -> Result {
    let emulator = Emulator::start().await?;
    let app = app(&emulator)?;
    let away = emulator.faults().add(Fault::on_any().drop_before());
    assert!(app.register().await.is_err());
    emulator.faults().delete(away);
    app.register().await?;
    Ok(())
}

#[tokio::test]
async fn a_token_is_asked_for_once() -> Result {
    let emulator = Emulator::start().await?;
    let app = app(&emulator)?;
    app.for_chat(&app.register().await?).await?;
    let sent: Vec<_> = emulator.requests().into_iter().filter_map(|request| request.operation).collect();
    assert_eq!(sent, ["createIdentity", "issueAccessToken"]);
    Ok(())
}

#[tokio::test]
async fn a_test_starts_with_the_users_that_it_needs() -> Result {
    let seed = Seed::parse(
        br"
        resourceId: 00000000-0000-0000-0000-000000000001
        identities:
          - id: 8:acs:00000000-0000-0000-0000-000000000001_00000000-0000-0000-0000-000000000002
        ",
    )?;
    let emulator = Emulator::builder().seed(seed).revocation_delay(Duration::from_secs(15 * 60)).start().await?;
    let app = app(&emulator)?;
    let user = "8:acs:00000000-0000-0000-0000-000000000001_00000000-0000-0000-0000-000000000002".parse()?;
    let token = app.for_chat(&user).await?;
    app.sign_out(&user).await?;
    assert!(emulator.is_active(token.token.secret()), "the revocation is not in force yet");
    emulator.clock().advance(Duration::from_secs(15 * 60));
    assert!(!emulator.is_active(token.token.secret()));
    Ok(())
}
