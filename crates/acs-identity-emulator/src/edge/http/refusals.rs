//! The only table of the core's refusals: the status, code, target and message of each (docs/service.md, section 4).
//! Texts that were not recorded from the service are the emulator's own (docs/parity.md).

use acs_identity_protocol::claims::entra::ACS_MANAGEMENT_RESOURCE;
use acs_identity_protocol::error::codes;
use acs_identity_protocol::time::utc;
use time::OffsetDateTime;

use super::error::{DENIED, HttpError, Note};
use crate::core::{Field, Refusal, SignInFault, TokenFault};
use crate::store::StoreError;

/// When a client may retry if nothing can be stored, in seconds.
const RETRY_AFTER: u64 = 10;

/// When a client may retry if the machine with the data cannot be reached, in seconds.
const RETRY_SOON: u64 = 1;

impl From<Refusal> for HttpError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Missing(field) => {
                let name = name_of(field);
                Self::binding(format!("{name}: The {name} field is required."), Some(name))
            }
            Refusal::NotAGuid(field) => {
                Self::validation(format!("Provided {} has invalid format.", name_of(field)), target_of(field))
            }
            Refusal::CustomIdLength { least, most } => {
                let message = format!("CustomId length must be within the [{least}, {most}] interval.");
                Self::validation(message, "customId")
            }
            // This error is the emulator's own.
            Refusal::FilterLength { least, most } => {
                Self::validation(format!("filter must have from {least} to {most} characters."), "filter")
            }
            Refusal::FilterWithNul => Self::validation("filter must not contain the character U+0000.", "filter"),
            Refusal::Lifetime { minutes, least, most } => {
                let message = format!(
                    "ExpiresInMinutes value {minutes} is invalid. Value must be within the [{least}, {most}] interval."
                );
                Self::validation(message, "ExpiresInMinutes")
            }
            Refusal::NoScopes => Self::validation("Invalid scopes - Scopes field is required.", "scopes"),
            Refusal::UnknownScope(scope) => {
                Self::validation(format!("Invalid scopes - Scope '{scope}' is not supported."), "scopes")
            }
            Refusal::PrincipalType(kind) => {
                Self::validation(format!("PrincipalType '{kind}' is not supported."), target_of(Field::PrincipalType))
            }
            Refusal::RepeatedObject(object) => {
                let message = format!("ObjectId '{object}' is given more than once.");
                Self::validation(message, target_of(Field::ObjectId))
            }
            Refusal::EntraLifetime { most_seconds } => {
                let message = format!("ExpiresIn: The value must be within ±{most_seconds} seconds.");
                Self::binding(message, Some("ExpiresIn"))
            }
            Refusal::ClockTime { earliest, latest } => Self::validation(clock_range(earliest, latest), "now"),
            Refusal::ClockMove { earliest, latest } => {
                let message = clock_range(earliest, latest);
                Self { target: Some("by"), ..Self::of_operation(409, "Conflict", message) }
            }

            // This error is the emulator's own.
            Refusal::TooManyIdentities { most } => {
                let message = format!(
                    "The token endpoint has made {most} identities, and makes no more. Name an existing user, or empty \
                     the emulator: POST /emulator/reset."
                );
                Self::new(403, "TooManyIdentities", message).noted()
            }

            Refusal::NotOwned => {
                let message = "Provided identity doesn't belong to the resource.";
                Self::of_operation(401, codes::IDENTITY_NOT_OWNED, message)
            }
            // The message is recorded from the service. Status and code are the emulator's own.
            Refusal::IdentityNotFound => {
                Self::of_operation(404, codes::IDENTITY_NOT_FOUND, "Provided identity doesn't exist.")
            }
            // The status is documented. Code and message are the emulator's own.
            Refusal::AssignmentNotFound => {
                Self::of_operation(404, "AssignmentNotFound", "The assignment doesn't exist.")
            }

            Refusal::NoTokenToExchange => {
                Self::binding("The body is either missing or doesn't contain any token.", None)
            }
            Refusal::TokenToExchange(fault) => {
                let note = format!("the Entra token is refused: {}", why_not_exchanged(&fault));
                Self { note: Some(Note::Warning(note)), ..Self::invalid_access_token() }
            }
            Refusal::NothingGranted => Self::invalid_access_token(),
            Refusal::OtherApplication => Self::validation("AAD application is not the expected one.", "appId"),
            Refusal::OtherUser => Self::validation("Provided AAD token issued for unexpected user.", "userId"),
            // This error is the emulator's own.
            Refusal::NotAssigned => {
                let message = "The principal has no assignment on this resource for this application.";
                Self::of_operation(403, "Forbidden", message)
            }

            Refusal::ManagementToken(fault) => Self::denied(DENIED).because(why_not_management(&fault)),
            Refusal::Assertion(fault) => {
                let why = why_not_assertion(&fault);
                let description = format!("AADSTS700024: The client assertion is refused: {why}.");
                Self::oauth(401, "invalid_client", description)
            }
            Refusal::SignIn(fault) => sign_in(fault),

            // These errors are the emulator's own.
            Refusal::StateFile(why) => {
                Self::new(400, "InvalidState", format!("The state cannot be imported: {why}.")).noted()
            }
            Refusal::StateInUse => {
                let message =
                    "The emulator has identities or assignments. To replace them: replace=true, or --replace.";
                Self { target: Some("replace"), ..Self::new(409, "Conflict", message) }
            }

            Refusal::KeyGone => {
                let note = "401: the access key was regenerated while the request was being processed".to_owned();
                Self { note: Some(Note::Warning(note)), ..Self::denied(DENIED) }
            }
            // The request begins again, so a client sees this only if that is repeated all the time.
            Refusal::Stale => Self::unavailable("The shared data is being changed all the time.", RETRY_SOON),
            // This error is the emulator's own.
            Refusal::KeyMoved => {
                let message = "The access key was regenerated by another request at the same time.";
                Self::new(409, "Conflict", message)
            }
            Refusal::Store(error) => store(&error),
            Refusal::Fault(cause) => Self::fault(cause),
        }
    }
}

fn clock_range(earliest: OffsetDateTime, latest: OffsetDateTime) -> String {
    format!("The clock can show times from {} to {}.", utc(earliest), utc(latest))
}

/// Returns the name of a field in messages.
fn name_of(field: Field) -> &'static str {
    match field {
        Field::AppId => "AppId",
        Field::ClientId => "ClientId",
        Field::ClientIds => "ClientIds",
        Field::ObjectId => "ObjectId",
        Field::PrincipalType => "PrincipalType",
        Field::Scopes => "Scopes",
        Field::TenantId => "TenantId",
        Field::UserId => "UserId",
    }
}

/// Returns the name of a field as the target of an error.
fn target_of(field: Field) -> &'static str {
    match field {
        Field::AppId => "appId",
        Field::ClientId | Field::ClientIds => "clientIds",
        Field::ObjectId => "objectId",
        Field::PrincipalType => "principalType",
        Field::Scopes => "scopes",
        Field::TenantId => "tenantId",
        Field::UserId => "userId",
    }
}

/// Returns the error for a failure of the store.
fn store(error: &StoreError) -> HttpError {
    let answer = match error {
        StoreError::Full | StoreError::ServerFull | StoreError::Gone | StoreError::Stopped(_) => {
            HttpError::unavailable(format!("Nothing can be stored: {error}."), RETRY_AFTER)
        }
        StoreError::Unreachable(_) => HttpError::unavailable("The data cannot be reached at present.", RETRY_SOON),
        StoreError::Unknown(_) => HttpError::unavailable(
            "It is not known whether the change was stored: the data cannot be reached.",
            RETRY_SOON,
        ),
        StoreError::Damaged { .. } => HttpError::new(500, "InternalServerError", format!("Damaged data: {error}.")),
        StoreError::Failed(_) => HttpError::new(500, "InternalServerError", "Internal server error."),
    };
    let note = match error {
        StoreError::Unreachable(_) | StoreError::ServerFull => Note::Outage(error.to_string()),
        _ => Note::Error(error.to_string()),
    };
    HttpError { note: Some(note), ..answer }
}

/// Returns the reason why a sign-in by device code failed, in Entra's words.
fn sign_in(fault: SignInFault) -> HttpError {
    let (code, description) = match fault {
        SignInFault::ClientTooLong => {
            ("unauthorized_client", "AADSTS700016: The application was not found: its id is too long.")
        }
        SignInFault::ScopeTooLong => ("invalid_scope", "AADSTS70011: The scope is too long."),
        SignInFault::UnknownCode => ("invalid_grant", "AADSTS70008: The device code is unknown or has expired."),
        SignInFault::OtherClient => ("invalid_grant", "AADSTS700003: The device code was issued to another client."),
        SignInFault::OtherTenant => {
            ("invalid_grant", "AADSTS700005: The device code is intended to be used against another tenant.")
        }
    };
    HttpError::oauth(400, code, description)
}

/// Returns the reason why a token cannot be exchanged, for the log.
fn why_not_exchanged(fault: &TokenFault) -> String {
    match fault {
        TokenFault::UnknownIssuer => "it was not signed by this emulator".to_owned(),
        TokenFault::OtherAudience(audience) => format!("its audience '{audience}' is not accepted by this exchange"),
        other => why(other),
    }
}

/// Returns the reason why a token is not accepted as an assertion, for the client.
fn why_not_assertion(fault: &TokenFault) -> String {
    match fault {
        TokenFault::OtherAudience(_) => "its audience is not api://AzureADTokenExchange".to_owned(),
        other => why(other),
    }
}

/// Returns the reason why a token does not authenticate a management call, for the log.
fn why_not_management(fault: &TokenFault) -> String {
    match fault {
        TokenFault::AccessTokenOfUser => why(fault),
        TokenFault::UnknownIssuer => "the Entra token was not signed by a trusted issuer".to_owned(),
        TokenFault::Malformed => "the claims of the Entra token are malformed".to_owned(),
        TokenFault::OtherAudience(audience) => {
            format!("the Entra token is for '{audience}', not for {ACS_MANAGEMENT_RESOURCE}/")
        }
        other => format!("the Entra token: {}", why(other)),
    }
}

/// Returns the problem with a token, for any purpose.
fn why(fault: &TokenFault) -> String {
    match fault {
        TokenFault::NotAJwt => "it is not a JWT".to_owned(),
        TokenFault::UnknownIssuer => "it was not signed by a trusted issuer".to_owned(),
        TokenFault::AccessTokenOfUser => {
            "this is an access token of a Communication Services user, for chat and calling; the emulator serves the \
             Identity service only, which takes an access key or an Entra token"
                .to_owned()
        }
        TokenFault::Malformed => "its claims are malformed".to_owned(),
        TokenFault::Expired => "it has expired".to_owned(),
        TokenFault::NotYetValid => "it is not valid yet".to_owned(),
        TokenFault::KeyRegenerated => "the access key with which it was requested was regenerated".to_owned(),
        TokenFault::OtherAudience(audience) => format!("its audience '{audience}' is not the expected one"),
        TokenFault::LacksPermission(permission) => format!("it lacks the permission {permission}"),
    }
}
