//! The tables of routes.

use acs_identity_protocol::api_version::ApiVersion;
use hyper::Method;

use crate::edge::pipeline::ROUTER;
use crate::edge::routes::route::{Callers, PathValue, Route, Side, WebPages};
use crate::edge::table::row::Row;

/// Returns the route of a path, and the values in it.
fn find(path: &str) -> Option<(&'static str, Vec<String>)> {
    let (found, values) = ROUTER.find(path)?;
    Some((found.route(&Method::GET).path, values.into_iter().map(|(_, text)| text).collect()))
}

#[test]
fn segments_are_split_before_they_are_decoded() {
    assert_eq!(find("/identities/a%2Fb"), Some(("/identities/{id}", vec!["a/b".to_owned()])));
    for path in ["/identities/%ff", "/identities/a/b", "/identities/", "identities", "*", ""] {
        assert_eq!(find(path), None, "{path}");
    }
}

#[test]
fn the_case_of_words_in_a_path_is_ignored_and_values_keep_theirs() {
    for (path, expected, values) in [
        ("/IDENTITIES", "/identities", &[][..]),
        ("/Identities/8:ACS:X/:IssueAccessToken", "/identities/{id}/:issueAccessToken", &["8:ACS:X"]),
        ("/identities//token", "/identities/{id}/token", &[""]),
        ("/TeamsUser/:exchangeaccesstoken", "/teamsUser/:exchangeAccessToken", &[]),
        ("/Access/Entra/Assignments/O", "/access/entra/assignments/{objectId}", &["O"]),
        ("/Health/Ready", "/health/ready", &[]),
        ("/Emulator/List-Keys", "/emulator/list-keys", &[]),
        ("/Introspect", "/introspect", &[]),
        ("/AbC/OAuth2/V2.0/Token", "/{tenant}/oauth2/v2.0/token", &["AbC"]),
        ("/MSI/token", "/msi/token", &[]),
        ("/metadata/identity/oauth2/token", "/metadata/identity/oauth2/token", &[]),
    ] {
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        assert_eq!(find(path), Some((expected, values)), "{path}");
    }
    assert_eq!(find("/a%20b/oauth2/token"), None);
}

#[test]
fn words_of_the_service_may_be_encoded_and_those_of_the_emulator_may_not() {
    assert_eq!(find("/%69dentities"), Some(("/identities", Vec::new())));
    assert_eq!(find("/t/%6fauth2/token"), Some(("/{tenant}/oauth2/token", vec!["t".to_owned()])));
    assert_eq!(find("/%68ealth"), None);
    assert_eq!(find("/emulator/%6cist-keys"), None);
}

#[test]
fn every_route_is_found_by_its_path_in_any_case() {
    for route in ROUTER.routes() {
        let path = route.path.replace(['{', '}'], "");
        let changed = |change: fn(&str) -> String| {
            let segments = path.split('/').map(|segment| match segment {
                "id" | "faultId" | "tenantId" | "objectId" | "tenant" => segment.to_owned(),
                word => change(word),
            });
            segments.collect::<Vec<String>>().join("/")
        };
        for path in [path.clone(), changed(str::to_uppercase), changed(str::to_lowercase)] {
            assert_eq!(find(&path).map(|(path, _)| path), Some(route.path), "{path}");
        }
    }
}

#[test]
fn routes_of_the_same_path_are_adjacent_with_the_same_callers_and_different_methods() {
    let routes: Vec<&Route> = ROUTER.routes().collect();
    for route in &routes {
        let (found, _) = ROUTER.find(&route.path.replace(['{', '}'], "")).unwrap();
        for method in route.methods {
            assert!(std::ptr::eq(found.route(method), *route), "{method} {}", route.path);
        }
        let others = || routes.iter().filter(|other| other.path == route.path);
        assert!(others().all(|other| other.callers == route.callers), "{}", route.path);
        assert!(others().all(|other| other.web_pages == route.web_pages), "{}", route.path);
    }
}

#[test]
fn web_pages_may_not_call_the_token_endpoints() {
    for route in ROUTER.routes() {
        let gives_no_token = ["/keys", "/openid-configuration"].iter().any(|end| route.path.ends_with(end));
        match route.side {
            Side::Service => assert_eq!(route.web_pages, WebPages::Allowed, "{}", route.path),
            Side::Entra => assert_eq!(route.web_pages == WebPages::Allowed, gives_no_token, "{}", route.path),
            Side::Emulator => {}
        }
    }
}

#[test]
fn the_allow_header_lists_the_methods_of_the_version() {
    let (found, values) = ROUTER.find("/identities/x").unwrap();
    assert_eq!(values, [(PathValue::Id, "x".to_owned())]);
    let allow = |version: &str| found.allow(ApiVersion::find(version).unwrap());
    assert_eq!(allow("2020-07-20-preview2"), "DELETE, PATCH");
    assert_eq!(allow("2025-03-02-preview"), "GET, DELETE");
    assert_eq!(allow("2023-10-01"), "DELETE");
}

#[test]
fn control_endpoints_need_an_access_key_or_the_control_secret_and_refuse_other_web_pages() {
    for Row { route, .. } in crate::edge::control::ROUTES {
        assert!(route.path.starts_with("/emulator/"), "{}", route.path);
        assert!(matches!(route.callers, Callers::Control | Callers::Keys), "{}", route.path);
        assert!(route.is_for_own_page(), "{}", route.path);
    }
}

#[test]
fn endpoints_for_the_own_page_are_those_of_the_control_api_and_its_own() {
    for route in ROUTER.routes() {
        let is_of_control_api = matches!(route.callers, Callers::Control | Callers::Keys);
        // The files of the page hold nothing that is secret.
        let is_of_page = route.path.starts_with("/emulator/page/") && !route.path.contains("/page.");
        assert_eq!(route.is_for_own_page(), is_of_control_api || is_of_page, "{}", route.path);
    }
}

#[test]
fn every_operation_has_its_name_of_the_openapi_document() {
    let document: serde_json::Value = serde_json::from_str(include_str!("../../openapi.json")).unwrap();
    for route in ROUTER.routes() {
        assert_ne!(route.operation, "", "{}", route.path);
        let described = &document["paths"][route.path];
        if described.is_object() {
            let method = route.methods[0].as_str().to_lowercase();
            assert_eq!(described[method]["operationId"], route.operation, "{}", route.path);
        }
    }
}
