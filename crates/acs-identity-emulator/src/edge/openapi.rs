//! The OpenAPI document (`/openapi.json`): one document of all operations, reduced to the operations of an api-version.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use acs_identity_protocol::api_version::{ApiVersion, TeamsUserBody};
use hyper::Method;
use hyper::body::Bytes;
use serde_json::{Map, Value, json};

use super::http::error::{HttpError, HttpResult};
use super::routes::route::Route;
use crate::faults::FAULT_OPERATIONS;

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
    // A fault names an operation of any version.
    let names = FAULT_OPERATIONS.join("|");
    schemas["FaultRule"]["properties"]["operation"]["pattern"] = format!("^({names})(,({names}))*$").into();
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
            "description": "The caller is refused, with an error in the body, or the Entra token is refused, without a body.",
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
