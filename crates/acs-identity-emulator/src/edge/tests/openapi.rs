//! The OpenAPI document.

use std::collections::BTreeSet;

use acs_identity_protocol::api_version::{ApiVersion, KNOWN};
use hyper::Method;
use serde_json::Value;

use crate::edge::openapi::described;
use crate::edge::pipeline::ROUTER;
use crate::edge::routes::route::{Callers, Route, Side};

fn routes() -> Vec<&'static Route> {
    ROUTER.routes().collect()
}

/// Returns the document of a version.
fn document(version: &ApiVersion) -> Value {
    serde_json::from_slice(&described(&routes(), version).unwrap()).unwrap()
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
        assert_eq!(operations(&document(version)), expected(version), "{}", version.name);
    }
}

#[test]
fn a_description_is_made_once_for_a_version() {
    for version in KNOWN {
        let text = described(&routes(), version).unwrap();
        assert_eq!(text.as_ptr(), described(&routes(), version).unwrap().as_ptr(), "{}", version.name);
    }
}

/// Returns each operation of all versions with its route.
fn described_routes() -> Vec<(&'static Route, Value)> {
    let documents: Vec<Value> = KNOWN.iter().map(document).collect();
    let of_route = |route: &&'static Route| {
        let of_method = |method: &Method| {
            let method = method.as_str().to_lowercase();
            let described = documents.iter().map(|document| document["paths"][route.path][&method].clone());
            let described = described.filter(|operation| !operation.is_null()).collect::<Vec<_>>();
            described.into_iter().map(|operation| (*route, operation)).collect::<Vec<_>>()
        };
        route.methods.iter().flat_map(of_method).collect::<Vec<_>>()
    };
    routes().iter().flat_map(of_route).collect()
}

/// Returns the security requirements of an operation that such callers may call.
fn security_for(callers: Callers) -> &'static [&'static str] {
    match callers {
        Callers::Anyone | Callers::ThisMachine | Callers::FrontEnd => &[],
        Callers::Holders => &["hmac", "entra", "clientSecret", ""],
        Callers::CheckedByHandler => &["entraUser"],
        Callers::Management => &["hmac", "entra"],
        Callers::Control => &["hmac", "controlBearer", "control"],
        Callers::Keys => &["hmac", "controlBearer", "control", "entra"],
    }
}

#[test]
fn the_security_of_each_operation_is_that_of_its_callers() {
    let usual = document(&KNOWN[0])["security"].clone();
    for (route, operation) in described_routes() {
        let described = if operation["security"].is_null() { &usual } else { &operation["security"] };
        // A requirement without a scheme stands for a request without a credential.
        let name = |requirement: &Value| requirement.as_object().unwrap().keys().next().cloned().unwrap_or_default();
        let described: Vec<String> = described.as_array().unwrap().iter().map(name).collect();
        assert_eq!(described, security_for(route.callers), "{}", route.operation);
    }
}

#[test]
fn each_operation_of_the_control_api_takes_its_version() {
    let parameter = serde_json::json!({"$ref": "#/components/parameters/ControlVersion"});
    for (route, operation) in described_routes() {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        assert_eq!(parameters.contains(&parameter), route.is_of_control_api(), "{}", route.operation);
    }
}
