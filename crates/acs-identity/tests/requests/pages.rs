//! Lists in pages, and answers without a body.

use std::collections::BTreeMap;

use acs_identity::CommunicationIdentityClient;
use azure_core::http::StatusCode;
use futures::{StreamExt as _, TryStreamExt as _};

use crate::recorder::Recorder;

const VERSION: &str = "2025-03-02-preview";

fn page(object: &str, next: &str) -> String {
    format!(r#"{{"value":[{{"objectId":"{object}"}}],"nextLink":"{next}"}}"#)
}

fn client(recorder: &Recorder) -> CommunicationIdentityClient {
    recorder.client_of("https://h:8443/prefix", VERSION)
}

/// Reads a list until it ends or fails, and returns the object ids, and the error.
async fn list(recorder: &Recorder) -> (Vec<String>, Option<String>) {
    let (mut ids, mut error) = (Vec::new(), None);
    let mut items = client(recorder).list_entra_assignments(None).unwrap();
    while let Some(item) = items.next().await {
        match item {
            Ok(item) => ids.push(item.object_id.unwrap()),
            Err(failed) => error = Some(failed.to_string()),
        }
    }
    (ids, error)
}

#[tokio::test]
async fn e11_a_link_with_a_path_of_its_own_is_followed() {
    let link = format!("https://h:8443/other/path?skip=a%20b&api-version={VERSION}");
    let recorder = Recorder::default().answer(200, &page("1", &link)).answer(200, &page("2", ""));
    assert_eq!(list(&recorder).await, (vec!["1".to_owned(), "2".to_owned()], None));
    assert_eq!(recorder.sent()[1].url, link);
}

#[tokio::test]
async fn m10_a_relative_link_is_resolved_against_the_page_that_has_it() {
    let recorder = Recorder::default()
        .answer(200, &page("1", "?skip=1"))
        .answer(200, &page("2", "/x/y/z?skip=2&api-version=2001-01-01"))
        .answer(200, &page("3", "w#part"))
        .answer(200, &page("4", ""));
    assert_eq!(list(&recorder).await, (["1", "2", "3", "4"].map(String::from).to_vec(), None));
    let sent = recorder.sent();
    let urls: Vec<&str> = sent.iter().map(|sent| sent.url.as_str()).collect();
    assert_eq!(
        urls,
        [
            format!("https://h:8443/prefix/access/entra/assignments?api-version={VERSION}"),
            format!("https://h:8443/prefix/access/entra/assignments?skip=1&api-version={VERSION}"),
            format!("https://h:8443/x/y/z?skip=2&api-version={VERSION}"),
            format!("https://h:8443/x/y/w?api-version={VERSION}"),
        ]
    );
    assert!(sent.iter().all(|sent| sent.authorization.is_some()));
}

#[tokio::test]
async fn e11_a_link_to_another_origin_is_not_followed_and_the_page_is_kept() {
    for link in ["https://evil/prefix", "http://h:8443/prefix", "https://h/prefix", "//evil:8443/prefix"] {
        let recorder = Recorder::default().answer(200, &page("1", link)).answer(200, &page("2", ""));
        let (ids, error) = list(&recorder).await;
        let error = error.expect(link);
        assert_eq!(ids, ["1"]);
        assert!(error.contains("instead of https://h:8443, so it is not followed"), "{error}");
        assert_eq!(recorder.sent().len(), 1);
    }
}

#[tokio::test]
async fn e11_a_link_in_a_circle_is_an_error() {
    let recorder = Recorder::default()
        .answer(200, &page("1", "?a=1"))
        .answer(200, &page("2", "?a=2"))
        .answer(200, &page("3", "?a=1"))
        .answer(200, &page("2", "?a=2"));
    let (ids, error) = list(&recorder).await;
    assert_eq!(ids, ["1", "2", "3"]);
    assert!(error.unwrap().contains("a page that was read before"));
    assert_eq!(recorder.sent().len(), 3);
}

#[tokio::test]
async fn e11_a_link_that_is_not_a_url_keeps_the_page() {
    let recorder = Recorder::default().answer(200, &page("1", "https://["));
    let (ids, error) = list(&recorder).await;
    assert_eq!(ids, ["1"]);
    assert!(error.unwrap().contains("is not a URL"));
}

#[tokio::test]
async fn e2_removals_only_give_an_empty_list() -> azure_core::Result<()> {
    let recorder = Recorder::default().answer(204, "").answer(200, &page("1", ""));
    let patch = BTreeMap::from([("o".to_owned(), None)]);
    let response = client(&recorder).update_entra_assignments(&patch, None).await?;
    assert_eq!(response.status(), StatusCode::NoContent);
    assert!(response.into_model()?.value.is_empty());
    let response = client(&recorder).update_entra_assignments(&patch, None).await?;
    assert_eq!(response.into_model()?.value.len(), 1);
    assert_eq!(recorder.sent()[0].body, r#"{"o":null}"#);
    Ok(())
}

#[tokio::test]
async fn a_list_continues_where_another_one_ended() -> azure_core::Result<()> {
    let recorder = Recorder::default().answer(200, &page("1", "?a=1")).answer(200, &page("2", ""));
    let mut pages = client(&recorder).list_entra_assignments(None)?.into_pages();
    pages.try_next().await?;
    let mut options = acs_identity::models::CommunicationIdentityClientListEntraAssignmentsOptions::default();
    options.method_options.continuation = pages.into_continuation();
    let rest: Vec<_> = client(&recorder).list_entra_assignments(Some(options))?.try_collect().await?;
    assert_eq!(rest.len(), 1);
    assert!(recorder.sent()[1].url.contains("a=1"));
    Ok(())
}

#[tokio::test]
async fn m4_a_link_with_a_user_name_is_not_followed() {
    let recorder = Recorder::default().answer(200, &page("1", "https://user:SECRET@h:8443/prefix"));
    let error = list(&recorder).await.1.unwrap();
    assert!(error.contains("leads to a URL with a user name or a password instead of"), "{error}");
    assert!(!error.contains("SECRET"), "{error}");
    assert_eq!(recorder.sent().len(), 1);
}

#[tokio::test]
async fn l10_a_link_that_is_not_of_the_web_is_named_by_its_scheme() {
    let recorder = Recorder::default().answer(200, &page("1", "mailto:a@h"));
    let error = list(&recorder).await.1.unwrap();
    assert!(error.contains("leads to a 'mailto:' address instead of https://h:8443"), "{error}");
}
