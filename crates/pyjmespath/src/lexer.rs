//! Splits an expression into tokens, as Python's `jmespath.lexer` does.

use crate::error::CompileError;
use crate::python::{is_space, str as python_str};
use crate::value::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Eof,
    UnquotedIdentifier,
    QuotedIdentifier,
    Literal,
    Rbracket,
    Rparen,
    Comma,
    Rbrace,
    Number,
    Current,
    Expref,
    Colon,
    Pipe,
    Or,
    And,
    Eq,
    Gt,
    Lt,
    Gte,
    Lte,
    Ne,
    Flatten,
    Star,
    Filter,
    Dot,
    Not,
    Lbrace,
    Lbracket,
    Lparen,
}

impl Type {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Eof => "eof",
            Self::UnquotedIdentifier => "unquoted_identifier",
            Self::QuotedIdentifier => "quoted_identifier",
            Self::Literal => "literal",
            Self::Rbracket => "rbracket",
            Self::Rparen => "rparen",
            Self::Comma => "comma",
            Self::Rbrace => "rbrace",
            Self::Number => "number",
            Self::Current => "current",
            Self::Expref => "expref",
            Self::Colon => "colon",
            Self::Pipe => "pipe",
            Self::Or => "or",
            Self::And => "and",
            Self::Eq => "eq",
            Self::Gt => "gt",
            Self::Lt => "lt",
            Self::Gte => "gte",
            Self::Lte => "lte",
            Self::Ne => "ne",
            Self::Flatten => "flatten",
            Self::Star => "star",
            Self::Filter => "filter",
            Self::Dot => "dot",
            Self::Not => "not",
            Self::Lbrace => "lbrace",
            Self::Lbracket => "lbracket",
            Self::Lparen => "lparen",
        }
    }

    pub(crate) fn binding_power(self) -> u32 {
        match self {
            Self::Pipe => 1,
            Self::Or => 2,
            Self::And => 3,
            Self::Eq | Self::Gt | Self::Lt | Self::Gte | Self::Lte | Self::Ne => 5,
            Self::Flatten => 9,
            Self::Star => 20,
            Self::Filter => 21,
            Self::Dot => 40,
            Self::Not => 45,
            Self::Lbrace => 50,
            Self::Lbracket => 55,
            Self::Lparen => 60,
            _ => 0,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Type,
    /// The identifier, the value of the literal, or the number. For all other tokens, it is their text.
    pub(crate) value: Value,
    /// The position in characters from the start.
    pub(crate) start: usize,
}

impl Token {
    pub(crate) fn text(&self) -> String {
        python_str(&self.value)
    }
}

pub(crate) fn tokenize(expression: &str) -> Result<Vec<Token>, CompileError> {
    if expression.is_empty() {
        return Err(CompileError::Empty);
    }
    let mut lexer = Lexer { expression, chars: expression.chars().collect(), at: 0, tokens: Vec::new() };
    while let Some(c) = lexer.current() {
        lexer.token(c)?;
    }
    let end = lexer.chars.len();
    lexer.tokens.push(Token { kind: Type::Eof, value: Value::from(""), start: end });
    Ok(lexer.tokens)
}

struct Lexer<'a> {
    expression: &'a str,
    chars: Vec<char>,
    at: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn current(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn error(&self, position: usize, message: String) -> CompileError {
        CompileError::Lexer { message, position, expression: self.expression.to_owned() }
    }

    fn push(&mut self, kind: Type, value: impl Into<Value>, start: usize) {
        self.tokens.push(Token { kind, value: value.into(), start });
    }

    fn simple(&mut self, kind: Type, text: &str) {
        let start = self.at;
        self.at += text.len();
        self.push(kind, text, start);
    }

    /// Reads a token of one character, or of two characters if the second one follows.
    fn one_or_two(&mut self, two: (&str, Type), one: (&str, Type)) {
        let second = two.0.chars().nth(1);
        if self.chars.get(self.at + 1).copied() == second {
            self.simple(two.1, two.0);
        } else {
            self.simple(one.1, one.0);
        }
    }

    fn token(&mut self, c: char) -> Result<(), CompileError> {
        match c {
            '.' => self.simple(Type::Dot, "."),
            '*' => self.simple(Type::Star, "*"),
            ']' => self.simple(Type::Rbracket, "]"),
            ',' => self.simple(Type::Comma, ","),
            ':' => self.simple(Type::Colon, ":"),
            '@' => self.simple(Type::Current, "@"),
            '(' => self.simple(Type::Lparen, "("),
            ')' => self.simple(Type::Rparen, ")"),
            '{' => self.simple(Type::Lbrace, "{"),
            '}' => self.simple(Type::Rbrace, "}"),
            ' ' | '\t' | '\n' | '\r' => self.at += 1,
            'a'..='z' | 'A'..='Z' | '_' => {
                let start = self.at;
                let text = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
                self.push(Type::UnquotedIdentifier, text, start);
            }
            '[' => match self.chars.get(self.at + 1) {
                Some(']') => self.simple(Type::Flatten, "[]"),
                Some('?') => self.simple(Type::Filter, "[?"),
                _ => self.simple(Type::Lbracket, "["),
            },
            '|' => self.one_or_two(("||", Type::Or), ("|", Type::Pipe)),
            '&' => self.one_or_two(("&&", Type::And), ("&", Type::Expref)),
            '<' => self.one_or_two(("<=", Type::Lte), ("<", Type::Lt)),
            '>' => self.one_or_two((">=", Type::Gte), (">", Type::Gt)),
            '!' => self.one_or_two(("!=", Type::Ne), ("!", Type::Not)),
            '=' if self.chars.get(self.at + 1) == Some(&'=') => self.simple(Type::Eq, "=="),
            '=' => {
                // If the `=` is the last character, Python counts the position from the end of the text.
                return Err(self.error(self.at, "Unknown token '='".into()));
            }
            '\'' => {
                let start = self.at;
                let text = self.until('\'')?.replace("\\'", "'");
                self.push(Type::Literal, text, start);
            }
            '`' => self.literal()?,
            '"' => self.quoted_identifier()?,
            '-' | '0'..='9' => {
                let start = self.at;
                self.at += 1;
                let text = format!("{c}{}", self.take_while(|c| c.is_ascii_digit()));
                if text == "-" {
                    return Err(self.error(start, "Unknown token '-'".into()));
                }
                // An index of more than 127 bits is outside every list, so the largest value gives the same result.
                let limit = if c == '-' { i128::MIN } else { i128::MAX };
                self.push(Type::Number, Value::Int(text.parse().unwrap_or(limit)), start);
            }
            c => return Err(self.error(self.at, format!("Unknown token {c}"))),
        }
        Ok(())
    }

    fn take_while(&mut self, accept: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.current().is_some_and(&accept) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }

    /// Reads the text up to the delimiter. Escapes are not replaced.
    fn until(&mut self, delimiter: char) -> Result<String, CompileError> {
        let start = self.at;
        let mut text = String::new();
        self.at += 1;
        loop {
            match self.current() {
                Some(c) if c == delimiter => break,
                Some('\\') => {
                    text.push('\\');
                    self.at += 1;
                }
                _ => {}
            }
            let Some(c) = self.current() else {
                return Err(self.error(start, format!("Unclosed {delimiter} delimiter")));
            };
            text.push(c);
            self.at += 1;
        }
        self.at += 1;
        Ok(text)
    }

    fn literal(&mut self) -> Result<(), CompileError> {
        let start = self.at;
        let text = self.until('`')?.replace("\\`", "`");
        let value = Value::from_json(&text)
            // A text that is not JSON is a string. This is the syntax before JEP-12, which Python still accepts.
            .or_else(|_| Value::from_json(&format!("\"{}\"", text.trim_start_matches(is_space))))
            .map_err(|_| self.error(start, format!("Bad token {text}")))?;
        self.push(Type::Literal, value, start);
        Ok(())
    }

    fn quoted_identifier(&mut self) -> Result<(), CompileError> {
        let start = self.at;
        let text = format!("\"{}\"", self.until('"')?);
        let value = Value::from_json(&text).map_err(|error| self.error(start, error.message().to_owned()))?;
        self.push(Type::QuotedIdentifier, value, start);
        Ok(())
    }
}
