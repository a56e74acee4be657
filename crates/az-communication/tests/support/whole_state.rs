//! Exports with many rows. They are made from the export of an emulator, so that keys and clock are those of one.

use ring::digest::{SHA256, digest};

/// Returns the lines of an export with one of these kinds, or with any other kind.
fn lines<'a>(export: &'a str, kinds: &'a [&'a str], with: bool) -> impl Iterator<Item = &'a str> {
    let is_of = |line: &str| kinds.iter().any(|kind| line.starts_with(&format!(r#"{{"kind":"{kind}""#)));
    export.lines().filter(move |line| is_of(line) == with)
}

const ROWS: &[&str] = &["identity", "assignment", "end"];

/// Returns what an export says about identities, assignments and the clock: all that an import keeps as it is.
pub fn rows(export: &[u8]) -> Vec<&str> {
    lines(std::str::from_utf8(export).unwrap(), &["identity", "assignment", "setting"], true).collect()
}

/// Returns an export with more identities. Most of them have custom ids, all of them revocations, a quarter of them
/// revocations that are pending, and half of them assignments of either kind.
pub fn grown(export: &[u8], identities: usize) -> Vec<u8> {
    let text = std::str::from_utf8(export).unwrap();
    let user = |number: usize| format!("{number:08x}-0000-4000-8000-{number:012x}");
    let mut rows: Vec<String> = lines(text, &["identity"], true).map(str::to_owned).collect();
    let mut assigned = Vec::new();
    for number in 0..identities {
        let custom_id = match number % 10 {
            9 => String::new(),
            _ => format!(r#""customId":"user-{number:07}@contoso.example","#),
        };
        let created = 1_800_000_000_000_000_000 + number as u64;
        let revocations = match number % 4 {
            0 => {
                r#""revocation":2,"revokedBelow":1,"revocations":[{"number":2,"issuedUntil":1800000000,"inForceAt":7000000000000000000}]"#
            }
            _ => r#""revocation":3,"revokedBelow":3"#,
        };
        rows.push(format!(
            r#"{{"kind":"identity","user":"{}",{custom_id}"createdAt":{created},"lastTokenIssuedAt":{created},{revocations}}}"#,
            user(number)
        ));
        if number % 2 == 0 {
            assigned.push(user(number));
        }
    }
    rows.sort();
    let tenant = "11111111-1111-1111-1111-111111111111";
    for kind in ["teamsExtension", "entra"] {
        for object in &assigned {
            rows.push(assignment(kind, tenant, object, tenant));
        }
    }
    finished(text, &rows)
}

/// Returns an export with this number of assignments of nearly a megabyte.
pub fn with_long_assignments(export: &[u8], assignments: usize) -> Vec<u8> {
    let text = std::str::from_utf8(export).unwrap();
    let guid = |number: usize| format!("{number:08x}-0000-4000-8000-000000000000");
    let tenant = guid(7);
    let clients = vec![tenant.as_str(); 23_000].join(r#"",""#);
    let rows: Vec<String> =
        (0..assignments).map(|number| assignment("entra", &tenant, &guid(number), &clients)).collect();
    finished(text, &rows)
}

fn assignment(kind: &str, tenant: &str, object: &str, clients: &str) -> String {
    format!(
        r#"{{"kind":"assignment","of":"{kind}","tenant":"{tenant}","object":"{object}","principalType":"user","clientIds":["{clients}"]}}"#
    )
}

/// Returns an export with these rows, and the keys of another one.
fn finished(export: &str, rows: &[String]) -> Vec<u8> {
    let mut text = String::new();
    for line in lines(export, ROWS, false).chain(rows.iter().map(String::as_str)) {
        text.push_str(line);
        text.push('\n');
    }
    let count = |kind: &str| rows.iter().filter(|row| row.starts_with(&format!(r#"{{"kind":"{kind}""#))).count();
    let (identities, assignments) = (count("identity"), count("assignment"));
    let sum: String = digest(&SHA256, text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    text.push_str(&format!(
        r#"{{"kind":"end","identities":{identities},"assignments":{assignments},"sha256":"{sum}"}}"#
    ));
    text.push('\n');
    text.into_bytes()
}
