//! Tests of the licence texts.

use std::collections::BTreeMap;

use super::dist::{Unpacked, crates};

/// The content of THIRD-PARTY-LICENCES: what is linked with the numbers of its texts, and the texts.
struct Licences {
    linked: BTreeMap<String, Vec<usize>>,
    texts: Vec<String>,
}

fn read() -> Licences {
    let file = Unpacked::new().read("THIRD-PARTY-LICENCES");
    let (list, _) = file.split_once(&format!("{}\n", "=".repeat(100))).unwrap();
    let mut linked = BTreeMap::new();
    let mut what = "";
    for line in list.lines() {
        if let Some(numbers) = line.strip_prefix("    texts: ") {
            let numbers = numbers.split(", ").map(|number| number.parse().unwrap()).collect();
            assert!(linked.insert(what.to_owned(), numbers).is_none(), "{what} twice");
        } else if !line.starts_with(' ') && !line.is_empty() {
            what = line;
        }
    }
    let texts = file.split(&format!("{}\n", "=".repeat(100))).skip(1).map(ToOwned::to_owned).collect();
    Licences { linked, texts }
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn every_crate_of_the_program_has_its_licence_texts() {
    let licences = read();
    for name in crates() {
        let numbers = licences.linked.get(&name).unwrap_or_else(|| panic!("{name} is not listed"));
        assert!(!numbers.is_empty(), "{name}");
        let mut length = 0;
        for number in numbers {
            let text = &licences.texts[number - 1];
            assert!(text.contains(&format!("    {name}: ")), "text {number} does not name {name}");
            length += text.len();
        }
        // Some crates have a file next to their licences that only names them.
        assert!(length > 700, "{name} has {length} bytes");
    }
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn every_text_stands_there_once() {
    let texts: Vec<String> = read().texts;
    let mut words: Vec<String> = texts
        .iter()
        .map(|text| {
            let (_, text) = text.split_once(&format!("{}\n", "-".repeat(100))).unwrap();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect();
    let all = words.len();
    words.sort();
    words.dedup();
    assert_eq!(words.len(), all);
}

#[test]
#[ignore = "needs the artefacts of scripts/test.sh"]
fn c_code_rust_the_c_library_and_the_page_have_their_texts_too() {
    let licences = read();
    let texts_of = |what: &str| {
        let (_, numbers) = licences.linked.iter().find(|(name, _)| name.starts_with(what)).expect(what);
        numbers.iter().map(|number| licences.texts[number - 1].as_str()).collect::<String>()
    };
    for (what, text) in [
        ("SQLite (in libsqlite3-sys", "May you do good and not evil."),
        ("aws-lc-sys ", "Copyright (c) 1998-2011 The OpenSSL Project."),
        ("aws-lc-sys ", "aws-lc/third_party/fiat/LICENSE"),
        ("ring ", "third_party/fiat/LICENSE"),
        ("ring ", "Copyright 2015-2025 Brian Smith."),
        ("Rust's standard library ", "The Rust Project Developers"),
        ("hashbrown 0.16", "Permission is hereby granted"),
        ("GNU C Library (", "GNU LESSER GENERAL PUBLIC LICENSE"),
        ("GNU C Library (", "cargo xtask program"),
        ("libgcc ", "GCC RUNTIME LIBRARY EXCEPTION"),
        ("azure_core ", "Copyright (c) Microsoft"),
        ("preact ", "Jason Miller"),
        ("@noble/hashes ", "Paul Miller"),
    ] {
        assert!(texts_of(what).contains(text), "{what}: {text}");
    }
}
