//! Colours for `jsonc` and `yamlc`, with the palette of Pygments' terminal formatter.

const KEY: &str = "\u{1b}[94m";
const STRING: &str = "\u{1b}[33m";
const WORD: &str = "\u{1b}[34m";
const WHITE_SPACE: &str = "\u{1b}[37m";
const RESET: &str = "\u{1b}[39;49;00m";

/// Ends the output like Pygments. Pygments drops empty lines at the end, and colours white space. Colouring the last
/// line break is enough, because every output then contains a colour.
fn end(out: &mut String) {
    let kept = out.trim_end_matches('\n').len();
    out.truncate(kept);
    paint(out, WHITE_SPACE, "");
    out.push('\n');
}

fn paint(out: &mut String, colour: &str, text: &str) {
    out.push_str(colour);
    out.push_str(text);
    out.push_str(RESET);
}

/// Colours JSON in our layout, which has one member or item per line.
pub(crate) fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = match c {
            '"' => end_of_string(rest),
            '-' | '0'..='9' | 'a'..='z' | 'A'..='Z' => {
                rest.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c))).unwrap_or(rest.len())
            }
            _ => c.len_utf8(),
        };
        let (token, behind) = rest.split_at(end);
        match c {
            '"' if behind.starts_with(':') => paint(&mut out, KEY, token),
            '"' => paint(&mut out, STRING, token),
            _ if end > 1 || c.is_ascii_alphanumeric() => paint(&mut out, WORD, token),
            _ => out.push_str(token),
        }
        rest = behind;
    }
    end(&mut out);
    out
}

fn end_of_string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Colours YAML line by line: the keys and the quoted scalars.
pub(crate) fn yaml(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.split_inclusive('\n') {
        let mut rest = line.trim_end_matches('\n');
        loop {
            let blanks = rest.len() - rest.trim_start_matches(' ').len();
            let marker = if rest[blanks..].starts_with("- ") { blanks + 2 } else { blanks };
            out.push_str(&rest[..marker]);
            rest = &rest[marker..];
            if marker == blanks {
                break;
            }
        }
        if let Some(at) = end_of_key(rest) {
            paint(&mut out, KEY, &rest[..at]);
            out.push(':');
            rest = &rest[at + 1..];
        }
        let value = rest.trim_start_matches(' ');
        out.push_str(&rest[..rest.len() - value.len()]);
        if value.starts_with(['\'', '"']) {
            paint(&mut out, STRING, value);
        } else {
            out.push_str(value);
        }
        if line.ends_with('\n') {
            out.push('\n');
        }
    }
    end(&mut out);
    out
}

fn end_of_key(line: &str) -> Option<usize> {
    if line.starts_with(['\'', '"']) {
        let quote = line.chars().next()?;
        let end = 1 + line[1..].find(quote)? + 1;
        return line[end..].starts_with(':').then_some(end);
    }
    line.find(": ").or_else(|| line.ends_with(':').then(|| line.len() - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('\u{1b}') {
            out.push_str(before);
            rest = behind.split_once('m').map_or("", |(_, rest)| rest);
        }
        out + rest
    }

    #[test]
    fn colours_do_not_change_the_text() {
        let text = "{\n  \"a\\\"b\": [\n    -1.5e+3,\n    true,\n    \"x: é\"\n  ]\n}\n";
        assert_eq!(plain(&json(text)), text);
        assert!(json(text).contains("\u{1b}[94m\"a\\\"b\"\u{1b}[39;49;00m:"));
        let text = "a: 1\nb:\n- - 'x: y'\n  - z\n'yes': ''\n";
        assert_eq!(plain(&yaml(text)), text);
        for text in ["{}\n", "- 1.0\n", "a\n...\n"] {
            assert_eq!(plain(&yaml(text)), text);
            assert!(yaml(text).contains('\u{1b}') && json(text).contains('\u{1b}'), "{text}");
        }
        assert_eq!(plain(&yaml("|+\n  a\n\n")), "|+\n  a\n");
    }

    #[test]
    fn numbers_and_words_of_json_are_coloured_and_punctuation_is_not() {
        let coloured = |text: &str| format!("\u{1b}[34m{text}\u{1b}[39;49;00m");
        let end = "\u{1b}[37m\u{1b}[39;49;00m\n";
        assert_eq!(json("7\n"), format!("{}{end}", coloured("7")));
        assert_eq!(
            json("[\n  -1.5,\n  null\n]\n"),
            format!("[\n  {},\n  {}\n]{end}", coloured("-1.5"), coloured("null"))
        );
    }
}
