#![doc = include_str!("../README.md")]
//!
//! # Main types
//!
//! * [`Expression`]: a compiled expression. [`search`] compiles and evaluates in one step.
//! * [`Value`] and [`Object`]: a JSON value as Python sees it. [`Value::from_json`] reads JSON.
//! * [`JsonStyle`]: how JSON is written.
//! * [`CompileError`], [`SearchError`], [`JsonError`]: errors with the texts of Python.
//! * [`repr`], [`python_str`] and [`float_repr`]: Python's texts of a value.

mod ast;
mod comparison;
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
pub use python::{float_repr, is_space, repr, str as python_str};
pub use value::{Object, Value};

use ast::Node;

/// A compiled JMESPath expression.
///
/// Compilation checks the syntax only. As in Python, function names, argument counts and types are checked when the
/// expression is evaluated.
#[derive(Debug, Clone)]
pub struct Expression {
    root: Node,
}

impl Expression {
    /// Compiles `expression`.
    ///
    /// # Errors
    ///
    /// Returns a [`CompileError`] with the text of Python's `jmespath.exceptions.ParseError` and its subclasses.
    pub fn compile(expression: &str) -> Result<Self, CompileError> {
        parser::parse(expression).map(|root| Self { root })
    }

    /// Evaluates the expression on `document`.
    ///
    /// # Errors
    ///
    /// Returns a [`SearchError`] for an unknown function, a wrong number or type of arguments, a slice step of zero, or
    /// a comparison of values that Python cannot order.
    pub fn search(&self, document: &Value) -> Result<Value, SearchError> {
        eval::evaluate(&self.root, document)
    }
}

/// Compiles `expression` and evaluates it on `document`.
///
/// # Errors
///
/// Returns the error of [`Expression::compile`] or [`Expression::search`].
pub fn search(expression: &str, document: &Value) -> Result<Value, Box<dyn std::error::Error>> {
    Ok(Expression::compile(expression)?.search(document)?)
}
