//! The description of what is served (`/openapi.json`): one document of everything, cut down to an api-version.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use acs_identity_protocol::api_version::{ApiVersion, TeamsUserBody};
use hyper::Method;
use hyper::body::Bytes;
use serde_json::{Map, Value, json};

use super::routes::Route;
use crate::core::{Refusal, Refused};

/// Everything that any version has.
const EVERYTHING: &str = include_str!("../openapi.json");

/// The descriptions that were asked for, by version. Anybody may ask, so that each is made once.
static DESCRIBED: Mutex<BTreeMap<&'static str, Bytes>> = Mutex::new(BTreeMap::new());

/// The description for a version, as it is sent.
pub(super) fn described(version: &ApiVersion) -> Refused<Bytes> {
    let mut described = DESCRIBED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(text) = described.get(version.name) {
        return Ok(text.clone());
    }
    let text = Bytes::from(serde_json::to_vec(&describe(version)?).map_err(Refusal::fault)?);
    described.insert(version.name, text.clone());
    Ok(text)
}

/// The description for a version.
fn describe(version: &ApiVersion) -> Refused<Value> {
    let mut document: Value = serde_json::from_str(EVERYTHING).map_err(Refusal::fault)?;
    document["info"]["version"] = version.name.into();
    for parameter in ["ApiVersion", "OptionalApiVersion"] {
        document["components"]["parameters"][parameter]["schema"]["enum"] = json!([version.name]);
    }
    if let Some(paths) = document["paths"].as_object_mut() {
        keep_operations_of(paths, version);
    }
    let schemas = &mut document["components"]["schemas"];
    if !version.custom_id {
        remove(&mut schemas["CreateIdentityRequest"], "customId");
        remove(&mut schemas["Identity"], "customId");
        remove(&mut schemas["Identity"], "lastTokenIssuedAt");
    }
    if !version.expiry {
        remove(&mut schemas["CreateIdentityRequest"], "expiresInMinutes");
        remove(&mut schemas["IssueAccessTokenRequest"], "expiresInMinutes");
    }
    if !version.join_scopes {
        let scopes: &[&str] = if version.legacy { &["chat", "voip", "pstn"] } else { &["chat", "voip"] };
        schemas["Scope"]["enum"] = json!(scopes);
    }
    if version.teams_user != Some(TeamsUserBody::TokenAppIdUserId) {
        schemas["TeamsUserExchangeRequest"]["required"] = json!(["token"]);
        remove(&mut schemas["TeamsUserExchangeRequest"], "appId");
        remove(&mut schemas["TeamsUserExchangeRequest"], "userId");
    }
    if version.teams_user == Some(TeamsUserBody::TokenWithoutErrorBody) {
        // Of the two reasons for it, one has no body.
        document["paths"]["/teamsUser/:exchangeAccessToken"]["post"]["responses"]["401"] = json!({
            "description": "The caller is refused, with an error as the body; or the Entra token is, without a body.",
        });
    }
    if version.legacy {
        let responses = &mut document["paths"]["/identities"]["post"]["responses"];
        let mut created = responses["201"].take();
        created["content"]["application/json"]["schema"] = json!({"$ref": "#/components/schemas/Identity"});
        responses["200"] = created;
        if let Some(responses) = responses.as_object_mut() {
            responses.remove("201");
        }
    }
    Ok(document)
}

fn keep_operations_of(paths: &mut Map<String, Value>, version: &ApiVersion) {
    for (path, item) in paths.iter_mut() {
        // What is not a route of the service has no versions.
        let (Route::Service(route), Some(item)) = (Route::find(path), item.as_object_mut()) else { continue };
        item.retain(|member, _| {
            Method::from_bytes(member.to_ascii_uppercase().as_bytes())
                .ok()
                .filter(|method| route.methods().contains(method))
                .is_none_or(|method| route.is_in(version, &method))
        });
    }
    paths.retain(|_, item| item.as_object().is_some_and(|item| item.keys().any(|member| member != "parameters")));
}

fn remove(schema: &mut Value, property: &str) {
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.remove(property);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::routes::{CONTROL, INTROSPECT, PUBLIC};
    use acs_identity_protocol::api_version::KNOWN;

    /// Every route, with every method that a version gives it, is described, and nothing else is.
    #[test]
    fn all_routes_are_described() {
        for version in KNOWN {
            let document = describe(version).unwrap();
            for path in [
                "/identities",
                "/identities/{id}",
                "/identities/{id}/token",
                "/identities/{id}/:issueAccessToken",
                "/identities/{id}/:revokeAccessTokens",
                "/teamsUser/:exchangeAccessToken",
                "/access/teamsExtension/:exchangeAccessToken",
                "/access/teamsExtension/tenants/{tenantId}/assignments/{objectId}",
                "/access/entra/:exchangeAccessToken",
                "/access/entra/assignments",
                "/access/entra/assignments/{objectId}",
            ] {
                let Route::Service(route) = Route::find(path) else { panic!("{path}") };
                for method in route.methods() {
                    let described = &document["paths"][path][method.as_str().to_ascii_lowercase()];
                    assert_eq!(described.is_object(), route.is_in(version, method), "{} {method} {path}", version.name);
                }
            }
        }
    }

    #[test]
    fn a_description_is_made_once_for_a_version() {
        for version in KNOWN {
            let text = described(version).unwrap();
            assert_eq!(text.as_ptr(), described(version).unwrap().as_ptr(), "{}", version.name);
            assert_eq!(serde_json::from_slice::<Value>(&text).unwrap(), describe(version).unwrap());
        }
    }

    /// What the emulator has beside the service is described, too.
    #[test]
    fn all_paths_beside_the_service_are_described() {
        let document = describe(ApiVersion::newest()).unwrap();
        let public = PUBLIC.iter().map(|(path, _)| (*path, "get")).filter(|(path, _)| *path != "/emulator");
        let control = CONTROL.iter().map(|(path, _)| (*path, "post")).chain([(INTROSPECT, "post")]);
        for (path, method) in public.chain(control) {
            assert!(document["paths"][path][method].is_object(), "{method} {path}");
        }
    }
}
