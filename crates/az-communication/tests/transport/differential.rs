//! Compares thousands of cases with Python's requests.

use crate::support;

#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn certificates_are_judged_as_requests_judges_them() {
    let cases = support::python::cases("trust.py", &[]);
    let (mut known, mut differences) = (0, Vec::new());
    for case in &cases {
        let (theirs, ours) = (case["requests"] == "ok", case["az"] == "ok");
        let is_known = !case["differs"].is_null();
        known += usize::from(is_known);
        // An error must be a sentence with a hint, without debug output.
        let text = case["az"].as_str().unwrap();
        let is_plain = ours
            || (text.starts_with("ERROR: ")
                && text.contains("\nHint: ")
                && !["(os error", "Error(", "::", " { ", "..", "Some("].iter().any(|odd| text.contains(odd)));
        if (theirs == ours) == is_known || !is_plain || (!ours && case["exit"] != 1) {
            differences.push(case.to_string());
        }
    }
    println!("certificates: {} cases, {known} known differences, {} others", cases.len(), differences.len());
    differences.truncate(12);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(cases.len() > 250);
}

#[test]
#[ignore = "needs Python packages: run scripts/test.sh"]
fn proxies_are_chosen_as_requests_chooses_them() {
    let seed = support::python::seed();
    let cases = support::python::cases("proxies.py", &[&seed, "1000"]);
    let mut differences = Vec::new();
    for case in &cases {
        let said = case["said"].as_str().unwrap();
        // If requests sends nothing, az must give the reason.
        let explains = case["az"].is_array() || said.contains("roxy") || said.contains("cannot be found");
        if case["requests"] != case["az"] || !explains || said.contains("..") {
            differences.push(case.to_string());
        }
    }
    println!("proxies: {} cases with seed {seed}, {} differences", cases.len(), differences.len());
    differences.truncate(12);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(cases.len(), 1000);
}
