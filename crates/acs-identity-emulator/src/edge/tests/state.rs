//! Export and import by the control API.

use std::sync::Arc;

use insta::assert_snapshot;

use super::{ask, create, edge, edge_of};
use crate::config::Config;
use crate::edge::pipeline::Edge;

async fn export(edge: &Arc<Edge>) -> String {
    let answer = ask("GET", "/emulator/export").signed().of(edge).await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/x-ndjson")));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer.text
}

#[tokio::test]
async fn an_export_is_imported_with_the_signature_of_the_key_in_force() {
    let (source, target) = (edge(), edge());
    let created = create().body(r#"{"customId":"alice","createTokenWithScopes":["chat"]}"#).of(&source).await;
    let content = export(&source).await;
    let import = ask("POST", "/emulator/import").body(content.clone()).signed();
    let imported = import.clone().of(&target).await;
    assert_snapshot!(format!("{} {}", imported.status, imported.text), @r#"200 {"identities":1,"assignments":0}"#);
    // The access key is the same, and its signature is accepted afterwards.
    let shown = ask("GET", "/emulator/identities/alice").signed().of(&target).await;
    assert_eq!(shown.json()["id"], created.json()["identity"]["id"]);
    let token = created.json()["accessToken"]["token"].as_str().unwrap().to_owned();
    let active = ask("POST", "/introspect").body(format!("token={token}")).signed().of(&target).await;
    assert_eq!(active.json()["active"], true);
    let again = import.of(&target).await;
    assert_snapshot!(format!("{} {}", again.status, again.text), @r#"409 {"error":{"code":"Conflict","message":"The emulator has identities or assignments. To replace them: replace=true, or --replace.","target":"replace"}}"#);
    let replaced = ask("POST", "/emulator/import?replace=true").body(content).signed().of(&target).await;
    assert_eq!(replaced.status, 200, "{replaced:?}");
}

#[tokio::test]
async fn an_import_that_cannot_be_used_says_why_and_changes_nothing() {
    let edge = edge();
    create().body(r#"{"customId":"alice"}"#).of(&edge).await;
    let content = export(&edge).await;
    let half = content[..content.len() / 2].to_owned();
    let changed = content.replace("alice", "alicf");
    let mut said = Vec::new();
    for (query, body) in
        [("", ""), ("", "{}\n"), ("", &*half), ("?replace=true", &*changed), ("?replace=yes", &*content)]
    {
        let answer = ask("POST", format!("/emulator/import{query}")).body(body).signed().of(&edge).await;
        said.push(format!("{} {}", answer.status, answer.text));
    }
    assert_snapshot!(said.join("\n"), @r#"
    400 {"error":{"code":"InvalidState","message":"The state cannot be imported: it is not an export of the emulator."}}
    400 {"error":{"code":"InvalidState","message":"The state cannot be imported: it is not an export of the emulator."}}
    400 {"error":{"code":"InvalidState","message":"The state cannot be imported: it is incomplete: its last line is not an end line."}}
    400 {"error":{"code":"InvalidState","message":"The state cannot be imported: it is damaged or was changed: its checksum is wrong."}}
    400 {"error":{"code":"ValidationError","message":"replace must be true or false, but it is 'yes'.","target":"replace"}}
    "#);
    assert_eq!(ask("GET", "/emulator/identities/alice").signed().of(&edge).await.status, 200);
}

#[tokio::test]
async fn only_an_import_may_have_a_large_body() {
    let edge = Arc::new(edge_of(Config { control_secret: Some("s3cret".to_owned().into()), ..Config::in_memory() }));
    let body = "x".repeat(crate::edge::http::body::MAX_BODY + 1);
    let send = |path: &str| ask("POST", path).body(body.clone()).header("x-emulator-control", "s3cret");
    assert_eq!(send("/emulator/import").of(&edge).await.code(), "InvalidState");
    assert_eq!(send("/emulator/entra-token").of(&edge).await.status, 413);
    // A client without a credential cannot make the emulator read it.
    assert_eq!(ask("POST", "/emulator/import").body(body.clone()).of(&edge).await.status, 401);
}
