//! Writes a page in roff, for `man` and `mandoc`. It contains only ASCII, because systems differ in how they read other
//! characters.

use std::fmt::Write as _;

/// The greatest length of a source line.
const WIDTH: usize = 80;

/// A page under construction.
pub(crate) struct Roff(String);

impl Roff {
    /// Starts a page of section 1.
    pub fn new(name: &str, date: &str, source: &str) -> Self {
        let name = escaped(&name.to_uppercase());
        Self(format!(".TH \"{name}\" 1 \"{}\" \"{}\" \"User Commands\"\n", escaped(date), escaped(source)))
    }

    /// Adds a heading.
    pub fn section(&mut self, heading: &str) {
        self.line(&format!(".SH \"{}\"", escaped(&heading.to_uppercase())));
    }

    /// Adds a second-level heading.
    pub fn subsection(&mut self, heading: &str) {
        self.line(&format!(".SS \"{}\"", escaped(heading)));
    }

    /// Adds the line of NAME, which `apropos` reads.
    pub fn name(&mut self, name: &str, summary: &str) {
        self.section("NAME");
        self.line(&format!("{} \\- {}", escaped(name), escaped(summary)));
    }

    /// Adds a paragraph. Text between backquotes becomes bold.
    pub fn paragraph(&mut self, text: &str) {
        // A heading already begins a paragraph.
        if !self.0.lines().next_back().is_some_and(|line| line.starts_with(".SH") || line.starts_with(".SS")) {
            self.line(".PP");
        }
        self.flow(text);
    }

    /// Adds an item of a list with its texts. The tag must already be roff.
    pub fn item(&mut self, tag: &str, texts: &[&str]) {
        self.line(".TP");
        self.line(tag);
        for (at, text) in texts.iter().enumerate() {
            if at > 0 {
                self.line(".br");
            }
            self.flow(text);
        }
    }

    /// Adds a command line with its description.
    pub fn example(&mut self, name: &str, command: &str) {
        self.paragraph(&format!("{name}:"));
        self.line(".PP\n.RS 4\n.EX");
        for line in command.lines() {
            self.line(&at_start(&escaped(line)));
        }
        self.line(".EE\n.RE");
    }

    /// Adds a line of roff.
    pub fn line(&mut self, line: &str) {
        self.0.push_str(line);
        self.0.push('\n');
    }

    /// Returns the page.
    pub fn finish(self) -> String {
        self.0
    }

    /// Adds a text, with a line for each sentence. Long sentences are split.
    fn flow(&mut self, text: &str) {
        let mut line = String::new();
        for word in marked(text).split_ascii_whitespace() {
            if !line.is_empty() && line.len() + 1 + word.len() > WIDTH {
                self.line(&at_start(&line));
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
            if word.ends_with(['.', '?']) {
                self.line(&at_start(&line));
                line.clear();
            }
        }
        if !line.is_empty() {
            self.line(&at_start(&line));
        }
    }
}

/// Formats a text as bold.
pub(crate) fn bold(text: &str) -> String {
    format!("\\fB{}\\fR", escaped(text))
}

/// Formats a placeholder.
pub(crate) fn placeholder(text: &str) -> String {
    format!("\\fI{}\\fR", escaped(text))
}

/// Escapes a text, so that roff prints its characters unchanged.
pub(crate) fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, character| {
        match character {
            '\\' => out.push_str("\\(rs"),
            '-' => out.push_str("\\-"),
            '\'' => out.push_str("\\(aq"),
            '"' => out.push_str("\\(dq"),
            '`' => out.push_str("\\(ga"),
            '^' => out.push_str("\\(ha"),
            '~' => out.push_str("\\(ti"),
            character if character.is_ascii() => out.push(character),
            character => {
                let _ = write!(out, "\\[u{:04X}]", u32::from(character));
            }
        }
        out
    })
}

/// Escapes a text and formats the parts between backquotes as bold.
fn marked(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // A backquote without a partner is an ordinary character.
    if parts.len().is_multiple_of(2) {
        return escaped(text);
    }
    parts.iter().enumerate().map(|(at, part)| if at % 2 == 1 { bold(part) } else { escaped(part) }).collect()
}

/// Escapes a line that roff would read as a request.
fn at_start(line: &str) -> String {
    if line.starts_with('.') { format!("\\&{line}") } else { line.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{Roff, escaped, marked};

    #[test]
    fn special_characters_are_escaped() {
        assert_eq!(escaped(r#"a\b 'c' "d" `e` --f ~/^g ü …"#), {
            r"a\(rsb \(aqc\(aq \(dqd\(dq \(gae\(ga \-\-f \(ti/\(hag \[u00FC] \[u2026]"
        });
        assert_eq!(marked("see `az login` now"), r"see \fBaz login\fR now");
        assert_eq!(marked("a ` alone"), r"a \(ga alone");
    }

    #[test]
    fn a_line_of_text_is_never_a_request() {
        let mut page = Roff(String::new());
        page.paragraph(".TH is a request. 'br too. .");
        page.example("One", ".PP\n'PP");
        assert_eq!(
            page.finish(),
            ".PP\n\\&.TH is a request.\n\\(aqbr too.\n\\&.\n.PP\nOne:\n.PP\n.RS 4\n.EX\n\\&.PP\n\\(aqPP\n.EE\n.RE\n"
        );
    }
}
