//! Writes texts, indicators and line breaks, as PyYAML's emitter does.

use std::collections::HashMap;

use crate::knack::output::python_text;

/// The state of PyYAML's emitter that decides where blanks and line breaks are written.
#[derive(Default)]
pub(super) struct Emitter {
    pub(super) out: String,
    pub(super) column: usize,
    /// Whether the last output was white space.
    pub(super) whitespace: bool,
    /// Whether the current line contains only indentation and indicators so far.
    pub(super) indention: bool,
    /// Whether the whole document is a plain scalar, after which `...` must follow.
    pub(super) open_ended: bool,
    pub(super) indent: Option<usize>,
    /// Containers that occur more than once. The value is the number of the anchor once it is written.
    pub(super) shared: HashMap<usize, usize>,
    pub(super) anchors: usize,
}

impl Emitter {
    pub(super) fn write(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += python_text::len(text);
    }

    pub(super) fn indicator(&mut self, indicator: &str, need_whitespace: bool, whitespace: bool, indention: bool) {
        if !self.whitespace && need_whitespace {
            self.write(" ");
        }
        self.write(indicator);
        self.whitespace = whitespace;
        self.indention = self.indention && indention;
        self.open_ended = false;
    }

    pub(super) fn write_indent(&mut self) {
        let indent = self.indent.unwrap_or(0);
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.line_break('\n');
        }
        if self.column < indent {
            self.whitespace = true;
            self.write(&" ".repeat(indent - self.column));
        }
    }

    pub(super) fn line_break(&mut self, line_break: char) {
        self.whitespace = true;
        self.indention = true;
        self.out.push(line_break);
        self.column = 0;
    }
}
