//! The service reads requests as ASP.NET does.

use std::sync::Arc;

use serde_json::json;

use super::{VERSION, ask, create, edge, edge_of};
use crate::config::Config;

#[tokio::test]
async fn the_case_of_paths_and_member_names_is_ignored() {
    let edge = edge();
    let created = ask("POST", format!("/Identities?{VERSION}"))
        .body(r#"{"CUSTOMID":"a","createtokenwithscopes":["chat"]}"#)
        .signed()
        .of(&edge)
        .await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(created.json()["identity"]["customId"], "a");
    assert!(created.json()["accessToken"]["token"].is_string());
    let id = created.json()["identity"]["id"].as_str().unwrap().to_owned();
    let issued = ask("POST", format!("/identities/{id}/:ISSUEACCESSTOKEN?{VERSION}"))
        .body(r#"{"Scopes":["chat"],"ExpiresInMinutes":60.0}"#)
        .signed()
        .of(&edge)
        .await;
    assert_eq!(issued.status, 200, "{issued:?}");
    let regenerated =
        ask("POST", "/EMULATOR/Regenerate-Key").body(r#"{"KeyType":"Secondary"}"#).signed().of(&edge).await;
    assert_eq!(regenerated.status, 200, "{regenerated:?}");
}

#[tokio::test]
async fn a_request_names_one_api_version_which_is_a_date() {
    let edge = edge();
    for (query, status, code) in [
        ("api-version=2023-10-01&api-version=2023-10-01", 201, ""),
        ("api-version=2023-10-01&Api-Version=2022-10-01", 400, "AmbiguousApiVersion"),
        ("api-version=2027-13-45", 400, "UnsupportedApiVersion"),
        ("api-version=2027-02-29", 400, "UnsupportedApiVersion"),
        ("api-version=2028-02-29", 201, ""),
        ("api-version=2027-01-01-preview", 201, ""),
        ("api-version=2027-01-01x", 400, "UnsupportedApiVersion"),
    ] {
        let answer = ask("POST", format!("/identities?{query}")).signed().of(&edge).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{query}");
    }
}

#[tokio::test]
async fn a_bulk_call_that_names_an_object_twice_is_refused() {
    let edge = edge();
    let assignment =
        json!({"tenantId": "33333333-3333-3333-3333-333333333333", "principalType": "user", "clientIds": []});
    let object = "aaaaaaaa-3333-3333-3333-333333333333";
    for second in [object.to_owned(), object.to_uppercase()] {
        let body = format!(r#"{{"{object}":{assignment},"{second}":null}}"#);
        let answer = ask("PATCH", format!("/access/entra/assignments?{VERSION}")).body(body).signed().of(&edge).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "ValidationError"), "{second}");
    }
    let list = ask("GET", format!("/access/entra/assignments?{VERSION}")).signed().of(&edge).await;
    assert_eq!(list.json()["value"], json!([]));
}

#[tokio::test]
async fn creations_with_and_without_a_token_have_a_rate_limit_each() {
    let edge = Arc::new(edge_of(Config { throttle: true, ..Config::in_memory() }));
    let with_token_in_its_name = r#"{"customId":"createTokenWithScopes"}"#;
    for _ in 0..1000 {
        assert_eq!(create().body(with_token_in_its_name).of(&edge).await.status, 201);
    }
    let throttled = create().body(with_token_in_its_name).of(&edge).await;
    assert_eq!((throttled.status, throttled.header("retry-after").is_some()), (429, true));
    assert_eq!(create().body(r#"{"createTokenWithScopes":["chat"]}"#).of(&edge).await.status, 201);
}

#[tokio::test]
async fn the_description_promises_no_body_where_a_401_may_be_empty() {
    let edge = edge();
    let response = |version: &'static str| {
        let edge = Arc::clone(&edge);
        async move {
            let document = ask("GET", format!("/openapi.json?api-version={version}")).of(&edge).await.json();
            document["paths"]["/teamsUser/:exchangeAccessToken"]["post"]["responses"]["401"].clone()
        }
    };
    let described = response("2021-03-31-preview1").await;
    assert!(described["description"].is_string() && described["content"].is_null() && described["$ref"].is_null());
    assert!(response("2021-10-31-preview").await["$ref"].is_string());
}

#[tokio::test]
async fn each_page_of_assignments_links_to_the_next_one() {
    let edge = edge();
    let assignment =
        json!({"tenantId": "33333333-3333-3333-3333-333333333333", "principalType": "user", "clientIds": []});
    let objects = |numbers: std::ops::Range<u32>| {
        let objects = numbers.map(|number| (format!("{number:08}-0000-0000-0000-000000000000"), assignment.clone()));
        serde_json::Value::Object(objects.collect()).to_string()
    };
    for numbers in [0..1500, 1500..2001] {
        let target = format!("/access/entra/assignments?{VERSION}");
        let made = ask("PATCH", target).body(objects(numbers)).signed().of(&edge).await;
        assert_eq!(made.status, 200, "{made:?}");
    }
    let mut target = format!("/access/entra/assignments?{VERSION}");
    let mut pages = Vec::new();
    loop {
        let page = ask("GET", &target).signed().of(&edge).await;
        assert!(page.text.len() < 300_000, "{}", page.text.len());
        let page = page.json();
        pages.push(page["value"].as_array().unwrap().len());
        let Some(next) = page["nextLink"].as_str() else { break };
        target = next.strip_prefix(&format!("https://{}", super::HOST)).unwrap().to_owned();
    }
    assert_eq!(pages, [1000, 1000, 1]);
}
