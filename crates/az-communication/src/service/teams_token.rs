//! Compares an Entra token with the arguments of its exchange. This is done before the exchange, because the service's
//! own errors say less.

use acs_identity_protocol::claims::entra;
use acs_identity_protocol::jwt::UnverifiedJwt;
use azure_core::time::OffsetDateTime;

use crate::service::validity::Validity;

/// Returns a sentence for each mismatch of an Entra token and the arguments of its exchange.
pub fn teams_token_problems(token: &str, client_id: &str, user_object_id: &str) -> Vec<String> {
    let jwt = match UnverifiedJwt::decode(token) {
        Ok(jwt) => jwt,
        Err(error) => return vec![format!("--aad-token is not an access token of Entra: {error}.")],
    };
    if jwt.claim_str("acsScope").is_some() || jwt.claim_str("skypeid").is_some() {
        return vec!["This is an access token of Communication Services, not of Entra.".to_owned()];
    }
    let mut problems = Vec::new();
    let now = OffsetDateTime::now_utc().unix_timestamp();
    problems.extend(Validity::of(&jwt, now).problem());
    let audience = jwt.claim_str("aud").unwrap_or_default();
    if !entra::is_acs_audience(audience) {
        let actual = match audience {
            "" => "names no audience (claim 'aud'), and must be for".to_owned(),
            other => format!("is for '{other}' (claim 'aud'), not for"),
        };
        problems.push(format!(
            "The token {actual} {}. Ask Entra for the scopes {}.",
            entra::ACS_RESOURCE,
            entra::TEAMS_PERMISSIONS.map(|permission| format!("{}/{permission}", entra::ACS_RESOURCE)).join(" and ")
        ));
    }
    let granted: Vec<&str> = jwt.claim_str("scp").unwrap_or_default().split(' ').collect();
    let missing: Vec<&str> =
        entra::TEAMS_PERMISSIONS.into_iter().filter(|permission| !granted.contains(permission)).collect();
    if !missing.is_empty() {
        let permission = if missing.len() == 1 { "permission" } else { "permissions" };
        problems.push(format!("The token lacks the {permission} {} (claim 'scp').", missing.join(" and ")));
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

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    #[test]
    fn missing_permissions_are_counted() {
        let lacking = |granted: &str| {
            let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
            let token = format!("{}.{}.x", part(r#"{"alg":"none"}"#), part(&format!(r#"{{"scp":"{granted}"}}"#)));
            teams_token_problems(&token, "", "").into_iter().find(|problem| problem.contains("'scp'"))
        };
        let [first, second] = entra::TEAMS_PERMISSIONS;
        let one = format!("The token lacks the permission {second} (claim 'scp').");
        assert_eq!(lacking(first), Some(one));
        let both = format!("The token lacks the permissions {first} and {second} (claim 'scp').");
        assert_eq!(lacking("User.Read"), Some(both));
        assert_eq!(lacking(&format!("{first} {second}")), None);
    }
}
