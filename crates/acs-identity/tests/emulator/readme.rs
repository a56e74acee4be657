//! The examples of the README, which run here. A named block of the README is the code between two comments of this
//! file or of `readme_sessions.rs`.

use std::error::Error;

use acs_identity::CommunicationIdentityClient;

use crate::world::World;

pub type Done = Result<(), Box<dyn Error>>;

pub fn client(world: &World) -> CommunicationIdentityClient {
    CommunicationIdentityClient::with_connection_string(world.connection_string(), Some(world.options())).unwrap()
}

#[tokio::test]
async fn create_users_and_tokens() -> Done {
    let world = World::shared();
    let client = client(&world);
    // README: create
    use acs_identity::models::TokenScope;
    use acs_identity::{AccessToken, CommunicationIdentityClientExt as _, UserId};

    // Create a user, and store its id with your own user. It is text: "8:acs:…".
    let user: UserId = client.create_user().await?;
    let stored: String = user.to_string();

    // Issue a token, for 60 minutes.
    let token: AccessToken = client.get_token(&stored, &[TokenScope::Chat], Some(60)).await?;

    // Or create a user together with a token, for 24 hours.
    let (other_user, other_token) = client.create_user_and_token(&[TokenScope::VoIP], None).await?;
    // README.
    assert!(stored.starts_with("8:acs:") && other_user != user);
    assert!(token.expires_on < other_token.expires_on);
    Ok(())
}

#[tokio::test]
async fn m4_a_time_is_written_as_rfc_3339() -> Done {
    let world = World::shared();
    let client = client(&world);
    // README: send
    use acs_identity::CommunicationIdentityClientExt as _;
    use acs_identity::models::TokenScope;
    use azure_core::time::to_rfc3339;

    let (user, token) = client.create_user_and_token(&[TokenScope::Chat], None).await?;
    let answer = serde_json::json!({
        "user": user,
        "token": token.token.secret(),
        "expiresOn": to_rfc3339(&token.expires_on),
    });
    // README.
    let text = answer["expiresOn"].as_str().unwrap();
    assert_eq!((&text[10..11], &text[text.len() - 1..]), ("T", "Z"), "{text}");
    assert_eq!(answer["user"], user.as_str());
    Ok(())
}

#[tokio::test]
async fn e7_many_at_once() -> Done {
    let world = World::shared();
    let client = client(&world);
    // README: many
    use acs_identity::models::{CreateIdentityRequest, IssueAccessTokenRequest, TokenScope};
    use futures::StreamExt as _;

    // Create 20 users, at most 8 at a time. Take each id as it comes: the users exist, whatever happens to the others.
    let mut users = Vec::new();
    let mut created = client.create_identities(CreateIdentityRequest::default(), 20, 8);
    while let Some(result) = created.next().await {
        match result {
            Ok((user, _)) => users.push(user),
            Err(error) => eprintln!("one user was not created: {error}"),
        }
    }

    let request = IssueAccessTokenRequest { scopes: Some(vec![TokenScope::Chat]), expires_in_minutes: Some(60) };
    let mut issued = client.issue_access_tokens(users.clone(), request, 8);
    while let Some((user, result)) = issued.next().await {
        match result {
            Ok(token) => println!("{user} until {}", azure_core::time::to_rfc3339(&token.expires_on)),
            Err(error) => eprintln!("{user}: {error}"),
        }
    }
    // README.
    assert_eq!(users.len(), 20);
    Ok(())
}

#[tokio::test]
async fn custom_ids() -> Done {
    let world = World::shared();
    let (connection_string, options) = (world.connection_string(), world.options());
    // README: custom_id
    use acs_identity::models::{CommunicationIdentityClientCreateIdentityOptions, CreateIdentityRequest};
    use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientOptions};

    let options = CommunicationIdentityClientOptions { api_version: "2025-03-02-preview".into(), ..options };
    let client = CommunicationIdentityClient::with_connection_string(connection_string, Some(options))?;
    let request = CreateIdentityRequest { custom_id: Some("ada".into()), ..Default::default() };
    let options =
        CommunicationIdentityClientCreateIdentityOptions { body: Some(request.try_into()?), ..Default::default() };
    let created = client.create_identity(Some(options)).await?.into_model()?;
    println!("{:?}", created.identity);
    // README.
    assert!(created.identity.is_some_and(|identity| identity.id.is_some()));
    Ok(())
}

#[tokio::test]
async fn teams_extension() -> Done {
    let world = World::shared();
    let client = client(&world);
    // README: teams_extension
    use acs_identity::models::{PrincipalType, TeamsExtensionAssignmentRequest};

    let (tenant, object) = ("11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222");
    let request = TeamsExtensionAssignmentRequest {
        principal_type: Some(PrincipalType::User),
        client_ids: Some(vec!["33333333-3333-3333-3333-333333333333".into()]),
    };
    client.create_or_replace_teams_extension_assignment(tenant, object, request.try_into()?, None).await?;
    let assignment = client.get_teams_extension_assignment(tenant, object, None).await?.into_model()?;
    assert_eq!(assignment.principal_type, Some(PrincipalType::User));
    // README.
    Ok(())
}

#[tokio::test]
async fn m2_timeouts_and_retries() -> Done {
    let world = World::shared();
    // With plain HTTP, the default transport needs no certificate of the emulator.
    let connection_string = world.connection_string().replace("https://", "http://");
    // README: timeouts
    use std::time::Duration;

    use acs_identity::{
        CommunicationIdentityClient, CommunicationIdentityClientExt as _, CommunicationIdentityClientOptions, Timeouts,
        UnknownOutcome,
    };
    use azure_core::http::{ClientOptions, ExponentialRetryOptions, RetryOptions};

    let options = CommunicationIdentityClientOptions {
        timeouts: Timeouts {
            attempt: Some(Duration::from_secs(3)),
            operation: Some(Duration::from_secs(6)),
            ..Default::default()
        },
        client_options: ClientOptions {
            retry: RetryOptions::exponential(ExponentialRetryOptions { max_retries: 3, ..Default::default() }),
            ..Default::default()
        },
        ..Default::default()
    };
    let client = CommunicationIdentityClient::with_connection_string(&connection_string, Some(options))?;
    match client.create_user().await {
        Ok(_) => println!("created"),
        Err(error) if error.downcast_ref::<UnknownOutcome>().is_some() => {
            println!("perhaps there is a user without a known id: {error}");
        }
        Err(error) => return Err(error.into()),
    }
    // README.
    Ok(())
}

#[tokio::test]
async fn rotate_the_access_key() -> Done {
    let world = World::start();
    let client = client(&world);
    let new_key = world.regenerate_primary_key().await;
    // README: rotate
    use acs_identity::CommunicationIdentityClientExt as _;

    // `new_key` is an azure_core::credentials::Secret.
    client.update_access_key(&new_key)?;
    client.create_user().await?;
    // README.
    Ok(())
}

#[tokio::test]
async fn read_an_error() -> Done {
    let world = World::shared();
    let client = client(&world);
    // README: error
    use acs_identity::CommunicationIdentityClientExt as _;
    use acs_identity::models::{ErrorBody, TokenScope, codes};
    use azure_core::error::ErrorKind;
    use azure_core::http::StatusCode;
    use azure_core::http::headers::RETRY_AFTER;

    let result = client.create_user_and_token(&[TokenScope::Chat], Some(5)).await;
    if let Err(error) = result {
        // 400 ValidationError: … (ExpiresInMinutes)
        eprintln!("{error}");
        assert_eq!(error.http_status(), Some(StatusCode::BadRequest));
        if let ErrorKind::HttpResponse { error_code: Some(code), raw_response: Some(answer), .. } = error.kind() {
            assert_eq!(code, codes::VALIDATION_ERROR);
            let seconds = answer.headers().get_optional_str(&RETRY_AFTER);
            assert_eq!(seconds, None, "only a 429 and a 503 ask to wait");
        }

        let body = ErrorBody::try_from(error)?;
        assert_eq!(body.error.code, codes::VALIDATION_ERROR);
        assert_eq!(body.error.target.as_deref(), Some("ExpiresInMinutes"));
    }
    // README.
    Ok(())
}

/// Returns the named blocks of the README, or the named parts of this file, without their indentation.
fn parts<'a>(text: &'a str, begin: &str, end: &str) -> Vec<(&'a str, String)> {
    let mut parts = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line.trim_start().strip_prefix(begin) else { continue };
        let code: Vec<&str> = lines.by_ref().take_while(|line| line.trim_start() != end).collect();
        let indent = line.len() - line.trim_start().len();
        let code = code.iter().map(|line| line.get(indent..).unwrap_or_default().to_owned() + "\n").collect();
        parts.push((name, code));
    }
    parts.sort();
    parts
}

#[test]
fn e8_the_readme_shows_the_code_that_runs_here_and_no_hidden_lines() {
    let readme = include_str!("../../README.md");
    let shown = parts(readme, "```rust ignore ", "```");
    let tests = concat!(include_str!("readme.rs"), include_str!("readme_sessions.rs"));
    let run = parts(tests, "// README: ", "// README.");
    assert_eq!(shown, run);
    // Other blocks of Rust are complete programs, which the tests of the documentation compile.
    let blocks = readme.lines().filter(|line| line.starts_with("```rust"));
    assert!(blocks.clone().count() > run.len());
    for block in blocks {
        assert!(block.starts_with("```rust ignore ") || block == "```rust no_run", "{block}");
    }
    let hidden: Vec<&str> = readme.lines().filter(|line| line.trim_start().starts_with("# ")).collect();
    assert_eq!(hidden, ["# Azure Communication Services Identity client library for Rust"]);
}
