//! Patterns of paths: `*` stands for any characters of a segment, `**` for any characters, `?` for one character of a
//! segment. The case is ignored, as the emulator ignores it in paths.

/// A place in the pattern after a star, and the place in the path from which the rest was tried.
type Retry = (usize, usize);

/// Returns whether a pattern fits a whole path. The time is at most proportional to the product of the lengths.
pub(super) fn fits(pattern: &str, path: &str) -> bool {
    let (pattern, path) = (pattern.as_bytes(), path.as_bytes());
    let (mut at, mut here) = (0, 0);
    // Where to go on if the rest does not fit: after the last star of each kind, with one more character of the path.
    let (mut star, mut double): (Option<Retry>, Option<Retry>) = (None, None);
    loop {
        if pattern[at..].starts_with(b"**") {
            at += 2;
            (double, star) = (Some((at, here)), None);
            continue;
        }
        match (pattern.get(at), path.get(here)) {
            (None, None) => return true,
            (Some(b'*'), _) => {
                at += 1;
                star = Some((at, here));
                continue;
            }
            (Some(b'?'), Some(byte)) if *byte != b'/' => {
                (at, here) = (at + 1, here + 1);
                continue;
            }
            (Some(one), Some(other)) if one.eq_ignore_ascii_case(other) => {
                (at, here) = (at + 1, here + 1);
                continue;
            }
            _ => {}
        }
        let is_in_segment = |from: usize| path.get(from).is_some_and(|byte| *byte != b'/');
        match (star, double) {
            (Some((after, from)), _) if is_in_segment(from) => {
                (at, here) = (after, from + 1);
                star = Some((after, here));
            }
            (_, Some((after, from))) if from < path.len() => {
                (at, here) = (after, from + 1);
                (double, star) = (Some((after, here)), None);
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stay_in_a_segment_and_double_stars_do_not() {
        for (pattern, path, expected) in [
            ("/identities", "/Identities", true),
            ("/identities", "/identities/x", false),
            ("/identities/*", "/identities/8:acs:x", true),
            ("/identities/*", "/identities/", true),
            ("/identities/*", "/identities/x/:issueAccessToken", false),
            ("/identities/*/:issue*", "/identities/x/:issueAccessToken", true),
            ("/identities/**", "/identities/x/:issueAccessToken", true),
            ("**/:issueAccessToken", "/identities/x/:issueAccessToken", true),
            ("**/:issue*", "/identities/x/:issueAccessToken/y", false),
            ("**a*b", "/a/ab", true),
            ("**/a*c/**", "/ab/abc/x", true),
            ("/a?c", "/abc", true),
            ("/a?c", "/a/c", false),
            ("", "", true),
            ("", "/", false),
            ("*", "/", false),
            ("**", "", true),
        ] {
            assert_eq!(fits(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_pattern_with_many_stars_is_compared_quickly() {
        let pattern = "*a".repeat(200);
        assert!(!fits(&format!("**{pattern}b"), &"a".repeat(2000)));
    }
}
