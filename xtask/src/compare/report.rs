//! The result of a comparison as text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::pair::{Difference, Outcome};

/// The number of differences that are shown in full, and of groups of changed sentences.
const SHOWN: usize = 10;

/// Returns how many lines ended with each exit code, and how many sent requests.
pub fn counts(outcomes: &[Outcome]) -> String {
    let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
    for outcome in outcomes {
        *codes.entry(&outcome.exit_code).or_default() += 1;
    }
    let codes: Vec<String> = codes.into_iter().map(|(code, count)| format!("{code}: {count}")).collect();
    let sent = outcomes.iter().filter(|outcome| outcome.is_sent).count();
    format!("Exit codes of the first program: {}. {sent} command lines ask the service.\n", codes.join(", "))
}

/// Returns the counts, the first differences, and the changed sentences.
pub fn summary(count: usize, differences: &[Difference]) -> String {
    let mut text = format!("{} of {count} command lines are answered in the same way.\n", count - differences.len());
    for name in ["exit code", "stdout", "requests", "files", "stderr"] {
        let of = differences.iter().filter(|difference| difference.parts.iter().any(|(part, _, _)| *part == name));
        let _ = writeln!(text, "  {name:10} differs in {:5}", of.count());
    }
    let failures: Vec<&Difference> = differences.iter().filter(|difference| difference.is_failure()).collect();
    for difference in failures.iter().take(SHOWN) {
        text.push_str(&one(difference));
    }
    if failures.len() > SHOWN {
        let _ = writeln!(text, "\n… and {} more", failures.len() - SHOWN);
    }
    for name in ["stdout", "stderr"] {
        let groups = groups(differences, name);
        if !groups.is_empty() {
            let _ = writeln!(text, "\n== Changed sentences of {name}: {}", groups.len());
        }
        for group in groups.iter().take(SHOWN) {
            text.push_str(group);
        }
    }
    text
}

/// Returns all differences.
pub fn full(differences: &[Difference]) -> String {
    let mut text = String::new();
    for name in ["stdout", "stderr"] {
        let _ = writeln!(text, "== Changed sentences of {name}");
        text.push_str(&groups(differences, name).concat());
    }
    text.push_str("\n== All differences\n");
    text.extend(differences.iter().map(one));
    text
}

/// Returns a difference: its command line, and the lines that differ.
fn one(difference: &Difference) -> String {
    let words: Vec<String> = difference.argv.iter().map(|word| quoted(word)).collect();
    let mut text = format!("\n{}: az {}\n", difference.id, words.join(" "));
    for (name, before, after) in &difference.parts {
        let (before, after) = changed(before, after);
        let _ = writeln!(text, "  {name}");
        text.push_str(&sides(&before, &after));
    }
    text
}

fn sides(before: &str, after: &str) -> String {
    let side = |sign: char, text: &str| text.lines().map(|line| format!("    {sign} {line}\n")).collect::<String>();
    side('-', before) + &side('+', after)
}

/// Returns which lines changed into which other lines and how often, the most frequent change first.
fn groups(differences: &[Difference], name: &str) -> Vec<String> {
    let mut groups: BTreeMap<(String, String), (usize, String)> = BTreeMap::new();
    for difference in differences {
        for (_, before, after) in difference.parts.iter().filter(|(part, _, _)| *part == name) {
            let (before, after) = changed(before, after);
            let group = groups.entry((template(&before), template(&after))).or_default();
            group.0 += 1;
            if group.1.is_empty() {
                group.1 = format!("first in {}\n{}", difference.id, sides(&before, &after));
            }
        }
    }
    let mut sorted: Vec<(usize, String)> = groups.into_values().collect();
    sorted.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    sorted.into_iter().map(|(count, text)| format!("\n{count} times, {text}")).collect()
}

/// Returns the lines of both texts without their common start and end.
fn changed(before: &str, after: &str) -> (String, String) {
    let (before, after): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let begin = before.iter().zip(&after).take_while(|(one, other)| one == other).count();
    let left = before.len().min(after.len()) - begin;
    let end = before.iter().rev().zip(after.iter().rev()).take(left).take_while(|(one, other)| one == other).count();
    (before[begin..before.len() - end].join("\n"), after[begin..after.len() - end].join("\n"))
}

/// Returns a message without its quoted words and numbers, so that the same sentence with other values is equal.
fn template(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('\'').enumerate() {
        if index > 0 {
            out.push('\'');
        }
        if index % 2 == 0 {
            out.push_str(&masked(part));
        }
    }
    out
}

/// Replaces numbers, times, ids and tokens, which are words with a digit.
pub fn masked(text: &str) -> String {
    let is_of_word = |c: char| c.is_ascii_alphanumeric() || "_+/=-.:".contains(c);
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\0']) {
        if is_of_word(c) {
            word.push(c);
            continue;
        }
        if word.contains(|c: char| c.is_ascii_digit()) {
            out.push('#');
        } else {
            out.push_str(&word);
        }
        word.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

/// Quotes a word for a shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:@{},".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Outcome, changed, counts, groups, masked, quoted, summary};
    use crate::compare::pair::Difference;

    fn difference(id: &str, name: &'static str, before: &str, after: &str) -> Difference {
        Difference { id: id.into(), argv: vec!["a b".into()], parts: vec![(name, before.into(), after.into())] }
    }

    #[test]
    fn the_same_sentence_about_other_words_is_one_group() {
        let all = [
            difference("1", "stderr", "ERROR: 'a' is no number.\nHint", "ERROR: 'a' is not a number.\nHint"),
            difference("2", "stderr", "ERROR: 'bc' is no number.", "ERROR: 'bc' is not a number."),
            difference("3", "stderr", "took 3 s", "took 5 seconds"),
        ];
        let groups = groups(&all, "stderr");
        assert_eq!(groups.len(), 2);
        assert_eq!(
            groups[0],
            "\n2 times, first in 1\n    - ERROR: 'a' is no number.\n    + ERROR: 'a' is not a number.\n"
        );
    }

    #[test]
    fn what_the_lines_do_is_counted() {
        let outcome = |code: &str, is_sent| Outcome { exit_code: code.into(), is_sent, difference: None };
        let text = counts(&[outcome("0", true), outcome("2", false), outcome("0", true)]);
        assert_eq!(text, "Exit codes of the first program: 0: 2, 2: 1. 2 command lines ask the service.\n");
    }

    #[test]
    fn the_summary_has_counts_and_the_lines_that_differ() {
        let text = summary(10, &[difference("x", "stdout", "1\n2\n3", "1\n4\n3")]);
        assert!(text.starts_with("9 of 10 command lines are answered in the same way.\n"), "{text}");
        assert!(text.contains("\nx: az 'a b'\n  stdout\n    - 2\n    + 4\n"), "{text}");
    }

    #[test]
    fn lines_that_both_have_at_their_ends_are_left_out() {
        assert_eq!(changed("a\nb\nc", "a\nc"), ("b".into(), String::new()));
        assert_eq!(changed("a\na", "a\na\na"), (String::new(), "a".into()));
    }

    #[test]
    fn words_with_a_digit_are_masked() {
        assert_eq!(masked("at 2026-11-26T12:00:00Z, in 3 s: a-b"), "at #, in # s: a-b");
    }

    #[test]
    fn words_are_quoted_for_a_shell() {
        assert_eq!([quoted("a"), quoted(""), quoted("it's")], ["a", "''", r"'it'\''s'"]);
    }
}
