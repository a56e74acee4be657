//! The value model: JSON as Python sees it.

use std::ops::Deref;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::ast::Node;
use crate::error::SearchError;
use crate::number::{BigInteger, Number};

/// A JSON value as Python sees it. Integers and floats differ, and objects keep their order. A clone of a list or
/// object is the *same* container, like a Python reference; [`Value::same_container`] tells whether two values are.
#[derive(Debug, Clone)]
pub enum Value {
    /// `None`.
    Null,
    /// `True` or `False`.
    Bool(bool),
    /// An integer of up to 127 bits.
    Int(i128),
    /// An integer of more than 127 bits.
    BigInt(Arc<BigInteger>),
    /// A float, NaN and the infinities included.
    Float(f64),
    /// A string.
    String(Arc<str>),
    /// A list.
    Array(Arc<Vec<Value>>),
    /// A dict.
    Object(Arc<Object>),
    /// An expression reference (`&expr`), which only functions evaluate.
    Expref(Arc<ExprefNode>),
}

/// The expression of a [`Value::Expref`]. Its content is private, because only functions evaluate it.
#[derive(Debug)]
pub struct ExprefNode(pub(crate) Node);

/// The result of an evaluation.
pub(crate) type Evaluated = Result<Value, SearchError>;

/// A JSON object. Its members are in the order of insertion.
#[derive(Debug, Clone, Default)]
pub struct Object {
    members: IndexMap<String, Value>,
    selected: bool,
}

impl Object {
    /// Makes an empty object.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes an empty object for the result of a multi-select hash.
    pub(crate) fn new_selected() -> Self {
        Self { members: IndexMap::new(), selected: true }
    }

    /// Checks whether the object is the result of a multi-select hash (`{a: b}`). knack evaluates with
    /// `dict_cls=OrderedDict`, so these objects are of type `OrderedDict` in Python, and all others of type `dict`.
    /// knack's tsv output treats them differently.
    pub fn is_selected(&self) -> bool {
        self.selected
    }

    /// Sets a member. As in Python, an existing member keeps its place.
    pub fn insert(&mut self, name: impl Into<String>, value: Value) {
        self.members.insert(name.into(), value);
    }
}

impl Deref for Object {
    type Target = IndexMap<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.members
    }
}

impl FromIterator<(String, Value)> for Object {
    fn from_iter<T: IntoIterator<Item = (String, Value)>>(iter: T) -> Self {
        Self { members: iter.into_iter().collect(), selected: false }
    }
}

impl Value {
    /// Makes a list.
    pub fn array(items: Vec<Value>) -> Self {
        Self::Array(Arc::new(items))
    }

    /// Makes an object.
    pub fn object(object: Object) -> Self {
        Self::Object(Arc::new(object))
    }

    /// Returns the member with this name, if this is an object that has one.
    pub fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Object(object) => object.get(name),
            _ => None,
        }
    }

    /// Returns the text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// Checks whether both are the same list or object, like Python's `is`. Equal containers can be different ones.
    pub fn same_container(&self, other: &Value) -> bool {
        match (self.address(), other.address()) {
            (Some(a), Some(b)) => a == b,
            _ => false,
        }
    }

    /// Returns the identity of a list or object, like Python's `id`, or `None` for other values.
    pub fn address(&self) -> Option<usize> {
        match self {
            Self::Array(items) => Some(Arc::as_ptr(items) as usize),
            Self::Object(object) => Some(Arc::as_ptr(object) as usize),
            _ => None,
        }
    }

    /// Evaluates Python's `==`: `1 == 1.0 == True`, and containers are equal if their content is. The order of members
    /// counts only between two results of a multi-select hash.
    pub fn python_eq(&self, other: &Value) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::String(a), Self::String(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.same_container(b) || a.python_eq(b))
            }
            (Self::Object(a), Self::Object(b)) if a.selected && b.selected => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|((k, v), (l, w))| k == l && v.python_eq(w))
            }
            (Self::Object(a), Self::Object(b)) => {
                a.len() == b.len() && a.iter().all(|(k, v)| b.get(k).is_some_and(|w| v.python_eq(w)))
            }
            (Self::Expref(a), Self::Expref(b)) => Arc::ptr_eq(a, b),
            _ => match (self.as_number(), other.as_number()) {
                (Some(a), Some(b)) => a.compare(&b) == Some(std::cmp::Ordering::Equal),
                _ => false,
            },
        }
    }

    /// Returns the number that Python's arithmetic uses. Booleans are integers.
    pub(crate) fn as_number(&self) -> Option<Number> {
        match self {
            Self::Bool(b) => Some(Number::Int(i128::from(*b))),
            Self::Int(i) => Some(Number::Int(*i)),
            Self::BigInt(big) => Some(Number::Big(Arc::clone(big))),
            Self::Float(f) => Some(Number::Float(*f)),
            _ => None,
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.python_eq(other)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        match number {
            Number::Int(i) => Self::Int(i),
            Number::Big(big) => Self::BigInt(big),
            Number::Float(f) => Self::Float(f),
        }
    }
}
