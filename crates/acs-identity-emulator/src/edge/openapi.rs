//! The OpenAPI document (`/openapi.json`): one document of all operations, reduced to the operations of an api-version.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use acs_identity_protocol::api_version::{ApiVersion, TeamsUserBody};
use hyper::Method;
use hyper::body::Bytes;
use serde_json::{Map, Value, json};

use super::http::error::{HttpError, HttpResult};
use super::routes::route::Route;

/// The document of all versions.
const EVERYTHING: &str = include_str!("../openapi.json");

/// The documents that were requested, by version. Any client may ask, so each document is made only once.
static DESCRIBED: Mutex<BTreeMap<&'static str, Bytes>> = Mutex::new(BTreeMap::new());

/// Returns the document of a version, as it is sent.
pub(crate) fn described(routes: &[&Route], version: &ApiVersion) -> HttpResult<Bytes> {
    let mut described = DESCRIBED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(text) = described.get(version.name) {
        return Ok(text.clone());
    }
    let text = Bytes::from(serde_json::to_vec(&describe(routes, version)?).map_err(HttpError::fault)?);
    described.insert(version.name, text.clone());
    Ok(text)
}

/// Returns the document of a version.
fn describe(routes: &[&Route], version: &ApiVersion) -> HttpResult<Value> {
    let mut document: Value = serde_json::from_str(EVERYTHING).map_err(HttpError::fault)?;
    document["info"]["version"] = version.name.into();
    for parameter in ["ApiVersion", "OptionalApiVersion"] {
        document["components"]["parameters"][parameter]["schema"]["enum"] = json!([version.name]);
    }
    if let Some(paths) = document["paths"].as_object_mut() {
        keep_operations_of(paths, routes, version);
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
        // There are two reasons for a 401, and one of them has no body.
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

/// Removes the operations that the version does not have.
fn keep_operations_of(paths: &mut Map<String, Value>, routes: &[&Route], version: &ApiVersion) {
    for (path, item) in paths.iter_mut() {
        let Some(item) = item.as_object_mut() else { continue };
        let routes = || routes.iter().filter(|route| route.path == path);
        item.retain(|member, _| {
            let method = Method::from_bytes(member.to_ascii_uppercase().as_bytes()).ok();
            let mut routes = routes().filter(|route| method.as_ref().is_some_and(|method| route.has(method)));
            routes.all(|route| route.is_in(version))
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
    use std::collections::BTreeSet;

    use super::*;
    use crate::edge::pipeline::ROUTER;
    use crate::edge::routes::route::Side;
    use acs_identity_protocol::api_version::KNOWN;

    fn routes() -> Vec<&'static Route> {
        ROUTER.routes().collect()
    }

    /// Returns the operations of a document: `post /identities`.
    fn operations(document: &Value) -> BTreeSet<String> {
        let paths = document["paths"].as_object().unwrap();
        let of_path = |(path, item): (&String, &Value)| {
            let members: Vec<String> = item.as_object().unwrap().keys().cloned().collect();
            let methods = members.into_iter().filter(|member| member != "parameters");
            methods.map(|method| format!("{method} {path}")).collect::<Vec<_>>()
        };
        paths.iter().flat_map(of_path).collect()
    }

    /// Returns the operations of the service's routes and of the emulator's own routes. HEAD is left out because it is
    /// a GET without a body. A path without a slash at its end counts as the same path with one.
    fn expected(version: &ApiVersion) -> BTreeSet<String> {
        let routes = routes();
        let routes = routes.iter().filter(|route| route.side != Side::Entra && route.path != "/emulator");
        let in_version = routes.filter(|route| route.is_in(version));
        let of_route = |route: &&Route| {
            let methods = route.methods.iter().filter(|method| *method != Method::HEAD);
            methods.map(|method| format!("{} {}", method.as_str().to_lowercase(), route.path)).collect::<Vec<_>>()
        };
        in_version.flat_map(of_route).collect()
    }

    #[test]
    fn the_operations_of_each_version_are_described_and_no_others() {
        for version in KNOWN {
            assert_eq!(operations(&describe(&routes(), version).unwrap()), expected(version), "{}", version.name);
        }
    }

    #[test]
    fn a_description_is_made_once_for_a_version() {
        for version in KNOWN {
            let text = described(&routes(), version).unwrap();
            assert_eq!(text.as_ptr(), described(&routes(), version).unwrap().as_ptr(), "{}", version.name);
            assert_eq!(serde_json::from_slice::<Value>(&text).unwrap(), describe(&routes(), version).unwrap());
        }
    }
}
