//! The format `yaml`, as PyYAML's `safe_dump(default_flow_style=False, allow_unicode=True)` writes it: block style,
//! members sorted, single quotes if the plain form would be read as another value, folding at 80 columns, anchors for
//! shared containers.

mod analysis;
mod characters;
mod resolve;
mod scalar;

use std::collections::HashMap;

use pyjmespath::Value;

use analysis::Analysis;
use characters::{escape, is_break, is_printable_in_double_quotes, runs};
use resolve::resolves_to_string;
use scalar::scalar;

/// The column of the text width. Lines are folded at the first blank after this column.
const BEST_WIDTH: usize = 80;

const INDENT: usize = 2;

/// Keys of this length and more are written with `?`. The limit of PyYAML is 128, and includes the tag `!!str`.
const MAX_SIMPLE_KEY: usize = 123;

pub(crate) fn format(value: &Value) -> String {
    let mut emitter = Emitter { whitespace: true, indention: true, ..Emitter::default() };
    let mut seen = HashMap::new();
    // PyYAML cannot represent the selection of a query (an `OrderedDict`). knack then converts it through JSON, so
    // containers are no longer shared.
    if !holds_selected(value) {
        count_shared(value, &mut seen);
        emitter.shared = seen.into_iter().filter(|(_, count)| *count > 1).map(|(address, _)| (address, 0)).collect();
    }
    emitter.node(value, Position { root: true, ..Position::default() });
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
struct Position {
    root: bool,
    mapping: bool,
    simple_key: bool,
}

/// The state of PyYAML's emitter that decides where blanks and line breaks are written.
#[derive(Default)]
struct Emitter {
    out: String,
    column: usize,
    /// Whether the last output was white space.
    whitespace: bool,
    /// Whether the current line contains only indentation and indicators so far.
    indention: bool,
    /// Whether the whole document is a plain scalar, after which `...` must follow.
    open_ended: bool,
    indent: Option<usize>,
    /// Containers that occur more than once. The value is the number of the anchor once it is written.
    shared: HashMap<usize, usize>,
    anchors: usize,
}

impl Emitter {
    fn node(&mut self, value: &Value, context: Position) {
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
                // A list in a mapping is not indented further.
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
                    self.node(item, Position::default());
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
            self.string(name, Position { mapping: true, simple_key: true, ..Position::default() });
            self.indicator(":", false, false, false);
        } else {
            self.indicator("?", true, false, true);
            self.string(name, Position { mapping: true, ..Position::default() });
            self.write_indent();
            self.indicator(":", true, false, true);
        }
        self.node(value, Position { mapping: true, ..Position::default() });
    }

    fn string(&mut self, text: &str, context: Position) {
        let analysis = Analysis::of(text);
        // The emitter increases its own indentation while it writes a scalar. Folded lines start at this column.
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

    fn plain(&mut self, text: &str, context: Position, split: bool) {
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

    /// Writes a plain scalar. It never contains line breaks, and may be folded at its blanks.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml(document: &str) -> String {
        Value::from_json(document).map(|value| format(&value)).unwrap_or_default()
    }

    #[test]
    fn nested_values_are_written_in_block_style() {
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
