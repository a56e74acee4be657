//! Assignments, and exchanges of Entra tokens.

use acs_identity_protocol::api_version::ApiVersion;
use acs_identity_protocol::jwt::UnverifiedJwt;
use acs_identity_protocol::models::{EntraAssignmentRequest, EntraAssignmentsPatch, PrincipalType};

use super::{PRIMARY, core};
use crate::core::TokenTimes;
use crate::core::{EntraTokenRequest, Refusal};
use crate::store::{Caller, block_on};

fn assignment() -> EntraAssignmentRequest {
    EntraAssignmentRequest {
        tenant_id: Some("11111111-1111-1111-1111-111111111111".into()),
        principal_type: Some(PrincipalType::User),
        client_ids: Some(vec!["22222222-2222-2222-2222-222222222222".into()]),
    }
}

#[test]
fn a_bulk_change_that_names_an_object_twice_is_refused() {
    let core = core();
    let object = "abcdefab-0000-0000-0000-000000000000";
    let mut patch = EntraAssignmentsPatch::new();
    patch.insert(object.to_owned(), Some(assignment()));
    patch.insert(object.to_uppercase(), None);
    let refusal = block_on(core.assignments.patch_entra(PRIMARY, patch)).unwrap_err();
    assert_eq!(refusal, Refusal::RepeatedObject(object.to_owned()));
    assert_eq!(block_on(core.assignments.list_entra(PRIMARY, None)).unwrap().0.value.len(), 0);
}

#[test]
fn assignments_are_listed_in_pages() {
    let core = core();
    let patch = (0..1001).map(|number| (format!("{number:08}-0000-0000-0000-000000000000"), Some(assignment())));
    block_on(core.assignments.patch_entra(PRIMARY, patch.collect())).unwrap();
    let (first, last) = block_on(core.assignments.list_entra(PRIMARY, None)).unwrap();
    assert_eq!((first.value.len(), last.as_deref()), (1000, Some("00000999-0000-0000-0000-000000000000")));
    let (second, last) = block_on(core.assignments.list_entra(PRIMARY, last.as_deref())).unwrap();
    assert_eq!((second.value.len(), last), (1, None));
}

#[test]
fn an_exchange_accepts_guids_in_capitals_and_its_token_lives_at_most_a_day() {
    let core = core();
    let (object, tenant) = ("abcdefab-0000-0000-0000-000000000001", "11111111-1111-1111-1111-111111111111");
    block_on(core.assignments.assign_entra(PRIMARY, object, assignment())).unwrap();
    // The previous version issued tokens with a lifetime of a year.
    let now = crate::clock::machine::now().unix_timestamp();
    let claims = serde_json::json!({
        "oid": object.to_uppercase(), "tid": tenant.to_uppercase(), "appid": "22222222-2222-2222-2222-222222222222",
        "aud": "https://communication.azure.com/clients", "scp": "VoIP", "iat": now, "nbf": now, "exp": now + 365 * 86_400,
    });
    let token = block_on(core.signer.issuer_key()).unwrap().sign(&claims).unwrap();
    let made = block_on(core.exchanges.entra_user(&token, TokenTimes::default())).unwrap();
    assert!(made.identity.unwrap().id.unwrap().ends_with(&format!("_wf_{tenant}_{object}")));
    let jwt = UnverifiedJwt::decode(&made.access_token.unwrap().token.unwrap()).unwrap();
    assert_eq!(jwt.claim_seconds("exp").unwrap() - jwt.claim_seconds("iat").unwrap(), 86_400);
}

#[test]
fn the_exchange_of_a_teams_user_accepts_guids_in_capitals() {
    let core = core();
    let (object, application) = ("abcdefab-0000-0000-0000-000000000001", "abcdefab-0000-0000-0000-000000000002");
    let asked = EntraTokenRequest {
        oid: object.to_uppercase(),
        appid: application.to_uppercase(),
        tid: Some(object.to_uppercase()),
        ..EntraTokenRequest::default()
    };
    let token =
        block_on(core.entra_issuer.issue_user_token("https://localhost", asked, Caller::Entra)).unwrap().access_token;
    let request = serde_json::json!({"token": token, "appId": application, "userId": object});
    let form = ApiVersion::newest().teams_user.unwrap();
    let made = block_on(core.exchanges.teams_user(
        PRIMARY,
        form,
        serde_json::from_value(request).unwrap(),
        TokenTimes::default(),
    ))
    .unwrap();
    let jwt = UnverifiedJwt::decode(&made.token.unwrap()).unwrap();
    assert_eq!((jwt.claim_str("skypeid"), jwt.claim_str("tid")), (Some(&*format!("orgid:{object}")), Some(object)));
}
