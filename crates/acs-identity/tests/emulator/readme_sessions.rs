//! The examples of the README about the sessions of users: a client for all, tokens, and the sign-out.

use crate::readme::{Done, client};
use crate::world::World;

#[tokio::test]
async fn a_client_is_shared() -> Done {
    let world = World::shared();
    let client = client(&world);
    // README: share
    use std::sync::Arc;

    use acs_identity::CommunicationIdentityClientExt as _;

    let client = Arc::new(client);
    let another = client.clone();
    let task = tokio::spawn(async move { another.create_user().await });
    let (one, two) = (client.create_user().await?, task.await??);
    // README.
    assert_ne!(one, two);
    Ok(())
}

#[tokio::test]
async fn keep_tokens_and_refresh_them_in_time() -> Done {
    let world = World::shared();
    let client = client(&world);
    let user = {
        use acs_identity::CommunicationIdentityClientExt as _;
        client.create_user().await?
    };
    // README: refresh
    use acs_identity::models::TokenScope;
    use acs_identity::{AccessToken, CommunicationIdentityClientExt as _};
    use azure_core::time::{Duration, OffsetDateTime};
    use tokio::sync::Mutex;

    // One for each user.
    let kept: Mutex<Option<AccessToken>> = Mutex::new(None);

    let mut kept = kept.lock().await;
    let lasts = |token: &AccessToken, time| token.expires_on > OffsetDateTime::now_utc() + time;
    if !kept.as_ref().is_some_and(|token| lasts(token, Duration::minutes(5))) {
        match client.get_token(&user, &[TokenScope::Chat], Some(60)).await {
            Ok(token) => *kept = Some(token),
            Err(error) if kept.as_ref().is_some_and(|token| lasts(token, Duration::ZERO)) => eprintln!("{error}"),
            Err(error) => return Err(error.into()),
        }
    }
    // README.
    assert!(kept.is_some());
    Ok(())
}

#[tokio::test]
async fn sign_out() -> Done {
    let world = World::shared();
    let client = client(&world);
    let (user, token) = {
        use acs_identity::CommunicationIdentityClientExt as _;
        client.create_user_and_token(&[acs_identity::models::TokenScope::Chat], None).await?
    };
    // README: sign_out
    use acs_identity::CommunicationIdentityClientExt as _;

    // The user signs out: the tokens of the user become invalid. The service of Azure can take up to 15 minutes.
    client.revoke_tokens(&user).await?;

    // The account ends: the user and its data are deleted.
    client.delete_user(&user).await?;
    // README.
    assert!(!client.is_token_active(token.token.secret()).await?);
    Ok(())
}

#[tokio::test]
async fn ask_whether_a_token_is_active() -> Done {
    let world = World::shared();
    let client = client(&world);
    // README: active
    use acs_identity::CommunicationIdentityClientExt as _;
    use acs_identity::models::TokenScope;

    let (user, token) = client.create_user_and_token(&[TokenScope::Chat], None).await?;
    assert!(client.is_token_active(token.token.secret()).await?);
    client.revoke_tokens(&user).await?;
    assert!(!client.is_token_active(token.token.secret()).await?);
    // README.
    Ok(())
}
