//! Comparing an Entra token with what it is to be exchanged for, before the service does and says less.

use acs_identity_protocol::claims::entra;
use acs_identity_protocol::jwt::UnverifiedJwt;
use azure_core::time::OffsetDateTime;

use super::validity::Validity;

/// What does not fit about an Entra token that is to be exchanged, a sentence each.
pub fn teams_token_problems(token: &str, client_id: &str, user_object_id: &str) -> Vec<String> {
    let jwt = match UnverifiedJwt::decode(token) {
        Ok(jwt) => jwt,
        Err(error) => return vec![format!("--aad-token is not an access token of Entra: {error}.")],
    };
    let mut problems = Vec::new();
    let now = OffsetDateTime::now_utc().unix_timestamp();
    problems.extend(Validity::of(&jwt, now).problem());
    let audience = jwt.claim_str("aud").unwrap_or_default();
    if !entra::is_acs_audience(audience) {
        problems.push(format!(
            "The token is for '{audience}' (claim 'aud'), not for {}. Ask Entra for the scopes {}.",
            entra::ACS_RESOURCE,
            entra::TEAMS_PERMISSIONS.map(|permission| format!("{}/{permission}", entra::ACS_RESOURCE)).join(" and ")
        ));
    }
    let granted: Vec<&str> = jwt.claim_str("scp").unwrap_or_default().split(' ').collect();
    let missing: Vec<&str> =
        entra::TEAMS_PERMISSIONS.into_iter().filter(|permission| !granted.contains(permission)).collect();
    if !missing.is_empty() {
        problems.push(format!("The token lacks the permission {} (claim 'scp').", missing.join(" and ")));
    }
    for (claim, option, given) in [("appid", "--client", client_id), ("oid", "--aad-user", user_object_id)] {
        let actual = jwt.claim_str(claim).or_else(|| (claim == "appid").then(|| jwt.claim_str("azp")).flatten());
        match actual {
            Some(actual) if actual.eq_ignore_ascii_case(given) => {}
            Some(actual) => problems.push(format!("{option} is '{given}', the token's '{claim}' is '{actual}'.")),
            None => problems.push(format!("The token has no '{claim}', which {option} is compared with.")),
        }
    }
    problems
}
