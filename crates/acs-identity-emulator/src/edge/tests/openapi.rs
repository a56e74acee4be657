//! The OpenAPI document.

use std::collections::BTreeSet;

use acs_identity_protocol::api_version::{ApiVersion, KNOWN};
use hyper::Method;
use serde_json::Value;

use crate::edge::openapi::described;
use crate::edge::pipeline::ROUTER;
use crate::edge::routes::route::{Route, Side};

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
