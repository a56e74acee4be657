//! Text files as Python opens them in text mode.

/// Applies universal newlines: `\r
/// ` and a lone `\r` become `
/// `.
pub fn universal_newlines(text: String) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_line_endings_become_line_feeds() {
        assert_eq!(universal_newlines("a\r\nb\rc\n\r\n".into()), "a\nb\nc\n\n");
    }
}
