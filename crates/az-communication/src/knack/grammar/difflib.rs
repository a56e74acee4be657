//! `difflib.get_close_matches` of Python, which the suggestions use.

/// The least similarity of two words (the cutoff of the reference).
const CUTOFF: f64 = 0.7;

/// Returns the candidate that is most similar to `word`, if it is similar enough. Of equally similar candidates, the
/// greatest wins, as in Python.
pub(crate) fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (ratio(candidate, word), candidate))
        .filter(|(ratio, _)| *ratio >= CUTOFF)
        .max_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal))
        .map(|(_, candidate)| candidate)
}

/// Returns `SequenceMatcher(None, a, b).ratio()`: twice the number of matching characters divided by the number of all
/// characters.
fn ratio(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    2.0 * matching(&a, &b) as f64 / (a.len() + b.len()) as f64
}

/// Returns the number of characters in the longest common block and, recursively, in the parts to its left and right.
fn matching(a: &[char], b: &[char]) -> usize {
    let mut best = (0, 0, 0);
    let mut lengths = vec![0; b.len() + 1];
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![0; b.len() + 1];
        for (j, y) in b.iter().enumerate() {
            if x == y {
                next[j + 1] = lengths[j] + 1;
                // Of equally long blocks, the first one counts.
                if next[j + 1] > best.2 {
                    best = (i + 1 - next[j + 1], j + 1 - next[j + 1], next[j + 1]);
                }
            }
        }
        lengths = next;
    }
    let (i, j, size) = best;
    if size == 0 {
        return 0;
    }
    size + matching(&a[..i], &b[..j]) + matching(&a[i + size..], &b[j + size..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_the_same_as_in_python() {
        // python3 -c "import difflib; print(difflib.SequenceMatcher(None, 'abcd', 'bcde').ratio())"
        assert!((ratio("abcd", "bcde") - 0.75).abs() < 1e-12);
        assert!((ratio("qabxcd", "abycdf") - 0.666_666_666_666_666_6).abs() < 1e-12);
    }

    #[test]
    fn the_closest_word_is_the_same_as_in_python() {
        assert_eq!(closest("tokn", ["user", "token"]), Some("token"));
        assert_eq!(closest("isseu", ["issue", "revoke"]), Some("issue"));
        assert_eq!(closest("zzzz", ["issue", "revoke"]), None);
    }
}
