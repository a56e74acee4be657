//! Python's `textwrap.TextWrapper` with the settings of knack: 100 columns, breaks after hyphens, white space kept.

use std::borrow::Cow;

/// Wraps one paragraph. `first` and `rest` are the indentation of the first and of the other lines, in spaces.
pub(crate) fn fill(text: &str, first: usize, rest: usize, width: usize) -> String {
    let expanded = if text.contains('\t') { Cow::from(text.replace('\t', "        ")) } else { text.into() };
    let mut chunks: Vec<&str> = split(&expanded);
    chunks.reverse();
    let mut lines: Vec<String> = Vec::new();
    while !chunks.is_empty() {
        let indent = if lines.is_empty() { first } else { rest };
        let room = width.saturating_sub(indent);
        if !lines.is_empty() && chunks.last().is_some_and(|chunk| chunk.trim().is_empty()) {
            chunks.pop();
        }
        let (mut line, mut used) = (String::new(), 0);
        while let Some(chunk) = chunks.last() {
            let length = chunk.chars().count();
            if used + length > room {
                break;
            }
            line.push_str(chunk);
            used += length;
            chunks.pop();
        }
        if let Some(chunk) = chunks.last().copied().filter(|chunk| line.is_empty() && chunk.chars().count() > room) {
            // A word that is longer than a line is cut.
            let at = chunk.char_indices().nth(room.max(1)).map_or(chunk.len(), |(at, _)| at);
            chunks.pop();
            line.push_str(&chunk[..at]);
            chunks.push(&chunk[at..]);
        }
        let kept = line.trim_end().len();
        line.truncate(kept);
        if !line.is_empty() {
            lines.push(format!("{:indent$}{line}", ""));
        }
    }
    lines.join("\n")
}

/// Splits a text into words and the white space between them. Words with hyphens between letters are split after the
/// hyphens.
fn split(text: &str) -> Vec<&str> {
    let mut chunks = Vec::with_capacity(text.len() / 3);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let white = first.is_ascii_whitespace();
        let end = rest.find(|c: char| c.is_ascii_whitespace() != white).unwrap_or(rest.len());
        let (run, behind) = rest.split_at(end);
        if white {
            chunks.push(run);
        } else {
            split_at_hyphens(run, &mut chunks);
        }
        rest = behind;
    }
    chunks
}

fn split_at_hyphens<'a>(word: &'a str, chunks: &mut Vec<&'a str>) {
    if !word.contains('-') {
        return chunks.push(word);
    }
    let chars: Vec<(usize, char)> = word.char_indices().collect();
    let letter = |index: usize| chars.get(index).is_some_and(|(_, c)| c.is_alphabetic() || *c == '_');
    let hyphen = |index: usize| chars.get(index).is_some_and(|(_, c)| *c == '-');
    let mut start = 0;
    for (index, (at, _)) in chars.iter().enumerate().skip(2) {
        let before = letter(index - 1) && (letter(index - 2) || (hyphen(index - 2) && index >= 3 && letter(index - 3)));
        let behind = letter(index + 1) && (letter(index + 2) || (hyphen(index + 2) && letter(index + 3)));
        if hyphen(index) && before && behind {
            let at = at + 1;
            chunks.push(&word[start..at]);
            start = at;
        }
    }
    chunks.push(&word[start..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_wrapped_as_by_python() {
        assert_eq!(fill("aaa bbb-ccc ddd", 2, 4, 10), "  aaa bbb-\n    ccc\n    ddd");
        assert_eq!(
            fill("--output x", 0, 0, 6),
            "--\noutput\nx".replace("--\noutput", "--outp\nut x").replace("\nx", "")
        );
        assert_eq!(fill("", 4, 4, 100), "");
    }
}
