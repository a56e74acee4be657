//! Hints about the errors of the service.

use acs_identity_protocol::RawId;
use acs_identity_protocol::error::codes;
use acs_identity_protocol::jwt::UnverifiedJwt;
use acs_identity_protocol::signature::MAX_CLOCK_SKEW_SECONDS;
use azure_core::time::OffsetDateTime;

use crate::report::program::Program;
use crate::service::failure::{Asked, Failure, ServiceError, ServiceErrorKind};
use crate::service::teams_token::teams_token_problems;

pub(super) fn hints(error: &ServiceError, failure: &Failure) -> Vec<String> {
    let mut hints = match error.kind {
        ServiceErrorKind::Denied => denied_hints(error, failure),
        ServiceErrorKind::IdentityNotOwned => not_owned_hints(&failure.asked),
        ServiceErrorKind::InvalidAccessToken => match &failure.asked {
            // For a token that can be decoded, the warnings before the request already say this.
            Asked::TeamsToken { token, client_id, user_object_id }
                if UnverifiedJwt::decode(token.secret()).is_err() =>
            {
                teams_token_problems(token.secret(), client_id, user_object_id)
            }
            Asked::TeamsToken { .. } => Vec::new(),
            Asked::EntraToken(permission) => vec![format!(
                "The token must be valid, must be for this service, and must contain {permission}: {}",
                Program::current().command("communication user-identity token inspect")
            )],
            Asked::Nothing | Asked::NewUser | Asked::User(_) => Vec::new(),
        },
        ServiceErrorKind::InvalidRequest
            if error.target.as_deref().is_some_and(|target| target.eq_ignore_ascii_case("ExpiresInMinutes")) =>
        {
            vec!["The lifetime of a token must be between 60 and 1440 minutes: --expires-in 1h to 24h.".into()]
        }
        ServiceErrorKind::UnsupportedApiVersion => error
            .supported_versions
            .iter()
            .map(|versions| format!("The service supports {versions}. Choose one with --api-version."))
            .collect(),
        // Only the service has this limit. A gateway in front of it has its own limits.
        ServiceErrorKind::TooManyRequests
            if error.code.as_deref() == Some(codes::TOO_MANY_REQUESTS) && error.too_long_a_wait.is_none() =>
        {
            vec!["The rate limit is exceeded. Wait half a minute before you try again.".into()]
        }
        _ => Vec::new(),
    };
    if let Some(seconds) = error.too_long_a_wait {
        hints.push(format!(
            "The service asks to wait {seconds:.0} s before the next request. That is too long to wait."
        ));
    }
    let needs_role = matches!(error.status, 401 | 403);
    if failure.login && needs_role && !matches!(failure.asked, Asked::TeamsToken { .. } | Asked::EntraToken(_)) {
        hints.push(
            "The signed-in identity needs a role on the Communication Services resource, such as Contributor: az role \
             assignment create --assignee OBJECT_ID --role Contributor --scope RESOURCE_ID"
                .into(),
        );
    }
    hints
}

/// Says where to find the access keys of an emulator.
fn emulator_keys() -> String {
    let list = Program::current().command("communication emulator key list");
    format!(
        "Use the `connectionString` of its ready line, or of the file of --ready-file if the line has null. After a \
         regeneration, use the keys that {list} shows. The emulator's log says why it refused the request."
    )
}

/// Returns hints about a wrong clock or a wrong key. Keys are not mentioned if a login was used.
fn denied_hints(error: &ServiceError, failure: &Failure) -> Vec<String> {
    // Other servers, such as a gateway in front of the service, have other codes.
    if error.code.as_deref() != Some(codes::DENIED) {
        return Vec::new();
    }
    if let Some(date) = error.date {
        let ahead = (OffsetDateTime::now_utc() - date).whole_seconds();
        if ahead.abs() > MAX_CLOCK_SKEW_SECONDS - 10 {
            let direction = if ahead > 0 { "ahead of" } else { "behind" };
            let minutes = (ahead.abs() + 30) / 60;
            return vec![format!(
                "This machine's clock is {minutes} minutes {direction} the service's clock. The service allows 5 \
                 minutes. Correct the clock."
            )];
        }
    }
    if failure.login {
        return Vec::new();
    }
    // The server on this machine is an emulator, and the portal does not show its keys.
    if failure.development_emulator {
        return vec![format!("The emulator has another access key than the well-known one. {}", emulator_keys())];
    }
    if failure.is_local {
        return vec![format!("The emulator does not know this access key. {}", emulator_keys())];
    }
    vec![
        "The access key does not belong to this resource, or is no longer valid. Copy the connection string again from \
         Settings > Keys in the Azure portal."
            .into(),
    ]
}

fn not_owned_hints(asked: &Asked) -> Vec<String> {
    let Asked::User(user) = asked else { return Vec::new() };
    match RawId::parse(user).resource() {
        Some(resource) => {
            vec![format!("The user belongs to the resource {resource}. Use the connection string of that resource.")]
        }
        None if user.starts_with("8:acs:") => {
            vec![format!("'{user}' is not a complete raw id: 8:acs:<resource>_<user>.")]
        }
        None => {
            vec![format!(
                "'{user}' is not an identity of a Communication Services resource. Such ids start with 8:acs:."
            )]
        }
    }
}
