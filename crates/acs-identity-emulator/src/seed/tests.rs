//! Tests of reading seeds.

// They read docs/, which the packaged crate does not have. The workspace turns the feature on.
#[cfg(feature = "sqlite")]
mod schema;

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::{Seed, SeedIdentity};

const RESOURCE: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const USER: &str = "bbbbbbbb-0000-4000-8000-000000000001";
const OTHER: &str = "cccccccc-0000-4000-8000-000000000001";

fn read(text: &str) -> Result<Seed, String> {
    Seed::parse(text.as_bytes()).map_err(|error| error.to_string())
}

fn identities(text: &str) -> Vec<SeedIdentity> {
    read(text).unwrap().identities
}

/// A seed with every field.
fn whole() -> Value {
    json!({
        "resourceId": RESOURCE,
        "keys": {"primary": "cHJpbWFyeSBrZXkgb2YgYSBzZWVk", "secondary": "c2Vjb25kYXJ5IGtleSBvZiBhIHNlZWQ="},
        "clock": {"now": "2030-01-31T09:00:00Z", "frozen": true},
        "identities": [
            {"id": format!("8:acs:{RESOURCE}_{USER}"), "customId": "alice", "revocations": ["2029-01-31T09:00:00+01:00", "now"]},
            {"id": OTHER},
            {"customId": "bob"},
        ],
        "assignments": {
            "teamsExtension": [
                {"tenantId": USER, "objectId": OTHER, "principalType": "user", "clientIds": [USER]},
                {"tenantId": USER, "objectId": USER, "principalType": "resourceAccount"},
            ],
            "entra": [{"tenantId": USER, "objectId": OTHER, "principalType": "group", "clientIds": []}],
        },
        "faults": [
            {
                "operation": "issueAccessToken", "method": "POST", "path": "/identities/**", "identity": "alice",
                "every": 2, "probability": 0.5, "seed": 7, "status": 429, "code": "a", "message": "b", "retryAfter": 2,
                "delayMilliseconds": 5, "times": 3, "until": "2030-01-31T09:00:00Z", "includeUnauthenticated": true,
                "shiftSeconds": -5,
            },
            {"drop": "after", "tokenExpiresInSeconds": -60},
            {"truncateBodyAt": 0},
        ],
    })
}

#[test]
fn json_and_yaml_have_the_same_fields() {
    let yaml = format!(
        "# A comment.\nidentities:\n  - id: {USER}\n    customId: alice\n    revocations: [now, 2029-01-31T09:00:00Z]\n"
    );
    let json = json!({"identities": [
        {"id": USER, "customId": "alice", "revocations": ["now", "2029-01-31T09:00:00Z"]}
    ]});
    let without_lines = |mut all: Vec<SeedIdentity>| {
        all.iter_mut().for_each(|identity| identity.at.line = 0);
        all
    };
    let expected = without_lines(identities(&yaml));
    let pretty = serde_json::to_string_pretty(&json).unwrap();
    for text in [json.to_string(), pretty.clone(), pretty.replace("  ", "\t"), format!("\u{feff}{pretty}\r\n")] {
        assert_eq!(without_lines(identities(&text)), expected, "{text}");
    }
}

#[test]
fn texts_of_json_and_yaml_keep_their_characters() {
    for (text, custom_id) in [
        (r#"{"identities": [{"customId": "a\ud83d\ude00\u00e4\\ud83d\/\"b"}]}"#, "a😀ä\\ud83d/\"b"),
        ("identities:\n- customId: 'yes: it''s'\n", "yes: it's"),
        ("identities:\n- customId: >-\n    a\n    b\n", "a b"),
        ("identities:\n- customId: \"0123\"\n", "0123"),
        ("identities:\n- customId: yes\n", "yes"),
        ("identities:\n- customId: a#b ä 😀\n", "a#b ä 😀"),
    ] {
        assert_eq!(identities(text)[0].custom_id.as_deref(), Some(custom_id), "{text}");
    }
}

#[test]
fn an_error_names_the_line_and_the_field() {
    let long = format!("identities:\n- customId: {}", "x".repeat(257));
    let twice = format!("identities:\n- id: {USER}\n- id: {}", USER.to_uppercase());
    let resources = format!("resourceId: {RESOURCE}\nidentities:\n- id: 8:acs:{OTHER}_{USER}");
    let of = |assignment: &str| format!("assignments:\n  entra:\n  - {assignment}");
    let object = format!("tenantId: {USER}, objectId: {OTHER}");
    let (group, app) =
        (of(&format!("{{{object}, principalType: group}}")), of(&format!("{{{object}, principalType: app}}")));
    let deep = "[".repeat(20);
    let texts: [&str; 33] = [
        "",
        "- a",
        "identities:\n- id: x\n",
        "identities:\n\n- customId: 12\n",
        "identities:\n- customId: true\n",
        "identities:\n- customId:\n",
        "identities:\n- customID: alice\n",
        "identities:\n- customId: a\n  customId: b\n",
        "identities:\n- customId: a\n- customId: a\n",
        "identities:\n- {}\n",
        "identities: {}\n",
        "identities:\n- customId: a\n  revocations: [now, yesterday]\n",
        "clock:\n  now: 1969-12-31T23:59:59Z\n",
        "clock:\n  frozen: 'yes'\n",
        "keys:\n  primary: '!'\n",
        "resourceId: 12\n",
        "users: []\n",
        "identities: [\n",
        "identities:\n\t- customId: a\n",
        "identities: &a []\nassignments: *a\n",
        "identities: !list []\n",
        "identities: []\n---\nidentities: []\n",
        "? [a]\n: b\n",
        "faults:\n- status: 200\n",
        "faults:\n- operation: issueAccessToken\n  every: 2\n",
        "faults:\n- drop: never\n",
        "faults:\n- status: 429\n  drop: after\n",
        "faults:\n- status: '429'\n",
        "faults:\n- status: 429\n  times: -1\n",
        &long,
        &twice,
        &resources,
        &deep,
    ];
    let mut said: Vec<String> = texts.iter().map(|text| read(text).unwrap_err()).collect();
    said.extend([group, app].map(|text| read(&text).unwrap_err()));
    said.push(Seed::parse(b"identities:\n- customId: \xff").unwrap_err().to_string());
    assert_snapshot!(said.join("\n"), @"
    line 1: the file is empty
    line 1: the file must be a mapping, but it is a list
    line 2: identities[0].id must be a GUID or a raw id (8:acs:GUID_GUID), but it is 'x'
    line 3: identities[0].customId must be a text, but it is a number: put it in quotes
    line 2: identities[0].customId must be a text, but it is true or false: put it in quotes
    line 2: identities[0].customId must be a text, but it is empty
    line 2: identities[0].customID is not a field of a seed; the fields here are id, customId, revocations
    line 3: identities[0].customId is given twice
    line 3: identities[1].customId is used by an earlier identity already
    line 2: identities[0] needs an id or a customId
    line 1: identities must be a list, but it is a mapping
    line 3: identities[0].revocations[1] must be a time of RFC 3339 from 1970 to 2261, such as 2030-01-31T09:00:00Z, but it is 'yesterday'
    line 2: clock.now must be a time of RFC 3339 from 1970 to 2261, such as 2030-01-31T09:00:00Z, but it is '1969-12-31T23:59:59Z'
    line 2: clock.frozen must be true or false, but it is a text
    line 2: keys.primary must be an access key in base64
    line 1: resourceId must be a text, but it is a number: put it in quotes
    line 1: users is not a field of a seed; the fields here are resourceId, keys, clock, identities, assignments, faults
    line 2: this is not valid YAML or JSON: while parsing a node, did not find expected node content
    line 2: this is not valid YAML or JSON: tabs disallowed within this context (block indentation)
    line 2: aliases are not supported: repeat the value
    line 1: tags are not supported
    line 2: a second document is not supported
    line 1: the name of a field must be a text
    line 2: faults[0].status must be from 400 to 599
    line 2: faults[0] has a mistake: status must be given, or one of drop, truncateBodyAt, delayMilliseconds, tokenExpiresInSeconds and shiftSeconds
    line 2: faults[0].drop must be before or after, but it is 'never'
    line 3: faults[0].drop cannot be combined with 'status'
    line 2: faults[0].status must be a status from 400 to 599, but it is a text
    line 3: faults[0].times must be a whole number that is not negative, but it is -1
    line 2: identities[0].customId must have 1 to 256 characters
    line 3: identities[1].id is used by an earlier identity already
    line 3: identities[0].id is of another resource than an id or a resourceId above it
    line 1: the values are nested too deeply
    line 3: assignments.entra[0] needs clientIds
    line 3: assignments.entra[0].principalType must be user or group or tenant, but it is 'app'
    line 2: the file is not UTF-8
    ");
}

#[test]
fn an_error_about_a_key_does_not_show_it() {
    let error = read("keys:\n  primary: '%%%'\n").unwrap_err();
    assert!(!error.contains("%%%"), "{error}");
    let shown = format!("{:?}", read(&whole().to_string()).unwrap());
    assert_snapshot!(shown, @"Seed { identities: 3, assignments: 3, .. }");
}

#[test]
fn no_text_makes_the_reader_panic() {
    let seed = serde_json::to_string_pretty(&whole()).unwrap();
    let mut random = 1_u32;
    let mut next = |below: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as usize % below
    };
    let marks = b"{}[]:,-?&*!|>'\"%@`#\n\t \\\xff\x00u~";
    for _ in 0..3000 {
        let mut text = seed.clone().into_bytes();
        text.truncate(next(text.len()) + 1);
        for _ in 0..1 + next(8) {
            let at = next(text.len());
            let mark = marks[next(marks.len())];
            if next(2) == 0 { text[at] = mark } else { text.insert(at, mark) }
        }
        drop(Seed::parse(&text));
    }
}
