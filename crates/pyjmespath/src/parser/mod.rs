//! The parser. It is a Pratt parser with the structure of Python's `jmespath.parser`, so it is as lenient.

mod infix;
mod prefix;
mod projection;
#[cfg(test)]
mod tests;

use crate::ast::{Kind, Node};
use crate::error::CompileError;
use crate::lexer::{Token, Type, tokenize};

/// Expressions with more levels are refused, so that they cannot overflow the stack: a debug build needs 5 KB per
/// level.
const MAX_DEPTH: usize = 200;

pub(crate) fn parse(expression: &str) -> Result<Node, CompileError> {
    let mut parser = Parser { expression, tokens: tokenize(expression)?, at: 0, depth: 0 };
    let node = parser.expression(0)?;
    let token = parser.token();
    if token.kind != Type::Eof {
        let message = format!("Unexpected token: {}", token.text());
        return Err(parser.error_at(token, message));
    }
    Ok(node)
}

struct Parser<'a> {
    expression: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

type Parsed = Result<Node, CompileError>;

impl Parser<'_> {
    fn token(&self) -> &Token {
        // The last token is the end of the expression, and it is never consumed.
        &self.tokens[self.at.min(self.tokens.len() - 1)]
    }

    fn current(&self) -> Type {
        self.token().kind
    }

    fn lookahead(&self) -> Type {
        self.tokens.get(self.at + 1).map_or(Type::Eof, |token| token.kind)
    }

    fn advance(&mut self) -> Token {
        let token = self.token().clone();
        self.at += 1;
        token
    }

    fn error_at(&self, token: &Token, message: impl Into<String>) -> CompileError {
        CompileError::Parse {
            message: message.into(),
            position: token.start,
            token: token.text(),
            token_type: token.kind.name().to_uppercase(),
            expression: self.expression.to_owned(),
        }
    }

    fn error(&self, message: impl Into<String>) -> CompileError {
        self.error_at(self.token(), message)
    }

    fn incomplete(&self) -> CompileError {
        CompileError::Incomplete { expression: self.expression.to_owned() }
    }

    fn expect(&mut self, kind: Type) -> Result<(), CompileError> {
        if self.current() == kind {
            self.at += 1;
            return Ok(());
        }
        if self.current() == Type::Eof {
            return Err(self.incomplete());
        }
        Err(self.error(format!("Expecting: {}, got: {}", kind.name(), self.current().name())))
    }

    fn node(&self, kind: Kind) -> Parsed {
        let node = Node::new(kind);
        if node.height > MAX_DEPTH { Err(CompileError::TooDeep) } else { Ok(node) }
    }

    fn expression(&mut self, binding_power: u32) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(CompileError::TooDeep);
        }
        let mut left = self.prefix()?;
        while binding_power < self.current().binding_power() {
            left = self.infix(left)?;
        }
        self.depth -= 1;
        Ok(left)
    }
}
