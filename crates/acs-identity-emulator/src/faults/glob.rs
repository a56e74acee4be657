//! Patterns of paths: `*` stands for any characters of a segment, `**` for any characters, `?` for one character of a
//! segment. The case is ignored, as the emulator ignores it in paths.

/// A pattern.
#[derive(Debug)]
pub(super) struct Glob(Vec<Token>);

/// A part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    /// A byte, in lower case.
    Byte(u8),
    /// A byte of a segment.
    One,
    /// Any bytes of a segment.
    Star,
    /// Any bytes.
    DoubleStar,
}

impl Token {
    fn takes(self, byte: u8) -> bool {
        match self {
            Self::Byte(own) => own == byte.to_ascii_lowercase(),
            Self::One | Self::Star => byte != b'/',
            Self::DoubleStar => true,
        }
    }

    fn is_star(self) -> bool {
        matches!(self, Self::Star | Self::DoubleStar)
    }
}

impl Glob {
    pub(super) fn of(pattern: &str) -> Self {
        let mut tokens: Vec<Token> = Vec::with_capacity(pattern.len());
        for byte in pattern.bytes() {
            match (byte, tokens.last_mut()) {
                // Two or more stars are one token.
                (b'*', Some(last)) if last.is_star() => *last = Token::DoubleStar,
                (b'*', _) => tokens.push(Token::Star),
                (b'?', _) => tokens.push(Token::One),
                (byte, _) => tokens.push(Token::Byte(byte.to_ascii_lowercase())),
            }
        }
        Self(tokens)
    }

    /// Returns whether it fits a whole path. The time is at most proportional to the product of the lengths: each byte
    /// of the path is compared once with each token.
    pub(super) fn fits(&self, path: &str) -> bool {
        // Whether the tokens before an index fit the bytes that were read.
        let mut reached = vec![false; self.0.len() + 1];
        reached[0] = true;
        self.pass_stars(&mut reached);
        for byte in path.bytes() {
            reached[self.0.len()] = false;
            for (index, token) in self.0.iter().enumerate().rev() {
                let takes = reached[index] && token.takes(byte);
                reached[index + 1] |= takes && !token.is_star();
                reached[index] = takes && token.is_star();
            }
            self.pass_stars(&mut reached);
            if !reached.contains(&true) {
                return false;
            }
        }
        reached[self.0.len()]
    }

    /// Stars may stand for no bytes.
    fn pass_stars(&self, reached: &mut [bool]) {
        for (index, token) in self.0.iter().enumerate() {
            if reached[index] && token.is_star() {
                reached[index + 1] = true;
            }
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
            ("/identities", "/identitie", false),
            ("/identities/*", "/identities/8:acs:x", true),
            ("/identities/*", "/identities/", true),
            ("/identities/*", "/identities/x/:issueAccessToken", false),
            ("/identities/*/:issue*", "/identities/x/:issueAccessToken", true),
            ("/identities/**", "/identities/x/:issueAccessToken", true),
            ("**/:issueAccessToken", "/identities/x/:issueAccessToken", true),
            ("**/:issue*", "/identities/x/:issueAccessToken/y", false),
            ("**a*b", "/a/ab", true),
            ("**/a*c/**", "/ab/abc/x", true),
            ("/***/c", "/a/b/c", true),
            ("/a?c", "/abc", true),
            ("/a?c", "/a/c", false),
            ("/a?", "/a", false),
            ("", "", true),
            ("", "/", false),
            ("*", "/", false),
            ("**", "", true),
        ] {
            assert_eq!(Glob::of(pattern).fits(path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn a_pattern_with_many_stars_is_compared_quickly() {
        // Backtracking would take hours.
        let path = "a".repeat(32_000);
        for pattern in ["***b".to_owned(), "**a*b".to_owned(), format!("**{}b", "*a".repeat(200))] {
            assert!(!Glob::of(&pattern).fits(&path), "{pattern}");
        }
    }
}
