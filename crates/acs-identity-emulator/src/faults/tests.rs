//! Which requests a rule hits, and which rules are refused.

use std::sync::Mutex;

use time::OffsetDateTime;

use super::*;

fn rule(json: &str) -> Rule {
    serde_json::from_str(json).unwrap()
}

fn faults(rules: &[&str]) -> Faults {
    let faults = Faults::default();
    for json in rules {
        faults.add(rule(json)).unwrap().unwrap();
    }
    faults
}

fn asked() -> Asked<'static> {
    Asked {
        operation: Some("issueAccessToken"),
        method: "POST",
        path: "/identities/8:acs:x/:issueAccessToken",
        identity: "8:acs:x",
        custom_id: Some("alice".to_owned()),
        asks_for_token: &|| false,
        now: OffsetDateTime::UNIX_EPOCH,
    }
}

/// Returns which of so many requests are hit.
fn hits(faults: &Faults, count: usize) -> Vec<usize> {
    (1..=count).filter(|_| faults.hit(Phase::Authenticated, &asked()).is_some()).collect()
}

#[test]
fn every_part_of_a_condition_must_fit() {
    for (condition, expected) in [
        ("", true),
        (r#""operation":"issueAccessToken","#, true),
        (r#""operation":"createIdentity","#, false),
        (r#""operation":"createIdentity,issueAccessToken","#, true),
        (r#""method":"post","#, true),
        (r#""method":"GET","#, false),
        (r#""path":"/identities/**","#, true),
        (r#""path":"/identities/*","#, false),
        (r#""identity":"8:ACS:x","#, true),
        (r#""identity":"alice","#, true),
        (r#""identity":"Alice","#, false),
        (r#""identity":"alice","method":"GET","#, false),
    ] {
        let faults = faults(&[&format!(r#"{{{condition}"status":500}}"#)]);
        assert_eq!(faults.hit(Phase::Authenticated, &asked()).is_some(), expected, "{condition}");
    }
}

#[test]
fn a_custom_id_is_needed_only_if_a_rule_compares_it() {
    for (json, expected) in [
        (r#"{"status":500}"#, false),
        (r#"{"status":500,"identity":"8:acs:x"}"#, false),
        (r#"{"status":500,"method":"GET","identity":"a"}"#, false),
        (r#"{"status":500,"includeUnauthenticated":true,"identity":"a"}"#, false),
        (r#"{"status":500,"identity":"a"}"#, true),
    ] {
        let faults = faults(&[r#"{"status":500}"#, json]);
        assert_eq!(faults.needs_custom_id(Phase::Authenticated, &asked()), expected, "{json}");
    }
}

#[test]
fn rules_can_be_changed_while_a_request_is_compared() {
    let faults = faults(&[r#"{"tokenExpiresInSeconds":1,"operation":"createIdentity"}"#]);
    let (cleared, clears) = std::sync::mpsc::channel();
    let (cleared, clears) = (Mutex::new(cleared), Mutex::new(clears));
    std::thread::scope(|scope| {
        let asks_for_token = || {
            let (faults, cleared) = (&faults, cleared.lock().unwrap().clone());
            scope.spawn(move || {
                faults.clear();
                let _ = cleared.send(());
            });
            let done = clears.lock().unwrap().recv_timeout(std::time::Duration::from_secs(10));
            assert!(done.is_ok(), "the change waits");
            false
        };
        let asked = Asked { operation: Some("createIdentity"), asks_for_token: &asks_for_token, ..asked() };
        assert!(faults.hit(Phase::Authenticated, &asked).is_none());
    });
    assert_eq!(faults.len(), 0);
}

#[test]
fn a_rule_ends_after_its_times() {
    let faults = faults(&[r#"{"status":500,"times":3}"#, r#"{"status":503,"times":1}"#]);
    assert_eq!(hits(&faults, 9).len(), 4);
    let counts: Vec<u64> = faults.list().iter().map(|fault| fault.hits()).collect();
    assert_eq!(counts, [3, 1]);
}

#[test]
fn many_requests_at_once_use_the_times_once() {
    let faults = faults(&[r#"{"status":500,"times":100}"#]);
    let count = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..100 {
                    if faults.hit(Phase::Authenticated, &asked()).is_some() {
                        count.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    assert_eq!((count.into_inner(), faults.list()[0].hits()), (100, 100));
}

#[test]
fn every_nth_request_is_hit() {
    let faults = faults(&[r#"{"status":500,"every":3,"times":2}"#]);
    let hit: Vec<bool> = (1..=12).map(|_| faults.hit(Phase::Authenticated, &asked()).is_some()).collect();
    let numbers: Vec<usize> = (1..=12).filter(|number| hit[number - 1]).collect();
    assert_eq!(numbers, [3, 6]);
}

#[test]
fn the_same_seed_hits_the_same_requests() {
    let which = |seed: u64| {
        let faults = faults(&[&format!(r#"{{"status":500,"probability":0.5,"seed":{seed}}}"#)]);
        (0..40).map(|_| faults.hit(Phase::Authenticated, &asked()).is_some()).collect::<Vec<_>>()
    };
    assert_eq!(which(7), which(7));
    assert_ne!(which(7), which(8));
    assert!(which(7).contains(&true) && which(7).contains(&false));
}

#[test]
fn a_rule_ends_at_its_time() {
    let faults = faults(&[r#"{"status":500,"until":"1970-01-01T00:00:10Z"}"#]);
    let at = |seconds| Asked { now: OffsetDateTime::UNIX_EPOCH + time::Duration::seconds(seconds), ..asked() };
    assert!(faults.hit(Phase::Authenticated, &at(9)).is_some());
    assert!(faults.hit(Phase::Authenticated, &at(10)).is_none());
}

#[test]
fn requests_before_authentication_are_hit_only_if_the_rule_includes_them() {
    for (json, before, after) in
        [(r#"{"status":500}"#, false, true), (r#"{"status":500,"includeUnauthenticated":true}"#, true, false)]
    {
        assert_eq!(faults(&[json]).hit(Phase::BeforeAuthentication, &asked()).is_some(), before, "{json}");
        assert_eq!(faults(&[json]).hit(Phase::Authenticated, &asked()).is_some(), after, "{json}");
    }
}

#[test]
fn rules_can_be_found_and_deleted() {
    let faults = faults(&[r#"{"status":500}"#, r#"{"status":503}"#]);
    assert!(faults.any());
    assert_eq!(faults.get(2).unwrap().rule.status, Some(503));
    assert!(faults.delete(1) && !faults.delete(1));
    assert_eq!(faults.hit(Phase::Authenticated, &asked()).unwrap().0.id, 2);
    faults.clear();
    assert!(!faults.any() && faults.list().is_empty());
    assert_eq!(faults.add(rule(r#"{"status":500}"#)).unwrap().unwrap().id, 3);
}

#[test]
fn there_are_at_most_1000_rules() {
    let faults = faults(&[r#"{"status":500}"#; MOST_RULES]);
    assert!(matches!(faults.add(rule(r#"{"status":500}"#)), Ok(Err(TooMany))));
}

#[test]
fn rules_that_make_no_sense_are_refused() {
    let said: Vec<String> = [
        "{}",
        r#"{"status":200}"#,
        r#"{"status":500,"drop":"before"}"#,
        r#"{"drop":"after","truncateBodyAt":3}"#,
        r#"{"drop":"after","code":"X"}"#,
        r#"{"delayMilliseconds":5,"retryAfter":2}"#,
        r#"{"delayMilliseconds":300001}"#,
        r#"{"status":500,"tokenExpiresInSeconds":1}"#,
        r#"{"tokenExpiresInSeconds":86401}"#,
        r#"{"shiftSeconds":-999999999}"#,
        r#"{"truncateBodyAt":9999999}"#,
        r#"{"status":500,"every":0}"#,
        r#"{"status":500,"times":0}"#,
        r#"{"status":500,"probability":0}"#,
        r#"{"status":500,"probability":1.5}"#,
        r#"{"status":500,"seed":1}"#,
        r#"{"status":500,"until":"tomorrow"}"#,
        r#"{"status":500,"path":"identities"}"#,
        r#"{"status":500,"operation":""}"#,
    ]
    .map(|json| {
        let problem = Faults::default().add(rule(json)).unwrap_err();
        format!("{json}: '{}' {}", problem.field, problem.words)
    })
    .to_vec();
    insta::assert_snapshot!(said.join("\n"), @r#"
    {}: 'status' must be given, or one of drop, truncateBodyAt, delayMilliseconds, tokenExpiresInSeconds and shiftSeconds
    {"status":200}: 'status' must be from 400 to 599
    {"status":500,"drop":"before"}: 'drop' cannot be combined with 'status'
    {"drop":"after","truncateBodyAt":3}: 'truncateBodyAt' cannot be combined with 'drop'
    {"drop":"after","code":"X"}: 'code' needs 'status'
    {"delayMilliseconds":5,"retryAfter":2}: 'retryAfter' needs 'status'
    {"delayMilliseconds":300001}: 'delayMilliseconds' must be at most 300000
    {"status":500,"tokenExpiresInSeconds":1}: 'tokenExpiresInSeconds' needs an operation that is executed and answered
    {"tokenExpiresInSeconds":86401}: 'tokenExpiresInSeconds' must be from -86400 to 86400
    {"shiftSeconds":-999999999}: 'shiftSeconds' must be from -316224000 to 316224000
    {"truncateBodyAt":9999999}: 'truncateBodyAt' must be at most 1048576
    {"status":500,"every":0}: 'every' must be at least 1
    {"status":500,"times":0}: 'times' must be at least 1
    {"status":500,"probability":0}: 'probability' must be greater than 0 and at most 1
    {"status":500,"probability":1.5}: 'probability' must be greater than 0 and at most 1
    {"status":500,"seed":1}: 'seed' needs 'probability'
    {"status":500,"until":"tomorrow"}: 'until' must be a time in RFC 3339, such as 2026-01-31T12:00:00Z
    {"status":500,"path":"identities"}: 'path' must begin with / or *
    {"status":500,"operation":""}: 'operation' must have from 1 to 512 characters
    "#);
}

#[test]
fn the_length_of_a_text_counts_characters() {
    let with = |count: usize| rule(&serde_json::json!({"status": 500, "message": "é".repeat(count)}).to_string());
    assert!(Faults::default().add(with(512)).is_ok() && Faults::default().add(with(513)).is_err());
}

#[test]
fn a_member_that_is_null_is_refused() {
    for member in ["status", "drop", "truncateBodyAt", "code", "operation", "probability", "until", "times"] {
        let json = format!(r#"{{"shiftSeconds":1,"{member}":null}}"#);
        assert!(serde_json::from_str::<Rule>(&json).is_err(), "{json}");
    }
}

#[test]
fn the_name_of_a_method_of_an_sdk_leads_to_its_operation() {
    let meant = [
        ("createUser", "createIdentity"),
        ("create_user_and_token", "createIdentity"),
        ("CreateUserAsync", "createIdentity"),
        ("getToken", "issueAccessToken"),
        ("get_token_for_teams_user", "exchangeTeamsUserAccessToken"),
        ("revoke_tokens", "revokeAccessTokens"),
        ("DeleteUser", "deleteIdentity"),
        ("issue_access_token", "issueAccessToken"),
        ("CREATEIDENTITY", "createIdentity"),
    ];
    for (name, operation) in meant {
        assert_eq!(fault_operation_meant(name), Some(operation), "{name}");
        let words = Rule { operation: Some(format!("deleteIdentity,{name}")), ..rule(r#"{"status":500}"#) };
        let expected = format!("cannot be '{name}'. Did you mean '{operation}'? It must be one of createIdentity, ");
        assert!(words.problem().unwrap().words.starts_with(&expected), "{name}");
    }
    for name in ["", "issue", "async", "user", "createIdentities"] {
        assert_eq!(fault_operation_meant(name), None, "{name}");
    }
}
