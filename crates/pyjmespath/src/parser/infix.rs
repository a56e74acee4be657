//! Parses what follows an expression: operators, names after a dot, brackets, and the arguments of a function.

use std::sync::Arc;

use super::{Parsed, Parser};
use crate::ast::{Comparator, Kind, Node};
use crate::lexer::Type;

impl Parser<'_> {
    /// Parses a token after an expression ("led").
    pub(super) fn infix(&mut self, left: Node) -> Parsed {
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
