//! Tests of errors of the service: their text on a terminal, and their hints.

use super::*;
use crate::support::seen::each;
use insta::assert_snapshot;

#[test]
fn control_characters_of_the_service_are_escaped() {
    let service = Service::refusing("Bad\u{7}", "x\u{1b}[2J\u{1b}]0;title\u{7}y\u{9b}31m\rz\u{202e}\u{200b}");
    assert_snapshot!(service.shows("token issue --scope chat"), @r"
    exit 1
    --- stderr
    ERROR: (Bad\x07) x\x1b[2J\x1b]0;title\x07y\x9b31m\rz\u202e\u200b
    Code: Bad\x07
    Message: x\x1b[2J\x1b]0;title\x07y\x9b31m\rz\u202e\u200b
    ");
}

#[test]
fn text_of_the_service_in_other_languages_is_shown_as_it_is() {
    let service = Service::refusing("c", "é 中文 😀\r\n\tzweite Zeile");
    assert_snapshot!(service.shows("token issue --scope chat --only-show-errors"), @"
    exit 1
    --- stderr
    ERROR: (c) é 中文 😀
    	zweite Zeile
    Code: c
    Message: é 中文 😀
    	zweite Zeile
    ");
}

#[test]
fn an_invisible_character_at_the_end_of_a_value_is_named_where_the_service_refuses_it() {
    let service = Service::refusing("ValidationError", "Scope 'chat\r' is not supported.");
    assert_snapshot!(service.shows("token issue --scope chat\r"), @r"
    exit 1
    --- stderr
    WARNING: 'chat\r' is not a known scope. Did you mean 'chat'?
    ERROR: (ValidationError) Scope 'chat\r' is not supported.
    Code: ValidationError
    Message: Scope 'chat\r' is not supported.
    Hint: --scope contains an invisible character at its end: U+000D, carriage return, the line end of Windows.
    ");
}

#[test]
fn an_invisible_character_within_a_value_is_named_where_the_service_refuses_it() {
    let service = Service::refusing("IdentityNotOwned", "Provided identity doesn't belong to the resource.");
    assert_snapshot!(service.shows("token issue --scope chat --user 8:acs:\u{a0}x\u{200b}"), @r"
    exit 1
    --- stderr
    ERROR: (IdentityNotOwned) Provided identity doesn't belong to the resource.
    Code: IdentityNotOwned
    Message: Provided identity doesn't belong to the resource.
    Hint: --user contains an invisible character at its end: U+200B, zero-width space.
    Hint: --user contains an invisible character: U+00A0, non-breaking space.
    Hint: '8:acs:\xa0x\u200b' is not a complete raw id: 8:acs:<resource>_<user>.
    ");
}

#[test]
fn an_invisible_character_is_sent() {
    let service = Service::refusing("c", "m");
    service.shows("token issue --scope chat --user 8:acs:\u{a0}x\u{200b}");
    let path = &service.requests()[0].path;
    assert!(path.starts_with("/identities/8%3Aacs%3A%C2%A0x%E2%80%8B/"), "{path}");
}

/// Starts a server that answers with a web page in place of the service.
fn page(status: u16, content_type: &str) -> Service {
    let page = "<!DOCTYPE html>\n<html><head><title>Sign in to the\n hotel</title></head><body>x</body></html>";
    Service::answering(json!({"status": status, "headers": {"Content-Type": content_type}, "body": page}))
}

#[test]
fn a_web_page_in_place_of_an_error_is_named_by_its_title() {
    assert_snapshot!(page(403, "text/html").shows("token revoke --user 8:acs:a_b --yes"), @"
    exit 1
    --- stderr
    ERROR: Operation returned an invalid status 'Forbidden'
    Hint: A web page ('Sign in to the hotel') answered instead of the service. It may come from a network that requires a sign-in, from a gateway or from a proxy, or the endpoint does not belong to a Communication Services resource.
    ");
}

#[test]
fn a_web_page_in_place_of_a_success_is_named_by_its_title() {
    assert_snapshot!(page(200, "text/html").shows("token revoke --user 8:acs:a_b --yes"), @"
    exit 1
    --- stderr
    ERROR: Operation returned an invalid status 'OK'
    Hint: A web page ('Sign in to the hotel') answered instead of the service. It may come from a network that requires a sign-in, from a gateway or from a proxy, or the endpoint does not belong to a Communication Services resource.
    ");
}

#[test]
fn a_web_page_in_place_of_a_token_is_named_whatever_its_type_says() {
    for (status, content_type) in [(200, "text/html"), (200, "application/json"), (403, "application/json")] {
        let seen = page(status, content_type).shows("token issue --scope chat --user 8:acs:a_b");
        let hint = "Hint: A web page ('Sign in to the hotel') answered instead of the service.";
        assert!(seen.code == Some(1) && seen.stderr.contains(hint), "{status} {content_type}: {seen}");
    }
}

#[test]
fn a_wrong_clock_is_named_where_the_service_refuses_the_signature() {
    let service = Service::answering(json!({
        "status": 401,
        "headers": {"Content-Type": "application/json", "Date": "Mon, 01 Jan 2024 00:00:00 GMT"},
        "body": {"error": {"code": "Denied", "message": "Denied by the resource provider."}},
    }));
    let seen = service.shows("token issue --scope chat");
    let hint = seen.stderr.lines().last().unwrap();
    let begin = "Hint: This machine's clock is ";
    assert!(hint.starts_with(begin) && hint.contains(" minutes ahead of the service's"), "{seen}");
}

#[test]
fn an_unknown_scope_is_sent_with_a_warning() {
    let service = Service::refusing("ValidationError", "Scope is not supported.");
    assert_snapshot!(each(["caht", "x"], |scope| service.shows(&format!("token issue --scope {scope}"))), @"
    > caht
    exit 1
    --- stderr
    WARNING: 'caht' is not a known scope. Did you mean 'chat'?
    ERROR: (ValidationError) Scope is not supported.
    Code: ValidationError
    Message: Scope is not supported.

    > x
    exit 1
    --- stderr
    WARNING: 'x' is not a known scope. Known scopes: chat, voip, chat.join, chat.join.limited, voip.join.
    ERROR: (ValidationError) Scope is not supported.
    Code: ValidationError
    Message: Scope is not supported.
    ");
    assert_eq!(service.requests().len(), 2);
}

#[test]
fn a_subscription_that_no_login_knows_is_a_warning() {
    let service = Service::issuing();
    assert_snapshot!(service.shows("token issue --scope chat --user 8:acs:x --query user_id --subscription x"), @r#"
    exit 0
    --- stdout
    "8:acs:x"
    --- stderr
    WARNING: Subscription 'x' not recognized.
    "#);
}

#[test]
fn a_subscription_of_a_login_is_not_a_warning() {
    let service = Service::issuing();
    let profile = json!({"subscriptions": [{"id": "1a", "name": "Production", "environmentName": "AzureCloud"}]});
    service.home.write(".azure/azureProfile.json", format!("\u{feff}{profile}"));
    let issue = "token issue --scope chat --user 8:acs:x --query user_id --subscription PRODUCTION";
    assert_snapshot!(service.shows(issue), @r#"
    exit 0
    --- stdout
    "8:acs:x"
    "#);
}
