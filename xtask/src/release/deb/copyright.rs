//! /usr/share/doc/az-communication/copyright in the machine-readable format (DEP 5): the program's licence, then
//! everything that is linked into it with its licence texts.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::error::Error;
use crate::release::parts::{NAME, Parts};

/// Licences that every Debian has. A text with one of them names the file instead, as Debian's policy requires (12.5).
/// The complete texts are in THIRD-PARTY-LICENCES.gz. Each entry has the first line, the beginning of the next line
/// with words, the last line, and the file.
const COMMON: &[(&str, &str, &str, &str)] = &[
    ("Apache License", "Version 2.0, January 2004", "END OF TERMS AND CONDITIONS", "Apache-2.0"),
    ("GNU GENERAL PUBLIC LICENSE", "Version 3, 29 June 2007", "END OF TERMS AND CONDITIONS", "GPL-3"),
    ("GNU LESSER GENERAL PUBLIC LICENSE", "Version 2.1, February 1999", "END OF TERMS AND CONDITIONS", "LGPL-2.1"),
];

/// Something that is linked, as THIRD-PARTY-LICENCES lists it.
#[derive(Debug, Default)]
struct Linked {
    what: String,
    licence: String,
    source: String,
    texts: Vec<usize>,
}

/// Returns the file.
///
/// # Errors
///
/// When LICENSE or the licence texts cannot be read.
pub fn text(parts: &Parts) -> Result<String, Error> {
    let own = String::from_utf8_lossy(&parts.read("LICENSE")?).into_owned();
    let (linked, texts) = read(&String::from_utf8_lossy(&parts.licences))
        .ok_or_else(|| Error::new("The licence texts are laid out in a way that the Debian package does not know."))?;
    let mut out = format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: {NAME}\n\
         Source: https://github.com/acs-identity/az-communication\n\
         Comment: The program is static. What is linked into it stands below, each with its licence texts, which are in\n \
         THIRD-PARTY-LICENCES.gz in full.\n\nFiles: *\n"
    );
    field(&mut out, "Copyright", &copyrights(&own));
    field(&mut out, "License", &format!("Expat\n{}", own.split_once("\n\n").map_or("", |(_, rest)| rest)));
    for one in linked.iter().filter(|one| !one.source.ends_with("/acs-identity/az-communication")) {
        let mine: Vec<&str> = one.texts.iter().filter_map(|number| texts.get(number - 1)).map(String::as_str).collect();
        let holders = copyrights(&mine.join("\n"));
        let holders = if holders.is_empty() { format!("the authors of {}", one.what) } else { holders };
        let names: Vec<String> = one.texts.iter().map(|number| format!("text-{number}")).collect();
        let _ = writeln!(out, "\nFiles: {}/*", file_name(&one.what));
        field(&mut out, "Copyright", &holders);
        field(&mut out, "License", &names.join(" and "));
        field(&mut out, "Comment", &format!("{}\nIts licence: {}\nIts source: {}", one.what, one.licence, one.source));
    }
    for (number, text) in texts.iter().enumerate() {
        out.push('\n');
        field(&mut out, "License", &format!("text-{}\n{}", number + 1, referring(text)));
    }
    Ok(out)
}

/// Adds a field with its lines. All lines after the first one are indented.
fn field(out: &mut String, name: &str, value: &str) {
    for (number, line) in value.trim_end().lines().map(str::trim_end).enumerate() {
        let _ = match (number, line) {
            (0, _) => writeln!(out, "{name}: {line}"),
            (_, "") => writeln!(out, " ."),
            _ => writeln!(out, " {line}"),
        };
    }
}

/// Parses THIRD-PARTY-LICENCES. Returns its list and its texts.
fn read(file: &str) -> Option<(Vec<Linked>, Vec<String>)> {
    let (between, below) = (format!("{}\n", "=".repeat(100)), format!("{}\n", "-".repeat(100)));
    let mut sections = file.split(&between);
    let mut linked: Vec<Linked> = Vec::new();
    let mut what = "";
    for line in sections.next()?.lines() {
        if let Some(licence) = line.strip_prefix("    licence: ") {
            linked.push(Linked { what: what.to_owned(), licence: licence.to_owned(), ..Linked::default() });
        } else if let Some(source) = line.strip_prefix("    source: ") {
            linked.last_mut()?.source = source.to_owned();
        } else if let Some(numbers) = line.strip_prefix("    texts: ") {
            let numbers: Result<Vec<usize>, _> = numbers.split(", ").map(str::parse).collect();
            linked.last_mut()?.texts = numbers.ok()?;
        } else {
            what = line;
        }
    }
    let texts: Option<Vec<String>> =
        sections.map(|section| Some(section.split_once(&below)?.1.trim_matches('\n').to_owned())).collect();
    let texts = texts?;
    let is_whole =
        |one: &Linked| !one.texts.is_empty() && one.texts.iter().all(|number| (1..=texts.len()).contains(number));
    (!linked.is_empty() && linked.iter().all(is_whole)).then_some((linked, texts))
}

/// Returns the copyright lines of a text, each once.
fn copyrights(text: &str) -> String {
    let mut known = BTreeSet::new();
    let lines = text.lines().map(|line| line.trim_matches(|c: char| c.is_whitespace() || "/*#;".contains(c)));
    let holders = lines.filter(|line| {
        let lower = line.to_lowercase();
        let rest = lower.strip_prefix("copyright").map(str::trim_start);
        let has_year = rest.is_some_and(|rest| {
            let rest = rest.trim_start_matches("(c)").trim_start_matches('©').trim_start_matches(':').trim_start();
            rest.starts_with(|c: char| c.is_ascii_digit()) || (rest.len() < 60 && lower.contains("(c)"))
        });
        // Lines with these characters are examples in the appendix of a licence.
        has_year
            && !line.contains('[')
            && !line.contains('{')
            && !line.contains('<')
            && known.insert((*line).to_owned())
    });
    holders.collect::<Vec<_>>().join("\n")
}

/// Replaces each licence that Debian has by the name of Debian's file.
fn referring(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut out: Vec<String> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let found = COMMON.iter().find_map(|(first, second, last, file)| {
            let next = lines.get(at + 1..)?.iter().find(|line| !line.trim().is_empty())?;
            let is_start = line.trim() == *first && next.trim().starts_with(second);
            let length = lines[at..].iter().position(|line| line.trim().starts_with(last))?;
            is_start.then_some((length, *file))
        });
        match found {
            Some((length, file)) => {
                out.push(format!("On Debian systems, this licence is in /usr/share/common-licenses/{file}."));
                at += length;
            }
            None => out.push((*line).to_owned()),
        }
        at += 1;
    }
    out.join("\n")
}

/// Returns the name of a linked thing as the name of a folder.
fn file_name(what: &str) -> String {
    let kept = what.chars().map(|c| if c.is_ascii_alphanumeric() || "._+".contains(c) { c } else { '-' });
    let name: String = kept.collect();
    let words: Vec<&str> = name.split('-').filter(|word| !word.is_empty()).collect();
    words.join("-")
}

#[cfg(test)]
mod tests {
    use super::{copyrights, field, file_name, read, referring};

    #[test]
    fn what_is_linked_is_read_from_the_licence_texts_with_its_texts() {
        let line = "=".repeat(100);
        let below = "-".repeat(100);
        let file = format!(
            "Licences of what x consists of\n\nhyper 1.0\n    licence: MIT\n    source: https://s\n    texts: 1, 2\n\n\
             {line}\nText 1, of\n\n    hyper 1.0: LICENSE\n{below}\n\nfirst\n\n{line}\nText 2, of\n\n    a\n{below}\n\nsecond\n\n"
        );
        let (linked, texts) = read(&file).unwrap();
        assert_eq!(
            format!("{linked:?}"),
            r#"[Linked { what: "hyper 1.0", licence: "MIT", source: "https://s", texts: [1, 2] }]"#
        );
        assert_eq!(texts, ["first", "second"]);
        assert!(read(&file.replace("1, 2", "1, 3")).is_none());
    }

    #[test]
    fn holders_of_a_copyright_are_named_once_and_examples_are_not() {
        let text = "Copyright (c) 2020 A\n * Copyright 2021 B\nCopyright (c) 2020 A\n   Copyright [yyyy] [name]\nCopyright notices stay.\n";
        assert_eq!(copyrights(text), "Copyright (c) 2020 A\nCopyright 2021 B");
    }

    #[test]
    fn a_licence_that_every_debian_has_is_referred_to() {
        let text = "Mine.\n\n      Apache License\n\n   Version 2.0, January 2004\n 1. x\n  END OF TERMS AND CONDITIONS\n\nAlso.";
        assert_eq!(
            referring(text),
            "Mine.\n\nOn Debian systems, this licence is in /usr/share/common-licenses/Apache-2.0.\n\nAlso."
        );
    }

    #[test]
    fn further_lines_of_a_field_are_indented_and_empty_ones_are_dots() {
        let mut out = String::new();
        field(&mut out, "License", "A\n\nb\n\n");
        assert_eq!(out, "License: A\n .\n b\n");
        assert_eq!(file_name("GNU C Library (Debian GLIBC 2.36-9)"), "GNU-C-Library-Debian-GLIBC-2.36-9");
    }
}
