//! Reads YAML, and so JSON, as a tree in which each value has its line.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError};

use super::{At, SeedError};

/// The deepest nesting. The format needs five levels.
const MAX_DEPTH: usize = 16;

/// A value and its line.
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Value,
}

pub(super) enum Value {
    Null,
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// A list or mapping whose end was not read yet.
struct Open {
    line: usize,
    value: Value,
    /// The name of the member whose value comes next.
    name: Option<(usize, String)>,
}

fn error(line: usize, what: impl Into<String>) -> SeedError {
    At { line, field: String::new() }.error(what)
}

/// Parses a text that has one document.
pub(super) fn parse(content: &[u8]) -> Result<Node, SeedError> {
    let text = str::from_utf8(content).map_err(|fault| {
        let line = content[..fault.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        error(line, "the file is not UTF-8")
    })?;
    let text = with_whole_characters(text.trim_start_matches('\u{feff}'));
    let mut tree = Tree::default();
    for event in Parser::new_from_str(&text) {
        let (event, span) = event.map_err(|fault: ScanError| {
            error(fault.marker().line(), format!("this is not valid YAML or JSON: {}", fault.info()))
        })?;
        tree.add(event, span.start.line())?;
    }
    tree.whole.ok_or_else(|| error(1, "the file is empty"))
}

#[derive(Default)]
struct Tree {
    open: Vec<Open>,
    whole: Option<Node>,
}

impl Tree {
    fn add(&mut self, event: Event<'_>, line: usize) -> Result<(), SeedError> {
        match event {
            Event::Scalar(_, _, _, Some(_)) | Event::SequenceStart(_, Some(_)) | Event::MappingStart(_, Some(_)) => {
                Err(error(line, "tags are not supported"))
            }
            Event::Alias(_) => Err(error(line, "aliases are not supported: repeat the value")),
            Event::Scalar(text, style, ..) => self.put(Node { line, value: scalar(text, style) }),
            Event::SequenceStart(..) => self.start(line, Value::List(Vec::new())),
            Event::MappingStart(..) => self.start(line, Value::Map(Vec::new())),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open { line, value, .. }) => self.put(Node { line, value }),
                None => Ok(()),
            },
            Event::DocumentStart(_) if self.whole.is_some() => Err(error(line, "a second document is not supported")),
            _ => Ok(()),
        }
    }

    fn start(&mut self, line: usize, value: Value) -> Result<(), SeedError> {
        if self.open.len() == MAX_DEPTH {
            return Err(error(line, "the values are nested too deeply"));
        }
        if let Some(Open { value: Value::Map(_), name: None, .. }) = self.open.last() {
            return Err(error(line, "the name of a field must be a text"));
        }
        self.open.push(Open { line, value, name: None });
        Ok(())
    }

    fn put(&mut self, node: Node) -> Result<(), SeedError> {
        match self.open.last_mut() {
            None => self.whole = Some(node),
            Some(Open { value: Value::List(list), .. }) => list.push(node),
            Some(Open { value: Value::Map(members), name, .. }) => match (name.take(), node.value) {
                (Some((line, name)), value) => {
                    // An error about a missing or empty value is about the line of its name.
                    let line = if matches!(value, Value::Null) { line } else { node.line };
                    members.push((name, Node { line, value }));
                }
                (None, Value::Text(text)) => *name = Some((node.line, text)),
                (None, _) => return Err(error(node.line, "the name of a field must be a text")),
            },
            Some(_) => {}
        }
        Ok(())
    }
}

/// Returns the value of a scalar, by the core schema of YAML 1.2. Quoted ones are texts.
fn scalar(text: Cow<'_, str>, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::Text(text.into_owned());
    }
    match &*text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        plain if is_number(plain) => Value::Number(plain.to_owned()),
        plain => Value::Text(plain.to_owned()),
    }
}

fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let of_base = |prefix: &str, base| {
        text.strip_prefix(prefix).is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_digit(base)))
    };
    let is_decimal = || {
        unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
            && text.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
            && text.parse::<f64>().is_ok()
    };
    matches!(unsigned, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN")
        || of_base("0x", 16)
        || of_base("0o", 8)
        || is_decimal()
}

/// Returns the text with each pair of escaped surrogates as one character. JSON writes characters above U+FFFF as
/// pairs, which YAML does not know.
fn with_whole_characters(text: &str) -> Cow<'_, str> {
    /// The length of `\uD83D`.
    const ESCAPE: usize = 6;
    if !text.contains("\\ud") && !text.contains("\\uD") {
        return text.into();
    }
    let unit = |rest: &str| {
        let digits = rest.strip_prefix("\\u")?.get(..ESCAPE - 2)?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        whole.push_str(&rest[..at]);
        rest = &rest[at..];
        let pair = unit(rest).and_then(|high| Some([high, unit(rest.get(ESCAPE..)?)?]));
        let pair = pair.and_then(|pair| char::decode_utf16(pair).next()?.ok()).filter(|c| *c > '\u{ffff}');
        let taken = match pair {
            Some(character) => {
                whole.push(character);
                2 * ESCAPE
            }
            // A backslash before another one is itself escaped.
            None => {
                let taken = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
                whole.push_str(&rest[..taken]);
                taken
            }
        };
        rest = &rest[taken..];
    }
    whole.push_str(rest);
    whole.into()
}
