//! Collects the creations of a run whose outcome is unknown, and describes them: one sentence for each cause.

use std::sync::Mutex;

use crate::batch::mutex::lock;
use crate::batch::record::Subject;

/// The greatest number of numbers, ranges or names in a sentence.
const LISTED: usize = 8;

/// The creations with unknown outcome, grouped by cause.
#[derive(Debug, Default)]
pub(crate) struct Lost(Mutex<Vec<Group>>);

#[derive(Debug)]
struct Group {
    cause: String,
    count: usize,
    numbers: Vec<u64>,
    names: Vec<String>,
}

impl Lost {
    /// Adds a creation whose outcome is unknown.
    pub(crate) fn add(&self, cause: &str, subject: &Subject) {
        let mut groups = lock(&self.0);
        let at = groups.iter().position(|group| group.cause == cause).unwrap_or_else(|| {
            groups.push(Group { cause: cause.to_owned(), count: 0, numbers: Vec::new(), names: Vec::new() });
            groups.len() - 1
        });
        let group = &mut groups[at];
        group.count += 1;
        match subject {
            Subject::New { name: Some(name), .. } | Subject::Named(name) | Subject::User(name) => {
                group.names.push(name.clone());
            }
            Subject::New { n, name: None } => group.numbers.push(*n),
        }
    }

    /// Returns the sentences about these creations and forgets them, so that each is printed once. `place` names the
    /// file or output that contains their lines.
    pub(crate) fn take_words(&self, place: &str) -> Vec<String> {
        std::mem::take(&mut *lock(&self.0)).into_iter().map(|group| group.words(place)).collect()
    }
}

impl Group {
    fn words(mut self, place: &str) -> String {
        self.numbers.sort_unstable();
        self.names.sort_unstable();
        let mut listed = Vec::new();
        if !self.numbers.is_empty() {
            listed.push(format!("n {}", shortened(&ranges(&self.numbers))));
        }
        if !self.names.is_empty() {
            let noun = if self.names.len() == 1 { "the name" } else { "the names" };
            listed.push(format!("{noun} {}", shortened(&self.names)));
        }
        let (users, them) = match self.count {
            1 => ("a user was".to_owned(), "it"),
            count => (format!("{count} users were"), "them"),
        };
        let Self { cause, .. } = self;
        format!("It is not known whether {users} created: {cause} {place} lists {them} under {}.", listed.join(" and "))
    }
}

/// Formats sorted numbers as `3` and `5 to 9`.
fn ranges(numbers: &[u64]) -> Vec<String> {
    let runs = numbers.chunk_by(|one, next| one.checked_add(1) == Some(*next));
    let words = runs.flat_map(|run| match run {
        [] => Vec::new(),
        [one] => vec![one.to_string()],
        [one, two] => vec![one.to_string(), two.to_string()],
        [first, .., last] => vec![format!("{first} to {last}")],
    });
    words.collect()
}

fn shortened(words: &[String]) -> String {
    let shown = words.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match words.len() {
        length if length > LISTED => format!("{shown} and others"),
        _ => shown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_is_reported_once_with_its_numbers_and_names() {
        let lost = Lost::default();
        let new = |n, name: Option<&str>| Subject::New { n, name: name.map(str::to_owned) };
        for n in [7, 3, 1, 6, 5] {
            lost.add("It was cut off.", &new(n, None));
        }
        lost.add("It timed out.", &new(9, None));
        lost.add("It was reset.", &new(10, Some("bob")));
        lost.add("It was reset.", &new(11, Some("alice")));
        assert_eq!(
            lost.take_words("The record"),
            [
                "It is not known whether 5 users were created: It was cut off. The record lists them under n 1, 3, 5 to 7.",
                "It is not known whether a user was created: It timed out. The record lists it under n 9.",
                "It is not known whether 2 users were created: It was reset. The record lists them under the names alice, bob.",
            ]
        );
        assert!(lost.take_words("The record").is_empty());
    }

    #[test]
    fn a_long_list_is_shortened() {
        let numbers: Vec<u64> = (0..40).map(|n| n * 2).collect();
        assert_eq!(shortened(&ranges(&numbers)), "0, 2, 4, 6, 8, 10, 12, 14 and others");
    }
}
