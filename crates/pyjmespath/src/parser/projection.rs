//! Parses indices, slices, flattening and filters, and what a projection does with each item.

use super::{Parsed, Parser};
use crate::ast::{Kind, Node};
use crate::lexer::{Token, Type};
use crate::value::Value;

/// The largest binding power of a token that ends a projection.
const PROJECTION_STOP: u32 = 10;

impl Parser<'_> {
    pub(super) fn flatten(&mut self, left: Node) -> Parsed {
        let left = self.node(Kind::Flatten(left))?;
        let right = self.projection_right(Type::Flatten.binding_power())?;
        self.node(Kind::Projection(left, right))
    }

    pub(super) fn filter(&mut self, left: Node) -> Parsed {
        let condition = self.expression(0)?;
        self.expect(Type::Rbracket)?;
        let right = if self.current() == Type::Flatten {
            self.node(Kind::Identity)?
        } else {
            self.projection_right(Type::Filter.binding_power())?
        };
        self.node(Kind::FilterProjection(left, right, condition))
    }

    pub(super) fn index_expression(&mut self) -> Parsed {
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

    pub(super) fn project_if_slice(&mut self, left: Node, right: Node) -> Parsed {
        let is_slice = matches!(*right.kind, Kind::Slice(_));
        let index = self.node(Kind::IndexExpression(vec![left, right]))?;
        if !is_slice {
            return Ok(index);
        }
        let right = self.projection_right(Type::Star.binding_power())?;
        self.node(Kind::Projection(index, right))
    }

    pub(super) fn projection_right(&mut self, binding_power: u32) -> Parsed {
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

    pub(super) fn dot_right(&mut self, binding_power: u32) -> Parsed {
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

fn integer(token: &Token) -> Option<i128> {
    match token.value {
        Value::Int(value) => Some(value),
        _ => None,
    }
}
