//! Writes scalars in the styles of YAML: plain, in single quotes, in double quotes.

use super::characters::{escape, is_break, is_printable_in_double_quotes, runs};
use super::emitter::Emitter;

/// The column of the text width. Lines are folded at the first blank after this column.
const BEST_WIDTH: usize = 80;

impl Emitter {
    /// Writes a plain scalar. It never contains line breaks, and may be folded at its blanks.
    pub(super) fn write_plain(&mut self, text: &str, split: bool, root: bool) {
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

    pub(super) fn write_single_quoted(&mut self, text: &str, split: bool) {
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

    pub(super) fn write_double_quoted(&mut self, text: &str, split: bool) {
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
