//! The syntax tree.

use std::sync::Arc;

use crate::value::Value;

/// A node with its height. The parser limits the height, so that visiting and dropping a tree cannot overflow the
/// stack.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) kind: Arc<Kind>,
    pub(crate) height: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparator {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Identity,
    Current,
    Field(String),
    Literal(Value),
    Index(i128),
    Slice([Option<i128>; 3]),
    Subexpression(Vec<Node>),
    IndexExpression(Vec<Node>),
    Pipe(Node, Node),
    Or(Node, Node),
    And(Node, Node),
    Not(Node),
    Comparator(Comparator, Node, Node),
    Flatten(Node),
    Projection(Node, Node),
    ValueProjection(Node, Node),
    /// The list, the expression for each item, and the condition.
    FilterProjection(Node, Node, Node),
    MultiSelectList(Vec<Node>),
    MultiSelectHash(Vec<(String, Node)>),
    Function(String, Vec<Node>),
    Expref(Node),
}

impl Node {
    pub(crate) fn new(kind: Kind) -> Self {
        let height = 1 + match &kind {
            Kind::Identity | Kind::Current | Kind::Field(_) | Kind::Literal(_) | Kind::Index(_) | Kind::Slice(_) => 0,
            Kind::Not(a) | Kind::Flatten(a) | Kind::Expref(a) => a.height,
            Kind::Pipe(a, b)
            | Kind::Or(a, b)
            | Kind::And(a, b)
            | Kind::Comparator(_, a, b)
            | Kind::Projection(a, b)
            | Kind::ValueProjection(a, b) => a.height.max(b.height),
            Kind::FilterProjection(a, b, c) => a.height.max(b.height).max(c.height),
            Kind::Subexpression(nodes)
            | Kind::IndexExpression(nodes)
            | Kind::MultiSelectList(nodes)
            | Kind::Function(_, nodes) => nodes.iter().map(|node| node.height).max().unwrap_or(0),
            Kind::MultiSelectHash(pairs) => pairs.iter().map(|(_, node)| node.height).max().unwrap_or(0),
        };
        Self { kind: Arc::new(kind), height }
    }
}
