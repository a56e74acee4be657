#![doc = include_str!("../README.md")]

mod ast;
mod error;
mod eval;
mod functions;
mod json;
mod lexer;
mod number;
mod parser;
mod python;
mod unicode;
mod value;

pub use error::{CompileError, JsonError, SearchError};
pub use json::JsonStyle;
pub use number::BigInteger;
pub use python::{float_repr, repr, str as python_str};
pub use value::{Object, Value};

use ast::Node;

/// A compiled JMESPath expression.
///
/// Compiling checks the syntax only. Function names, argument counts and types are checked when the expression is
/// evaluated, as in Python.
#[derive(Debug, Clone)]
pub struct Expression {
    root: Node,
}

impl Expression {
    /// Compiles `expression`.
    ///
    /// # Errors
    ///
    /// A [`CompileError`] whose text is that of Python's `jmespath.exceptions.ParseError` and its subclasses.
    pub fn compile(expression: &str) -> Result<Self, CompileError> {
        parser::parse(expression).map(|root| Self { root })
    }

    /// Evaluates the expression on `document`.
    ///
    /// # Errors
    ///
    /// A [`SearchError`] for an unknown function, a wrong argument count or type, a slice step of zero, or an ordering
    /// between values that Python cannot order.
    pub fn search(&self, document: &Value) -> Result<Value, SearchError> {
        eval::evaluate(&self.root, document)
    }
}

/// Compiles `expression` and evaluates it on `document`.
///
/// # Errors
///
/// Whatever [`Expression::compile`] or [`Expression::search`] return.
pub fn search(expression: &str, document: &Value) -> Result<Value, Box<dyn std::error::Error>> {
    Ok(Expression::compile(expression)?.search(document)?)
}
