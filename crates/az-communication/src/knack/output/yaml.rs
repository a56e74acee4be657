//! `yaml`: what PyYAML's `safe_dump(default_flow_style=False, allow_unicode=True)` writes: block style, members sorted,
//! single quotes where the plain form would read back as something else, folding at 80 columns, anchors for shared
//! containers.

use std::collections::HashMap;
use std::fmt::Write as _;

use pyjmespath::{Value, float_repr};

/// Lines are folded at the first blank behind this column.
const BEST_WIDTH: usize = 80;

const INDENT: usize = 2;

/// Keys of this length and more are written with `?`: PyYAML's limit is 128, and it counts the tag `!!str`, too.
const MAX_SIMPLE_KEY: usize = 123;

pub(crate) fn format(value: &Value) -> String {
    let mut emitter = Emitter { whitespace: true, indention: true, ..Emitter::default() };
    let mut seen = HashMap::new();
    // What a query selects (an `OrderedDict`) PyYAML cannot represent; knack then goes through JSON, and sharing is lost.
    if !holds_selected(value) {
        count_shared(value, &mut seen);
        emitter.shared = seen.into_iter().filter(|(_, count)| *count > 1).map(|(address, _)| (address, 0)).collect();
    }
    emitter.node(value, Context { root: true, ..Context::default() });
    if emitter.open_ended {
        emitter.indent = None;
        emitter.write_indent();
        emitter.out.push_str("...");
    }
    emitter.out.push('\n');
    emitter.out
}

fn holds_selected(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(holds_selected),
        Value::Object(object) => object.is_selected() || object.values().any(holds_selected),
        _ => false,
    }
}

fn count_shared(value: &Value, seen: &mut HashMap<usize, usize>) {
    let Some(address) = value.address() else {
        return;
    };
    let count = seen.entry(address).or_insert(0);
    *count += 1;
    if *count > 1 {
        return;
    }
    match value {
        Value::Array(items) => items.iter().for_each(|item| count_shared(item, seen)),
        Value::Object(object) => object.values().for_each(|item| count_shared(item, seen)),
        _ => {}
    }
}

#[derive(Clone, Copy, Default)]
struct Context {
    root: bool,
    mapping: bool,
    simple_key: bool,
}

/// The state of PyYAML's emitter that decides where blanks and line breaks go.
#[derive(Default)]
struct Emitter {
    out: String,
    column: usize,
    /// Whether the last thing written was white space.
    whitespace: bool,
    /// Whether only indentation and indicators stand on the line so far.
    indention: bool,
    /// A bare scalar as the whole document: `...` must follow.
    open_ended: bool,
    indent: Option<usize>,
    /// Containers that occur more than once; the number of their anchor once it is written.
    shared: HashMap<usize, usize>,
    anchors: usize,
}

impl Emitter {
    fn node(&mut self, value: &Value, context: Context) {
        if let Some(anchor) = value.address().and_then(|address| self.shared.get(&address).copied()) {
            if anchor > 0 {
                self.indicator(&format!("*id{anchor:03}"), true, false, false);
                return;
            }
            self.anchors += 1;
            let anchor = self.anchors;
            self.shared.extend(value.address().map(|address| (address, anchor)));
            self.indicator(&format!("&id{anchor:03}"), true, false, false);
        }
        match value {
            Value::Array(items) if items.is_empty() => {
                self.indicator("[", true, true, false);
                self.indicator("]", false, false, false);
            }
            Value::Array(items) => {
                // A list under a key is not indented further.
                let saved = self.indent;
                let indentless = context.mapping && !self.indention;
                self.indent = match saved {
                    None => Some(0),
                    Some(indent) if !indentless => Some(indent + INDENT),
                    same => same,
                };
                for item in items.iter() {
                    self.write_indent();
                    self.indicator("-", true, false, true);
                    self.node(item, Context::default());
                }
                self.indent = saved;
            }
            Value::Object(object) if object.is_empty() => {
                self.indicator("{", true, true, false);
                self.indicator("}", false, false, false);
            }
            Value::Object(object) => {
                let saved = self.indent;
                self.indent = Some(saved.map_or(0, |indent| indent + INDENT));
                let mut members: Vec<_> = object.iter().collect();
                members.sort_by(|a, b| a.0.cmp(b.0));
                for (name, value) in members {
                    self.write_indent();
                    self.member(name, value);
                }
                self.indent = saved;
            }
            Value::String(text) => self.string(text, context),
            other => self.plain(&scalar(other), context, true),
        }
    }

    fn member(&mut self, name: &str, value: &Value) {
        let analysis = Analysis::of(name);
        let simple =
            crate::knack::output::python_text::len(name) < MAX_SIMPLE_KEY && !name.is_empty() && !analysis.multiline;
        if simple {
            self.string(name, Context { mapping: true, simple_key: true, ..Context::default() });
            self.indicator(":", false, false, false);
        } else {
            self.indicator("?", true, false, true);
            self.string(name, Context { mapping: true, ..Context::default() });
            self.write_indent();
            self.indicator(":", true, false, true);
        }
        self.node(value, Context { mapping: true, ..Context::default() });
    }

    fn string(&mut self, text: &str, context: Context) {
        let analysis = Analysis::of(text);
        // The emitter's own indentation while it writes a scalar, which folded lines start at.
        let saved = self.indent;
        self.indent = Some(saved.map_or(INDENT, |indent| indent + INDENT));
        let split = !context.simple_key;
        let plain_in_context = !(context.simple_key && (text.is_empty() || analysis.multiline));
        if resolves_to_string(text) && plain_in_context && analysis.plain {
            self.write_plain(text, split, context.root);
        } else if analysis.single_quoted && !(context.simple_key && analysis.multiline) {
            self.write_single_quoted(text, split);
        } else {
            self.write_double_quoted(text, split);
        }
        self.indent = saved;
    }

    fn plain(&mut self, text: &str, context: Context, split: bool) {
        let saved = self.indent;
        self.indent = Some(saved.map_or(INDENT, |indent| indent + INDENT));
        self.write_plain(text, split, context.root);
        self.indent = saved;
    }

    fn write(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += crate::knack::output::python_text::len(text);
    }

    fn indicator(&mut self, indicator: &str, need_whitespace: bool, whitespace: bool, indention: bool) {
        if !self.whitespace && need_whitespace {
            self.write(" ");
        }
        self.write(indicator);
        self.whitespace = whitespace;
        self.indention = self.indention && indention;
        self.open_ended = false;
    }

    fn write_indent(&mut self) {
        let indent = self.indent.unwrap_or(0);
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.line_break('\n');
        }
        if self.column < indent {
            self.whitespace = true;
            self.write(&" ".repeat(indent - self.column));
        }
    }

    fn line_break(&mut self, line_break: char) {
        self.whitespace = true;
        self.indention = true;
        self.out.push(line_break);
        self.column = 0;
    }

    /// A plain scalar never has line breaks; blanks are where it may be folded.
    fn write_plain(&mut self, text: &str, split: bool, root: bool) {
        if root {
            self.open_ended = true;
        }
        if text.is_empty() {
            return;
        }
        if !self.whitespace {
            self.write(" ");
        }
        self.whitespace = false;
        self.indention = false;
        for run in runs(text) {
            if run == " " && self.column > BEST_WIDTH && split {
                self.write_indent();
                self.whitespace = false;
                self.indention = false;
            } else {
                self.write(run);
            }
        }
    }

    fn write_single_quoted(&mut self, text: &str, split: bool) {
        self.indicator("'", true, false, false);
        let mut at = 0;
        for run in runs(text) {
            let (start, end) = (at, at + run.len());
            at = end;
            if run.starts_with(is_break) {
                if run.starts_with('\n') {
                    self.line_break('\n');
                }
                run.chars().for_each(|c| self.line_break(c));
                self.write_indent();
            } else if run == " " && self.column > BEST_WIDTH && split && start != 0 && end != text.len() {
                self.write_indent();
            } else {
                self.write(&run.replace('\'', "''"));
            }
        }
        self.indicator("'", false, false, false);
    }

    fn write_double_quoted(&mut self, text: &str, split: bool) {
        self.indicator("\"", true, false, false);
        let chars: Vec<char> = text.chars().collect();
        let (mut start, mut end) = (0, 0);
        while end <= chars.len() {
            let c = chars.get(end).copied();
            let needs_escape = c.is_none_or(|c| !is_printable_in_double_quotes(c));
            if needs_escape {
                if start < end {
                    self.write(&chars[start..end].iter().collect::<String>());
                    start = end;
                }
                if let Some(c) = c {
                    self.write(&escape(c));
                    start = end + 1;
                }
            }
            let within = 0 < end && end + 1 < chars.len();
            if within && (c == Some(' ') || start >= end) && self.column + end > BEST_WIDTH + start && split {
                let mut part: String = chars.get(start..end).unwrap_or_default().iter().collect();
                part.push('\\');
                if start < end {
                    start = end;
                }
                self.write(&part);
                self.write_indent();
                self.whitespace = false;
                self.indention = false;
                if chars.get(start) == Some(&' ') {
                    self.write("\\");
                }
            }
            end += 1;
        }
        self.indicator("\"", false, false, false);
    }
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Cuts a text into runs of blanks, of line breaks, and of everything else.
fn runs(text: &str) -> impl Iterator<Item = &str> {
    let kind = |c: char| if c == ' ' { 0 } else { 1 + u8::from(is_break(c)) };
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = kind(rest.chars().next()?);
        let end = rest.char_indices().find(|(_, c)| kind(*c) != first).map_or(rest.len(), |(at, _)| at);
        let (run, behind) = rest.split_at(end);
        rest = behind;
        Some(run)
    })
}

fn is_printable_in_double_quotes(c: char) -> bool {
    match c {
        '"' | '\\' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}' => false,
        ' '..='~' => true,
        c => matches!(c, '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}'),
    }
}

fn escape(c: char) -> String {
    let short = match c {
        '\0' => '0',
        '\u{7}' => 'a',
        '\u{8}' => 'b',
        '\t' => 't',
        '\n' => 'n',
        '\u{b}' => 'v',
        '\u{c}' => 'f',
        '\r' => 'r',
        '\u{1b}' => 'e',
        '"' => '"',
        '\\' => '\\',
        '\u{85}' => 'N',
        '\u{a0}' => '_',
        '\u{2028}' => 'L',
        '\u{2029}' => 'P',
        c => {
            let code = c as u32;
            let mut out = String::new();
            let _ = match code {
                0..=0xff => write!(out, "\\x{code:02X}"),
                0x100..=0xffff => write!(out, "\\u{code:04X}"),
                _ => write!(out, "\\U{code:08X}"),
            };
            return out;
        }
    };
    format!("\\{short}")
}

/// What PyYAML's `analyze_scalar` finds out.
struct Analysis {
    multiline: bool,
    plain: bool,
    single_quoted: bool,
}

impl Analysis {
    fn of(text: &str) -> Self {
        if text.is_empty() {
            return Self { multiline: false, plain: true, single_quoted: true };
        }
        let chars: Vec<char> = text.chars().collect();
        let is_white = |c: char| matches!(c, '\0' | ' ' | '\t' | '\r') || is_break(c);
        let mut indicators = text.starts_with("---") || text.starts_with("...");
        let (mut line_breaks, mut special) = (false, false);
        let (mut space_break, mut break_space) = (false, false);
        for (index, &c) in chars.iter().enumerate() {
            let before = index.checked_sub(1).map(|index| chars[index]);
            let followed_by_white = chars.get(index + 1).is_none_or(|c| is_white(*c));
            indicators |= match (index, c) {
                (0, '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`') => {
                    true
                }
                (0, '?' | '-') | (_, ':') => followed_by_white,
                (_, '#') => before.is_none_or(is_white),
                _ => false,
            };
            line_breaks |= is_break(c);
            special |= !is_printable(c);
            break_space |= c == ' ' && before.is_some_and(is_break);
            space_break |= is_break(c) && before == Some(' ');
        }
        let ends_in_white = |c: Option<&char>| c.is_some_and(|c| *c == ' ' || is_break(*c));
        let edges = ends_in_white(chars.first()) || ends_in_white(chars.last());
        let blanks = space_break || break_space;
        Self {
            multiline: line_breaks,
            plain: !(edges || blanks || special || line_breaks || indicators),
            single_quoted: !(blanks || special),
        }
    }
}

fn is_printable(c: char) -> bool {
    match c {
        '\u{feff}' => false,
        '\n' | ' '..='~' | '\u{85}' => true,
        c => matches!(c, '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10fffe}'),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Bool(true) => "true".into(),
        Value::Bool(false) => "false".into(),
        Value::Int(i) => i.to_string(),
        Value::BigInt(big) => big.to_string(),
        Value::Float(f) if f.is_nan() => ".nan".into(),
        Value::Float(f) if f.is_infinite() => if *f > 0.0 { ".inf" } else { "-.inf" }.into(),
        Value::Float(f) => {
            // YAML 1.1 floats have a dot.
            let text = float_repr(*f);
            if text.contains('.') { text } else { text.replacen('e', ".0e", 1) }
        }
        _ => "null".into(),
    }
}

/// Whether the plain text would read back as a string, by the patterns of PyYAML's resolver (YAML 1.1).
fn resolves_to_string(text: &str) -> bool {
    let Some(first) = text.bytes().next() else {
        return false;
    };
    match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => !is_word(text),
        b'+' | b'-' | b'.' | b'0'..=b'9' => !(is_float(text) || is_int(text) || is_timestamp(text)),
        b'<' => text != "<<",
        b'=' => text != "=",
        _ => true,
    }
}

fn is_word(text: &str) -> bool {
    const WORDS: [&str; 7] = ["yes", "no", "true", "false", "on", "off", "null"];
    let lower = text.to_ascii_lowercase();
    let mut capital = lower.clone();
    capital[..1].make_ascii_uppercase();
    text == "~"
        || (WORDS.contains(&lower.as_str()) && (text == lower || text == capital || text == lower.to_ascii_uppercase()))
}

fn is_digits(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(allowed)
}

fn digit_or_underscore(b: u8) -> bool {
    b.is_ascii_digit() || b == b'_'
}

/// `[0-9][0-9_]*`.
fn is_number(text: &str) -> bool {
    text.bytes().next().is_some_and(|b| b.is_ascii_digit()) && is_digits(text, digit_or_underscore)
}

/// Parts behind colons, base 60: `(?::[0-5]?[0-9])+`.
fn is_sexagesimal<'a>(mut parts: impl Iterator<Item = &'a str>) -> bool {
    let mut count = 0;
    let all = parts.all(|part| {
        count += 1;
        match part.as_bytes() {
            [b] => b.is_ascii_digit(),
            [a, b] => (b'0'..=b'5').contains(a) && b.is_ascii_digit(),
            _ => false,
        }
    });
    all && count > 0
}

/// Cuts an exponent `[eE][-+][0-9]+` off; `None` where there is an `e` that is none.
fn without_exponent(text: &str) -> Option<&str> {
    let Some(at) = text.find(['e', 'E']) else {
        return Some(text);
    };
    let exponent = text[at + 1..].strip_prefix(['-', '+'])?;
    is_digits(exponent, |b| b.is_ascii_digit()).then_some(&text[..at])
}

fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    if let Some(fraction) = text.strip_prefix('.') {
        return without_exponent(fraction).is_some_and(is_number);
    }
    if unsigned.contains(':') {
        let Some((whole, fraction)) = unsigned.rsplit_once('.') else {
            return false;
        };
        let mut parts = whole.split(':');
        return fraction.bytes().all(digit_or_underscore)
            && parts.next().is_some_and(is_number)
            && is_sexagesimal(parts);
    }
    without_exponent(unsigned)
        .and_then(|text| text.split_once('.'))
        .is_some_and(|(whole, fraction)| is_number(whole) && fraction.bytes().all(digit_or_underscore))
}

fn is_int(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if let Some(binary) = unsigned.strip_prefix("0b") {
        return is_digits(binary, |b| matches!(b, b'0' | b'1' | b'_'));
    }
    if let Some(hexadecimal) = unsigned.strip_prefix("0x") {
        return is_digits(hexadecimal, |b| b.is_ascii_hexdigit() || b == b'_');
    }
    if unsigned == "0" {
        return true;
    }
    if let Some(octal) = unsigned.strip_prefix('0') {
        return is_digits(octal, |b| matches!(b, b'0'..=b'7' | b'_'));
    }
    let mut parts = unsigned.split(':');
    let whole = parts.next().unwrap_or_default();
    if !is_number(whole) {
        return false;
    }
    !unsigned.contains(':') || is_sexagesimal(parts)
}

fn is_timestamp(text: &str) -> bool {
    let Some((date, rest)) = timestamp_date(text) else {
        return false;
    };
    if rest.is_empty() {
        return date.len() == 10 && date.bytes().enumerate().all(|(at, b)| (at == 4 || at == 7) == (b == b'-'));
    }
    timestamp_time(rest).is_some()
}

/// Takes between `min` and `max` digits.
fn take_digits(text: &str, min: usize, max: usize) -> Option<&str> {
    let count = text.bytes().take(max).take_while(u8::is_ascii_digit).count();
    (count >= min).then(|| &text[count..])
}

fn timestamp_date(text: &str) -> Option<(&str, &str)> {
    let rest = take_digits(text, 4, 4)?.strip_prefix('-')?;
    let rest = take_digits(rest, 1, 2)?.strip_prefix('-')?;
    let rest = take_digits(rest, 1, 2)?;
    Some((&text[..text.len() - rest.len()], rest))
}

fn timestamp_time(text: &str) -> Option<()> {
    let blanks = |text: &'_ str| text.len() - text.trim_start_matches([' ', '\t']).len();
    let rest = match text.strip_prefix(['T', 't']) {
        Some(rest) => rest,
        None if blanks(text) > 0 => &text[blanks(text)..],
        None => return None,
    };
    let rest = take_digits(rest, 1, 2)?.strip_prefix(':')?;
    let rest = take_digits(rest, 2, 2)?.strip_prefix(':')?;
    let rest = take_digits(rest, 2, 2)?;
    let rest =
        rest.strip_prefix('.').map_or(rest, |fraction| fraction.trim_start_matches(|c: char| c.is_ascii_digit()));
    if rest.is_empty() {
        return Some(());
    }
    let zone = &rest[blanks(rest)..];
    if zone == "Z" {
        return Some(());
    }
    let hours = take_digits(zone.strip_prefix(['-', '+'])?, 1, 2)?;
    let end = match hours.strip_prefix(':') {
        Some(minutes) => take_digits(minutes, 2, 2)?,
        None => hours,
    };
    end.is_empty().then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml(document: &str) -> String {
        Value::from_json(document).map(|value| format(&value)).unwrap_or_default()
    }

    #[test]
    fn structures() {
        assert_eq!(yaml(r#"{"b": [1, {"c": []}], "a": {"x": {}}}"#), "a:\n  x: {}\nb:\n- 1\n- c: []\n");
        assert_eq!(yaml("[[1, [2]], {}]"), "- - 1\n  - - 2\n- {}\n");
        assert_eq!(yaml("3"), "3\n...\n");
        assert_eq!(yaml("[1e20, 1.5, null, true]"), "- 1.0e+20\n- 1.5\n- null\n- true\n");
    }

    #[test]
    fn strings_that_would_read_back_as_something_else_are_quoted() {
        for text in [
            "yes",
            "No",
            "ON",
            "~",
            "null",
            "1",
            "0x1F",
            "0b1",
            "017",
            "1_000",
            "1:30",
            "1.5",
            ".5",
            "1e",
            "-.inf",
            "2026-11-24",
            "2026-11-24T02:26:58.1+00:00",
            "",
            " a",
            "a ",
            "#x",
            "a: b",
            "a #b",
            "- a",
            "<<",
            "=",
            "?",
        ] {
            let shown = format(&Value::from(text));
            let quoted = shown.starts_with('\'');
            assert_eq!(quoted, text != "1e", "{text}: {shown}");
        }
        for text in ["yEs", "a:b", "a#b", "-a", "0o17", "1e3", "2026-1", "08", "+", "?a"] {
            assert_eq!(format(&Value::from(text)), format!("{text}\n...\n"));
        }
    }

    #[test]
    fn shared_containers_get_anchors() {
        let shared = Value::array(vec![Value::Int(1)]);
        assert_eq!(format(&Value::array(vec![shared.clone(), shared])), "- &id001\n  - 1\n- *id001\n");
    }
}
