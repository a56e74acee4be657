//! The parser. It is a Pratt parser with the structure of Python's `jmespath.parser`, so it is as lenient.

use std::sync::Arc;

use crate::ast::{Comparator, Kind, Node};
use crate::error::CompileError;
use crate::lexer::{Token, Type, tokenize};
use crate::value::Value;

/// Expressions with more levels are refused, so that they cannot overflow the stack: a debug build needs 5 KB per level.
const MAX_DEPTH: usize = 200;

/// The largest binding power of a token that ends a projection.
const PROJECTION_STOP: u32 = 10;

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

    /// Parses a token at the start of an expression ("nud").
    fn prefix(&mut self) -> Parsed {
        let token = self.advance();
        match token.kind {
            Type::Literal => self.node(Kind::Literal(token.value)),
            Type::UnquotedIdentifier => self.node(Kind::Field(token.text())),
            Type::QuotedIdentifier => {
                if self.current() == Type::Lparen {
                    let mut next = self.token().clone();
                    next.start = 0;
                    return Err(self.error_at(&next, "Quoted identifier not allowed for function names."));
                }
                self.node(Kind::Field(token.text()))
            }
            Type::Star => {
                let left = self.node(Kind::Identity)?;
                let right = if self.current() == Type::Rbracket {
                    self.node(Kind::Identity)?
                } else {
                    self.projection_right(Type::Star.binding_power())?
                };
                self.node(Kind::ValueProjection(left, right))
            }
            Type::Filter => {
                let left = self.node(Kind::Identity)?;
                self.filter(left)
            }
            Type::Lbrace => self.multi_select_hash(),
            Type::Lparen => {
                let inner = self.expression(0)?;
                self.expect(Type::Rparen)?;
                Ok(inner)
            }
            Type::Flatten => {
                let left = self.node(Kind::Identity)?;
                self.flatten(left)
            }
            Type::Not => {
                let inner = self.expression(Type::Not.binding_power())?;
                self.node(Kind::Not(inner))
            }
            Type::Lbracket => match (self.current(), self.lookahead()) {
                (Type::Number | Type::Colon, _) => {
                    let right = self.index_expression()?;
                    let left = self.node(Kind::Identity)?;
                    self.project_if_slice(left, right)
                }
                (Type::Star, Type::Rbracket) => {
                    self.at += 2;
                    let right = self.projection_right(Type::Star.binding_power())?;
                    let left = self.node(Kind::Identity)?;
                    self.node(Kind::Projection(left, right))
                }
                _ => self.multi_select_list(),
            },
            Type::Current => self.node(Kind::Current),
            Type::Expref => {
                let inner = self.expression(Type::Expref.binding_power())?;
                self.node(Kind::Expref(inner))
            }
            Type::Eof => Err(self.incomplete()),
            _ => Err(self.error_at(&token, "invalid token")),
        }
    }

    /// Parses a token after an expression ("led").
    fn infix(&mut self, left: Node) -> Parsed {
        let kind = self.current();
        let comparator = match kind {
            Type::Eq => Comparator::Eq,
            Type::Ne => Comparator::Ne,
            Type::Lt => Comparator::Lt,
            Type::Lte => Comparator::Lte,
            Type::Gt => Comparator::Gt,
            Type::Gte => Comparator::Gte,
            _ => return self.infix_operator(kind, left),
        };
        self.at += 1;
        let right = self.expression(kind.binding_power())?;
        self.node(Kind::Comparator(comparator, left, right))
    }

    fn infix_operator(&mut self, kind: Type, left: Node) -> Parsed {
        match kind {
            Type::Pipe | Type::Or | Type::And => {
                self.at += 1;
                let right = self.expression(kind.binding_power())?;
                self.node(match kind {
                    Type::Pipe => Kind::Pipe(left, right),
                    Type::Or => Kind::Or(left, right),
                    _ => Kind::And(left, right),
                })
            }
            Type::Dot => {
                self.at += 1;
                if self.current() == Type::Star {
                    self.at += 1;
                    let right = self.projection_right(Type::Dot.binding_power())?;
                    return self.node(Kind::ValueProjection(left, right));
                }
                let right = self.dot_right(Type::Dot.binding_power())?;
                self.node(Kind::Subexpression(chain(left, right, |kind| match kind {
                    Kind::Subexpression(nodes) => Ok(nodes),
                    other => Err(other),
                })))
            }
            Type::Flatten => {
                self.at += 1;
                self.flatten(left)
            }
            Type::Filter => {
                self.at += 1;
                self.filter(left)
            }
            Type::Lbracket => {
                self.at += 1;
                if !matches!(self.current(), Type::Number | Type::Colon) {
                    self.expect(Type::Star)?;
                    self.expect(Type::Rbracket)?;
                    let right = self.projection_right(Type::Star.binding_power())?;
                    return self.node(Kind::Projection(left, right));
                }
                let right = self.index_expression()?;
                if matches!(*left.kind, Kind::IndexExpression(_)) {
                    return self.node(Kind::IndexExpression(chain(left, right, |kind| match kind {
                        Kind::IndexExpression(nodes) => Ok(nodes),
                        other => Err(other),
                    })));
                }
                self.project_if_slice(left, right)
            }
            Type::Lparen => self.function(left),
            _ => Err(self.error("invalid token")),
        }
    }

    fn function(&mut self, left: Node) -> Parsed {
        let Kind::Field(name) = &*left.kind else {
            let name = self.tokens[self.at - 1].clone();
            let message = format!("Invalid function name '{}'", name.text());
            return Err(self.error_at(&name, message));
        };
        self.at += 1;
        let mut arguments = Vec::new();
        while self.current() != Type::Rparen {
            let argument = self.expression(0)?;
            // Python accepts arguments without a comma between them, and a comma before the parenthesis.
            if self.current() == Type::Comma {
                self.at += 1;
            }
            arguments.push(argument);
        }
        self.at += 1;
        self.node(Kind::Function(name.clone(), arguments))
    }

    fn flatten(&mut self, left: Node) -> Parsed {
        let left = self.node(Kind::Flatten(left))?;
        let right = self.projection_right(Type::Flatten.binding_power())?;
        self.node(Kind::Projection(left, right))
    }

    fn filter(&mut self, left: Node) -> Parsed {
        let condition = self.expression(0)?;
        self.expect(Type::Rbracket)?;
        let right = if self.current() == Type::Flatten {
            self.node(Kind::Identity)?
        } else {
            self.projection_right(Type::Filter.binding_power())?
        };
        self.node(Kind::FilterProjection(left, right, condition))
    }

    fn index_expression(&mut self) -> Parsed {
        if self.current() == Type::Colon || self.lookahead() == Type::Colon {
            return self.slice();
        }
        let token = self.advance();
        self.expect(Type::Rbracket)?;
        self.node(Kind::Index(integer(&token).unwrap_or_default()))
    }

    fn slice(&mut self) -> Parsed {
        let mut parts = [None; 3];
        let mut index = 0;
        while self.current() != Type::Rbracket && index < 3 {
            match self.current() {
                Type::Colon => {
                    index += 1;
                    if index == 3 {
                        return Err(self.error("syntax error"));
                    }
                }
                Type::Number => parts[index] = integer(self.token()),
                _ => return Err(self.error("syntax error")),
            }
            self.at += 1;
        }
        self.expect(Type::Rbracket)?;
        self.node(Kind::Slice(parts))
    }

    fn project_if_slice(&mut self, left: Node, right: Node) -> Parsed {
        let is_slice = matches!(*right.kind, Kind::Slice(_));
        let index = self.node(Kind::IndexExpression(vec![left, right]))?;
        if !is_slice {
            return Ok(index);
        }
        let right = self.projection_right(Type::Star.binding_power())?;
        self.node(Kind::Projection(index, right))
    }

    fn multi_select_list(&mut self) -> Parsed {
        let mut nodes = Vec::new();
        loop {
            nodes.push(self.expression(0)?);
            if self.current() == Type::Rbracket {
                self.at += 1;
                return self.node(Kind::MultiSelectList(nodes));
            }
            self.expect(Type::Comma)?;
        }
    }

    fn multi_select_hash(&mut self) -> Parsed {
        let mut pairs = Vec::new();
        loop {
            let key = self.token().clone();
            match key.kind {
                Type::QuotedIdentifier | Type::UnquotedIdentifier => self.at += 1,
                Type::Eof => return Err(self.incomplete()),
                other => {
                    return Err(self.error(format!(
                        "Expecting: ['quoted_identifier', 'unquoted_identifier'], got: {}",
                        other.name()
                    )));
                }
            }
            self.expect(Type::Colon)?;
            pairs.push((key.text(), self.expression(0)?));
            // Python accepts pairs without a comma between them.
            match self.current() {
                Type::Comma => self.at += 1,
                Type::Rbrace => {
                    self.at += 1;
                    return self.node(Kind::MultiSelectHash(pairs));
                }
                _ => {}
            }
        }
    }

    fn projection_right(&mut self, binding_power: u32) -> Parsed {
        match self.current() {
            kind if kind.binding_power() < PROJECTION_STOP => self.node(Kind::Identity),
            Type::Lbracket | Type::Filter => self.expression(binding_power),
            Type::Dot => {
                self.at += 1;
                self.dot_right(binding_power)
            }
            _ => Err(self.error("syntax error")),
        }
    }

    fn dot_right(&mut self, binding_power: u32) -> Parsed {
        match self.current() {
            Type::QuotedIdentifier | Type::UnquotedIdentifier | Type::Star => self.expression(binding_power),
            Type::Lbracket => {
                self.at += 1;
                self.multi_select_list()
            }
            Type::Lbrace => {
                self.at += 1;
                self.multi_select_hash()
            }
            other => Err(self.error(format!(
                "Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'], got: {}",
                other.name()
            ))),
        }
    }
}

/// Appends to a chain of the same kind, so that `a.b.c` is one node with three children and not a tree.
fn chain(left: Node, right: Node, children: impl Fn(Kind) -> Result<Vec<Node>, Kind>) -> Vec<Node> {
    let height = left.height;
    // The parser has the only reference to a node that it has just created, so the node can be changed.
    let mut nodes = match Arc::try_unwrap(left.kind) {
        Ok(kind) => children(kind).unwrap_or_else(|kind| vec![Node { kind: Arc::new(kind), height }]),
        Err(kind) => vec![Node { kind, height }],
    };
    nodes.push(right);
    nodes
}

fn integer(token: &Token) -> Option<i128> {
    match token.value {
        Value::Int(value) => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(expression: &str) -> String {
        parse(expression).map_or_else(|error| error.to_string(), |_| "ok".into())
    }

    #[test]
    fn errors_have_the_text_of_python() {
        assert_eq!(
            message("foo."),
            "Expecting: ['quoted_identifier', 'unquoted_identifier', 'lbracket', 'lbrace'], got: eof: \
             Parse error at column 4, token \"\" (EOF), for expression:\n\"foo.\"\n     ^"
        );
        assert_eq!(message(""), "Invalid JMESPath expression: cannot be empty.");
        assert_eq!(
            message("a["),
            "Expecting: star, got: eof".replace("Expecting: star, got: eof", {
                "Invalid jmespath expression: Incomplete expression:\n\"a[\"\n   ^"
            })
        );
        assert_eq!(message("'x"), "Bad jmespath expression: Unclosed ' delimiter:\n'x\n^");
    }

    #[test]
    fn deeply_nested_expressions_are_refused() {
        assert_eq!(parse(&"(".repeat(100_000)).err(), Some(CompileError::TooDeep));
        assert_eq!(parse(&format!("a{}", "|a".repeat(100_000))).err(), Some(CompileError::TooDeep));
        assert!(parse(&format!("a{}", ".a".repeat(10_000))).is_ok());
        assert!(parse(&format!("a{}", "[0]".repeat(10_000))).is_ok());
    }
}
