//! The OpenAPI document.

use std::collections::BTreeSet;

use acs_identity_protocol::api_version::{ApiVersion, KNOWN};
use hyper::Method;
use serde_json::{Value, json};

use crate::edge::openapi::described;
use crate::edge::pipeline::ROUTER;
use crate::edge::routes::route::{Callers, Route, Side};
use crate::faults::{FAULT_OPERATIONS, Faults};

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
    let parameter = json!({"$ref": "#/components/parameters/ControlVersion"});
    for (route, operation) in described_routes() {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        assert_eq!(parameters.contains(&parameter), route.is_of_control_api(), "{}", route.operation);
    }
}

#[test]
fn the_query_parameters_of_the_control_api_are_those_that_its_operations_take() {
    for (route, operation) in described_routes() {
        if !route.is_of_control_api() {
            continue;
        }
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let described: BTreeSet<String> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "query")
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(described, route.parameters.iter().map(|name| (*name).to_owned()).collect(), "{}", route.operation);
    }
}

#[test]
fn the_operations_that_a_fault_can_hit_are_those_that_do_not_steer_the_emulator() {
    let routes = routes();
    let names = routes.iter().filter(|route| !route.is_for_steering()).map(|route| route.operation);
    assert_eq!(names.collect::<BTreeSet<_>>(), FAULT_OPERATIONS.iter().copied().collect());
    assert!(FAULT_OPERATIONS.is_sorted());
}

#[test]
fn the_operation_of_a_fault_is_one_that_a_fault_can_hit() {
    let operation = |version: &ApiVersion| {
        document(version)["components"]["schemas"]["FaultRule"]["properties"]["operation"].take()
    };
    for version in KNOWN {
        let operation = operation(version);
        let pattern = operation["pattern"].as_str().unwrap();
        let (names, more) = pattern.strip_prefix("^(").unwrap().split_once(')').unwrap();
        assert_eq!(more, format!("(,({names}))*$"));
        let names: Vec<&str> = names.split('|').collect();
        assert_eq!(names, FAULT_OPERATIONS, "{}", version.name);
        for name in ["createIdentity", "getFrontEndToken", "oauthToken"] {
            assert!(names.contains(&name), "{name}: {names:?}");
        }
        for name in ["addFault", "setClock", "health"] {
            assert!(!names.contains(&name), "{name}: {names:?}");
        }
    }
}

#[test]
fn the_user_of_a_token_for_web_pages_has_the_length_of_a_custom_id() {
    let mut document = document(KNOWN.iter().find(|version| version.custom_id).unwrap());
    let custom_id = document["components"]["schemas"]["CreateIdentityRequest"]["properties"]["customId"].take();
    let parameters = document["paths"]["/emulator/token"]["get"]["parameters"].as_array().unwrap();
    let user = &parameters.iter().find(|parameter| parameter["name"] == "user").unwrap()["schema"];
    assert!(custom_id["maxLength"].is_u64() && custom_id["minLength"].is_u64());
    for member in ["minLength", "maxLength"] {
        assert_eq!(user[member], custom_id[member], "{member}");
    }
}

/// Returns whether a rule of faults has the members of one of the kinds in the document.
fn is_described(rule: &Value, schema: &Value) -> bool {
    let has = |name: &Value| rule.get(name.as_str().unwrap()).is_some();
    let has_all = |kind: &Value| kind["required"].as_array().is_none_or(|names| names.iter().all(has));
    let fits = |kind: &Value| {
        let fits_property = |(name, property): (&String, &Value)| match (rule.get(name), property.get("const")) {
            (None, _) => true,
            (Some(given), Some(wanted)) => given == wanted,
            (Some(_), None) => property != &Value::Bool(false),
        };
        has_all(kind)
            && kind["anyOf"].as_array().is_none_or(|some| some.iter().any(has_all))
            && kind["properties"].as_object().unwrap().iter().all(fits_property)
    };
    let kinds = schema["oneOf"].as_array().unwrap().iter().filter(|kind| fits(kind)).count();
    let needs =
        |(name, needed): (&String, &Value)| rule.get(name).is_none() || needed.as_array().unwrap().iter().all(has);
    kinds == 1 && schema["dependentRequired"].as_object().unwrap().iter().all(needs)
}

#[test]
fn the_members_of_a_fault_may_be_combined_as_described() {
    let schema = document(&KNOWN[0])["components"]["schemas"]["FaultRule"].take();
    let members = [
        ("status", vec![json!(500)]),
        ("drop", vec![json!("before"), json!("after")]),
        ("truncateBodyAt", vec![json!(1)]),
        ("delayMilliseconds", vec![json!(1)]),
        ("tokenExpiresInSeconds", vec![json!(1)]),
        ("shiftSeconds", vec![json!(1)]),
        ("code", vec![json!("X")]),
        ("retryAfter", vec![json!(1)]),
        ("seed", vec![json!(1)]),
        ("probability", vec![json!(0.5)]),
    ];
    // Each combination of the members.
    let mut rules = vec![json!({})];
    for (name, values) in members {
        let mut more = rules.clone();
        for rule in &rules {
            more.extend(values.iter().map(|value| {
                let mut rule = rule.clone();
                rule[name] = value.clone();
                rule
            }));
        }
        rules = more;
    }
    assert_eq!(rules.len(), 1536);
    for rule in rules {
        let is_accepted = Faults::default().add(serde_json::from_value(rule.clone()).unwrap()).is_ok();
        assert_eq!(is_described(&rule, &schema), is_accepted, "{rule}");
    }
}
