//! The clock by which Entra tokens are issued and checked.

use std::sync::Arc;

use acs_identity_protocol::jwt::UnverifiedJwt;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::{Seen, ask, edge, management_token};
use crate::clock::machine;
use crate::edge::pipeline::Edge;
use crate::store::block_on;

const USER: &str = "11111111-1111-1111-1111-111111111111";
const APPLICATION: &str = "22222222-2222-2222-2222-222222222222";

fn far_away() -> [OffsetDateTime; 2] {
    [machine::now() - 3650 * Duration::DAY, machine::now() + 3650 * Duration::DAY]
}

fn seconds_of(token: &str, claim: &str) -> i64 {
    UnverifiedJwt::decode(token).unwrap().claim_seconds(claim).unwrap()
}

async fn teams_user_token(edge: &Arc<Edge>) -> String {
    let body = json!({"oid": USER, "appid": APPLICATION}).to_string();
    ask("POST", "/emulator/entra-token").body(body).signed().of(edge).await.text_of("access_token")
}

async fn exchange(edge: &Arc<Edge>, token: &str) -> Seen {
    let body = json!({"token": token, "appId": APPLICATION, "userId": USER}).to_string();
    ask("POST", "/teamsUser/:exchangeAccessToken?api-version=2023-10-01").body(body).signed().of(edge).await
}

#[tokio::test]
async fn an_entra_token_has_the_times_of_the_clock_of_the_service() {
    let edge = edge();
    for time in far_away() {
        edge.backend.config.clock.set(time);
        for token in [teams_user_token(&edge).await, management_token(&edge, APPLICATION).await] {
            let issued = seconds_of(&token, "iat") - time.unix_timestamp();
            assert!((0..60).contains(&issued), "{issued}");
            assert_eq!(seconds_of(&token, "nbf"), seconds_of(&token, "iat"));
            let lifetime = seconds_of(&token, "exp") - seconds_of(&token, "iat");
            assert!([3600, 86_399].contains(&lifetime), "{lifetime}");
        }
    }
}

#[tokio::test]
async fn an_exchanged_token_expires_with_its_entra_token_wherever_the_clock_is() {
    let edge = edge();
    for time in far_away() {
        edge.backend.config.clock.set(time);
        edge.backend.config.clock.freeze();
        let token = teams_user_token(&edge).await;
        edge.backend.config.clock.advance(10 * Duration::MINUTE);
        let exchanged = exchange(&edge, &token).await;
        assert_eq!(exchanged.status, 200, "{exchanged:?}");
        assert_eq!(seconds_of(&exchanged.text_of("token"), "exp"), seconds_of(&token, "exp"));
    }
}

#[tokio::test]
async fn a_token_to_exchange_is_checked_by_the_clock_of_the_service() {
    let edge = edge();
    let clock = &edge.backend.config.clock;
    let token = teams_user_token(&edge).await;
    let mut said = String::new();
    for by in [Duration::minutes(-10), Duration::minutes(70), Duration::minutes(-70)] {
        clock.advance(by);
        let seen = exchange(&edge, &token).await;
        let log = edge.backend.requests.read(crate::request_log::Wanted { after: None, most: 1 }, |_| true);
        let refusal = log.entries[0].1.refusal.clone();
        said += &format!("{} {}\n", seen.status, refusal.and_then(|refusal| refusal.reason).unwrap_or_default());
    }
    clock.reset();
    said += &exchange(&edge, &token).await.status.to_string();
    insta::assert_snapshot!(said, @"
    401 the Entra token is refused: it is not valid yet
    401 the Entra token is refused: it has expired
    401 the Entra token is refused: it is not valid yet
    200
    ");
}

/// A client keeps its token for its lifetime. It does not learn that the clock was set.
#[tokio::test]
async fn a_caller_stays_authenticated_when_the_clock_is_set() {
    let edge = edge();
    let is_good = |token: &str| block_on(edge.backend.core.entra_tokens.management_caller(token)).is_ok();
    let before = management_token(&edge, APPLICATION).await;
    for time in far_away() {
        edge.backend.config.clock.set(time);
        let after = management_token(&edge, APPLICATION).await;
        assert!(is_good(&before) && is_good(&after));
        edge.backend.config.clock.reset();
        assert!(is_good(&after));
    }
    let body = json!({"oid": USER, "appid": APPLICATION, "aud": "https://communication.azure.com/", "expiresIn": -1});
    let expired = ask("POST", "/emulator/entra-token").body(body.to_string()).signed().of(&edge).await;
    assert!(!is_good(&expired.text_of("access_token")));
}

#[tokio::test]
async fn what_a_client_compares_with_its_own_clock_has_the_time_of_the_machine() {
    let edge = edge();
    let now = machine::now().unix_timestamp();
    edge.backend.config.clock.advance(3650 * Duration::DAY);
    let managed = ask("GET", "/metadata/identity/oauth2/token?resource=r").header("metadata", "true");
    let until: i64 = managed.of(&edge).await.text_of("expires_on").parse().unwrap();
    assert!((86_399..86_460).contains(&(until - now)), "{until}");
    let begin = ask("POST", "/common/oauth2/v2.0/devicecode").body("client_id=c&scope=openid r/s");
    let code = begin.of(&edge).await.text_of("device_code");
    let form = format!("grant_type=device_code&client_id=c&device_code={code}");
    let grant = ask("POST", "/common/oauth2/v2.0/token").body(form).of(&edge).await;
    assert!((0..60).contains(&(seconds_of(&grant.text_of("id_token"), "iat") - now)));
    assert!(seconds_of(&grant.text_of("access_token"), "iat") - now > 3600);
}
