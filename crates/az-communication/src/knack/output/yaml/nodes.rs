//! Writes values: lists, mappings, and scalars in the style that fits.

use pyjmespath::Value;

use super::analysis::Analysis;
use super::emitter::Emitter;
use super::resolve::resolves_to_string;
use super::scalar::scalar;
use crate::knack::output::python_text;

const INDENT: usize = 2;

/// Keys of this length and more are written with `?`. The limit of PyYAML is 128, and includes the tag `!!str`.
const MAX_SIMPLE_KEY: usize = 123;

#[derive(Clone, Copy, Default)]
pub(super) struct Position {
    pub(super) root: bool,
    pub(super) mapping: bool,
    pub(super) simple_key: bool,
}

impl Emitter {
    pub(super) fn node(&mut self, value: &Value, context: Position) {
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
        let simple = python_text::len(name) < MAX_SIMPLE_KEY && !name.is_empty() && !analysis.multiline;
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
}
