//! Files with the whole state that are refused, and numbers at their limits.

use acs_identity_protocol::models::{EntraAssignmentRequest, PrincipalType};

use super::whole_state::{OBJECT, TENANT, export, import};
use super::{core, create};
use crate::core::Refusal;
use crate::core::whole_state::format::Checksum;
use crate::core::whole_state::{check_export, read};
use crate::store::{AccessSlot, Caller, StoreError, block_on};

#[test]
fn a_cut_or_changed_file_is_refused() {
    let core = core();
    for number in 0..40 {
        create(&core, Some(&format!("user {number}"))).unwrap();
    }
    let content = export(&core);
    assert!(read(&content).is_ok() && check_export(&content).is_ok());
    let refused = |content: &[u8]| read(content).is_err() && check_export(content).is_err();
    for length in (0..content.len()).step_by(97).chain([content.len() - 1]) {
        assert!(refused(&content[..length]), "{length}");
    }
    for at in (0..content.len()).step_by(13) {
        let mut changed = content.clone();
        changed[at] ^= 1;
        assert!(refused(&changed), "byte {at}");
    }
}

/// Returns a file in which `from` is replaced everywhere, with a right checksum.
fn with(text: &str, from: &str, to: &str) -> String {
    of_body(&text.replace(from, to))
}

/// Returns a file with another end, which has a right checksum.
fn of_body(text: &str) -> String {
    let (body, _) = text.trim_end().rsplit_once('\n').unwrap();
    let body = format!("{body}\n");
    let mut checksum = Checksum::new();
    checksum.add(body.as_bytes());
    let end = serde_json::json!({
        "kind": "end",
        "identities": body.matches(r#""kind":"identity""#).count(),
        "assignments": body.matches(r#""kind":"assignment""#).count(),
        "sha256": checksum.end(),
    });
    format!("{body}{end}\n")
}

/// Returns why a file is refused in which `from` is replaced once, with a right checksum.
fn why(content: &[u8], from: &str, to: &str) -> String {
    let text = std::str::from_utf8(content).unwrap();
    assert!(text.contains(from), "{from}: {text}");
    read(of_body(&text.replacen(from, to, 1)).as_bytes()).err().unwrap_or_else(|| "accepted".to_owned())
}

#[test]
fn a_row_that_no_operation_makes_is_refused() {
    let core = core();
    create(&core, Some("a")).unwrap();
    let request = EntraAssignmentRequest {
        tenant_id: Some(TENANT.into()),
        principal_type: Some(PrincipalType::User),
        client_ids: Some(vec![OBJECT.into()]),
    };
    block_on(core.assignments.assign_entra(Caller::Entra, "abcdefab-2222-2222-2222-222222222222", request)).unwrap();
    let content = export(&core);
    let said: Vec<String> = [
        (r#""principalType":"user""#, r#""principalType":"bogus""#),
        (r#""principalType":"user""#, r#""principalType":"resourceAccount""#),
        (r#""object":"abcdef"#, r#""object":"ABCDEF"#),
        (r#""clientIds":["2"#, r#""clientIds":["x"#),
        (r#""of":"entra""#, r#""of":"teamsExtension""#),
        (r#","clientIds":["22222222-2222-2222-2222-222222222222"]"#, ""),
        (r#""lastTokenIssuedAt":"#, r#""lastTokenIssuedAt":-"#),
        (
            r#""customId":"a""#,
            r#""customId":"a","revocation":1,"revocations":[{"number":1,"issuedUntil":10000000000}]"#,
        ),
        (r#""customId":"a""#, r#""customId":"a","revocation":1,"revocations":[{"number":1,"inForceAt":-9000000000}]"#),
    ]
    .map(|(from, to)| why(&content, from, to))
    .into();
    insta::assert_snapshot!(said.join("\n"), @"
    line 6: 'principalType' is not one of these assignments
    line 6: 'principalType' is not one of these assignments
    line 6: 'tenant' and 'object' must be GUIDs in lower case
    line 6: 'clientIds' must be GUIDs
    accepted
    line 6: 'clientIds' is missing
    line 5: a time is before 1970
    line 5: a time of 'revocations[0]' is out of range
    line 5: a time of 'revocations[0]' is out of range
    ");
}

#[test]
fn a_line_that_does_not_fit_is_refused_by_its_number() {
    let core = core();
    let mut users = ["a", "b"].map(|name| (create(&core, Some(name)).unwrap().0, name));
    users.sort();
    // The identity of the first line may have either custom id.
    let (name, other) = (format!(r#""customId":"{}""#, users[0].1), format!(r#""customId":"{}""#, users[1].1));
    let named = |more: &str| format!("{name}{more}");
    let content = export(&core);
    let last = |id: &str| id.rsplit_once('_').unwrap().1.to_owned();
    let [first, second] = [last(&users[0].0), last(&users[1].0)];
    let cases = [
        (r#""format":1"#.to_owned(), r#""format":2"#.to_owned()),
        (r#""kind":"head""#.to_owned(), r#""kind":"tail""#.to_owned()),
        (format!(r#""resourceId":"{}"#, core.resource.id()), r#""resourceId":"x"#.to_owned()),
        (r#""slot":"secondary""#.to_owned(), r#""slot":"third""#.to_owned()),
        (r#""slot":"secondary""#.to_owned(), r#""slot":"primary""#.to_owned()),
        (r#""generation":1"#.to_owned(), r#""generation":0"#.to_owned()),
        (r#""pkcs8":"MII"#.to_owned(), r#""pkcs8":"AII"#.to_owned()),
        (first.clone(), second),
        (first.clone(), first.to_uppercase()),
        (name.clone(), other),
        (name.clone(), r#""customId":"""#.to_owned()),
        (name.clone(), named(r#","revokedBelow":1"#)),
        (name.clone(), named(r#","other":1"#)),
        (name.clone(), named(r#","revocation":1,"revocations":[{"number":2}]"#)),
        (
            r#""kind":"identity""#.to_owned(),
            r#""kind":"setting","name":"run","value":"1"},{"kind":"identity""#.to_owned(),
        ),
    ];
    let said: Vec<String> = cases.iter().map(|(from, to)| why(&content, from, to)).collect();
    insta::assert_snapshot!(said.join("\n"), @"
    it has the format 2, and this emulator reads the format 1: use a newer emulator
    it is not an export of the emulator
    line 1: resourceId is not a GUID
    line 3: 'slot' is neither primary nor secondary
    line 3: the access key is given twice
    line 2: 'generation' must be from 1 to 9007199254740991
    line 4: 'pkcs8' is not an RSA private key
    line 6: 'user' is not after the one of the line before
    line 5: 'user' is not a GUID in lower case
    line 6: 'customId' is the one of another line
    line 5: 'customId' must have from 1 to 256 characters
    line 5: 'revokedBelow' must be from 0 to 'revocation'
    line 5: a member is missing, unknown or not valid
    line 5: 'revocations[0].number' must be above the number before and 'revokedBelow', and at most 'revocation'
    line 5: column 44 is not valid
    ");
}

#[test]
fn a_state_with_large_numbers_of_keys_can_be_exported_and_imported_again_and_again() {
    let (source, target) = (core(), core());
    let content = String::from_utf8(export(&source)).unwrap();
    let content = with(&content, r#""generation":1"#, r#""generation":9007199254740991"#);
    for _ in 0..2 {
        import(&target, content.as_bytes(), true).unwrap();
        block_on(target.access_keys.regenerate(Caller::Entra, AccessSlot::Secondary)).unwrap();
        check_export(&export(&target)).unwrap();
    }
}

#[test]
fn the_largest_number_of_a_revocation_is_exported_and_imported_again_and_not_exceeded() {
    let (source, target) = (core(), core());
    let (user, _) = create(&source, Some("a")).unwrap();
    let content = String::from_utf8(export(&source)).unwrap();
    let content = with(&content, r#""customId":"a""#, r#""customId":"a","revocation":9007199254740990"#);
    for _ in 0..2 {
        import(&target, content.as_bytes(), true).unwrap();
        block_on(target.identities.revoke(Caller::Entra, &user)).unwrap();
        let failed = block_on(target.identities.revoke(Caller::Entra, &user)).unwrap_err();
        assert!(matches!(failed, Refusal::Store(StoreError::Failed(_))), "{failed:?}");
        let again = export(&target);
        assert!(String::from_utf8_lossy(&again).contains(r#""revocation":9007199254740991"#));
        check_export(&again).unwrap();
        import(&target, &again, true).unwrap();
    }
}

#[test]
fn a_number_that_json_readers_do_not_keep_is_refused_with_its_line_and_member() {
    let core = core();
    create(&core, Some("a")).unwrap();
    let content = export(&core);
    let custom = r#""customId":"a""#;
    let said: Vec<String> = [
        r#""revocation":9007199254740992"#,
        r#""revocation":-1"#,
        r#""revocation":9223372036854775808"#,
        r#""revocation":1e3"#,
        r#""revocation":1,"revokedBelow":9007199254740992"#,
        r#""revocation":1,"revocations":[{"number":9007199254740992}]"#,
        r#""revocation":1,"revocations":[{"number":1,"inForceAt":99999999999999999999}]"#,
    ]
    .map(|more| why(&content, custom, &format!("{custom},{more}")))
    .into();
    let key = why(&content, r#""generation":1"#, r#""generation":9007199254740992"#);
    insta::assert_snapshot!(format!("{}\n{key}", said.join("\n")), @"
    line 5: 'revocation' must be from 0 to 9007199254740991
    line 5: 'revocation' must be from 0 to 9007199254740991
    line 5: 'revocation' is not a whole number, or is too large
    line 5: 'revocation' is not a whole number, or is too large
    line 5: 'revokedBelow' must be from 0 to 'revocation'
    line 5: 'revocations[0].number' must be above the number before and 'revokedBelow', and at most 'revocation'
    line 5: 'revocations[0].inForceAt' is not a whole number, or is too large
    line 2: 'generation' must be from 1 to 9007199254740991
    ");
}
