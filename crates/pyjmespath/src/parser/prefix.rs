//! Parses what an expression starts with: names, literals, multi-selects, and prefix operators.

use super::{Parsed, Parser};
use crate::ast::Kind;
use crate::lexer::Type;

impl Parser<'_> {
    /// Parses a token at the start of an expression ("nud").
    pub(super) fn prefix(&mut self) -> Parsed {
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

    pub(super) fn multi_select_list(&mut self) -> Parsed {
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

    pub(super) fn multi_select_hash(&mut self) -> Parsed {
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
}
