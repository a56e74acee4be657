//! Says in words why a token is good or not, and what its owner can do about it.

use acs_identity_protocol::claims::entra::{ACS_CLIENTS_APPLICATION_ID, ACS_MANAGEMENT_RESOURCE, ACS_RESOURCE};
use acs_identity_protocol::jwt::JwtError;
use acs_identity_protocol::time::utc;
use acs_identity_protocol::visible::one_line;
use time::OffsetDateTime;

use crate::core::{EntraUse, Inactive, TokenFault};
use crate::keys::signing::Signature;

/// How many characters of a claim an explanation repeats.
const SHOWN: usize = 100;

/// The name of a reason in JSON.
pub(super) type Reason = &'static str;

/// Explains why a text is not a JWT.
pub(super) fn of_no_token(why: JwtError) -> String {
    format!("This is not a token: {why}. Copy the whole token, without the words around it, and try again.")
}

/// Returns the name of the reason, and the explanation.
pub(super) fn of_access_token(reason: Option<Inactive>, now: OffsetDateTime) -> (Option<Reason>, String) {
    let Some(reason) = reason else {
        let explanation =
            "The token is active: this emulator signed it for its resource, and it is neither expired nor revoked.";
        return (None, explanation.to_owned());
    };
    let (name, words) = match reason {
        Inactive::Malformed => (
            "malformed",
            "Its claims are not those of an access token of the service. Issue a new token for the identity.",
        ),
        Inactive::OtherResource => (
            "other_resource",
            "It was issued for another resource: its claim resourceId is not the id of this emulator. Each data folder \
             is a resource of its own. Issue a token here, or use the emulator that issued this one.",
        ),
        Inactive::UnknownKey => (
            "unknown_key",
            "It names a key that is not in force here: its access key was regenerated, the data was replaced, or it is \
             not a token of this emulator. Issue a new token.",
        ),
        Inactive::InvalidSignature => (
            "invalid_signature",
            "It names a key of this emulator, but that key did not sign it, so it was changed. Copy the whole token \
             again, or issue a new one.",
        ),
        Inactive::Expired => ("expired", "It has expired. Issue a new token, or set the clock of the service back."),
        Inactive::IdentityDeleted => (
            "identity_deleted",
            "Its identity was deleted, which ends all its tokens. Create an identity, and issue a token for it.",
        ),
        Inactive::Revoked => {
            ("revoked", "The tokens of its identity were revoked after it was issued. Issue a new token.")
        }
        Inactive::NotYetValid => (
            "not_yet_valid",
            "It was issued at a later time than the clock of the service shows, because the clock was set back. Set \
             the clock forward, or issue a new token.",
        ),
    };
    let depends_on_time = matches!(reason, Inactive::Expired | Inactive::NotYetValid);
    let clock = if depends_on_time { format!(" The clock shows {}.", whole(now)) } else { String::new() };
    (Some(name), format!("The token is not active. {words}{clock}"))
}

/// Returns the name of the reason, and the explanation.
pub(super) fn of_entra_token(
    uses: Result<Vec<EntraUse>, TokenFault>,
    signature: Signature,
    now: OffsetDateTime,
) -> (Option<Reason>, String) {
    let fault = match uses {
        Ok(uses) => {
            let uses: Vec<&str> = uses.into_iter().map(name_of).collect();
            return (None, format!("The emulator accepts this Entra token {}.", uses.join(" and ")));
        }
        Err(fault) => fault,
    };
    let (name, words) = match fault {
        TokenFault::NotAJwt | TokenFault::Malformed => (
            "malformed",
            "One of its claims does not have the type that Entra gives it. Get a new token from Entra or from the \
             emulator."
                .to_owned(),
        ),
        TokenFault::UnknownIssuer => of_unknown_issuer(signature),
        TokenFault::AccessTokenOfUser => (
            "access_token_of_user",
            "It is an access token of a user, and the service takes an Entra token here. Get one from Entra or from \
             the emulator."
                .to_owned(),
        ),
        TokenFault::Expired => {
            ("expired", format!("It has expired: it is {} now. Get a new token.", whole(now)))
        }
        TokenFault::NotYetValid => (
            "not_yet_valid",
            format!(
                "It is not valid yet: its claim nbf is later than {}, the present time. Set the clock \
                 forward, or get a new token.",
                whole(now)
            ),
        ),
        TokenFault::KeyRegenerated => (
            "key_regenerated",
            "It was requested with an access key, or with a secret that derives from one, and that key was regenerated \
             since. Request a new token with the present key."
                .to_owned(),
        ),
        TokenFault::OtherAudience(audience) => ("other_audience", of_audience(&audience)),
        TokenFault::LacksPermission(permission) => (
            "lacks_permission",
            format!(
                "It lacks the permission {permission}, without which it cannot be exchanged. Request a token with that \
                 scope."
            ),
        ),
    };
    (Some(name), format!("The emulator does not accept this token. {words}"))
}

/// Explains why no trusted issuer has issued a token.
fn of_unknown_issuer(signature: Signature) -> (Reason, String) {
    let (name, words) = match signature {
        Signature::Invalid => (
            "invalid_signature",
            "It names a key of an issuer that the emulator trusts, but that key did not sign it, so it was changed. \
             Copy the whole token again, or get a new one.",
        ),
        Signature::Valid => (
            "unknown_issuer",
            "A key of a trusted issuer signed it, but its claim iss is not the URL of that issuer. Compare it with the \
             URL of --entra-issuer.",
        ),
        Signature::UnknownKey => (
            "unknown_issuer",
            "It is not an access token of the service, and no issuer that the emulator trusts signed it. Get a token \
             from the emulator's own issuer, or start the emulator with --entra-issuer and the URL of the issuer.",
        ),
    };
    (name, words.to_owned())
}

fn of_audience(audience: &str) -> String {
    format!(
        "It is for another audience: '{}'. Calls of the service take {ACS_MANAGEMENT_RESOURCE}/. An exchange takes \
         only tokens of the emulator's own issuer, for {ACS_RESOURCE} (Teams) or {ACS_CLIENTS_APPLICATION_ID} (Entra \
         users). Request a token for one of these.",
        one_line(audience, SHOWN)
    )
}

fn name_of(usage: EntraUse) -> &'static str {
    match usage {
        EntraUse::Management => "for calls of the service",
        EntraUse::Assertion => "as the federated token of a workload, which gets a token for it",
        EntraUse::TeamsUser => "in exchange for the access token of a Teams user",
        EntraUse::TeamsExtension => {
            "in exchange for the access token of a Teams extension user, if the user has an assignment"
        }
        EntraUse::EntraUser => "in exchange for the access token of an Entra user, if the user has an assignment",
    }
}

/// Returns a time without decimals.
fn whole(at: OffsetDateTime) -> String {
    utc(at.replace_nanosecond(0).unwrap_or(at))
}
