//! The members that a body of the control API can have. An error names the member and what it can be, in the words of a
//! seed's errors.

use acs_identity_protocol::visible::one_line;
use serde_json::{Map, Value};

use crate::edge::http::error::{HttpError, HttpResult};

/// How many characters of a client's text an error repeats.
const SHOWN: usize = 64;

/// What a member can be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    Texts,
    /// A list of some of these texts.
    SomeOf(&'static [&'static str]),
    /// One of these texts, or of the others, which no message names.
    OneOf(&'static [&'static str], &'static [&'static str]),
    /// A whole number that is not negative.
    Count,
    /// A whole number.
    Whole,
    /// A whole number from the first one to the second one.
    Between(i64, i64),
    /// The status of an error.
    Status,
    Number,
    Bool,
}

/// A member of a body.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Member {
    name: &'static str,
    kind: Kind,
    is_required: bool,
    /// Whether null stands for a member that is left out.
    takes_null: bool,
}

impl Member {
    pub(crate) const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, is_required: false, takes_null: false }
    }

    pub(crate) const fn required(self) -> Self {
        Self { is_required: true, ..self }
    }

    pub(crate) const fn or_null(self) -> Self {
        Self { takes_null: true, ..self }
    }

    /// Returns the error about its value. The text follows the name.
    fn error(&self, what: &str) -> HttpError {
        HttpError::binding(format!("'{}' {what}.", self.name), Some(self.name))
    }
}

impl Kind {
    fn words(self) -> String {
        match self {
            Self::Text => "a text".to_owned(),
            Self::Texts => "a list of texts".to_owned(),
            Self::SomeOf(texts) => format!("a list with at least one of {}", texts.join(", ")),
            Self::OneOf(texts, _) => texts.join(" or "),
            Self::Count => "a whole number that is not negative".to_owned(),
            Self::Whole => "a whole number".to_owned(),
            Self::Between(least, most) => format!("a whole number from {least} to {most}"),
            Self::Status => "a status from 400 to 599".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Bool => "true or false".to_owned(),
        }
    }

    fn takes(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Texts => value.as_array().is_some_and(|texts| texts.iter().all(Value::is_string)),
            Self::SomeOf(texts) => value.as_array().is_some_and(|given| {
                !given.is_empty() && given.iter().all(|text| text.as_str().is_some_and(|text| texts.contains(&text)))
            }),
            Self::OneOf(texts, others) => {
                value.as_str().is_some_and(|text| texts.contains(&text) || others.contains(&text))
            }
            Self::Count => value.is_u64(),
            Self::Whole => value.is_i64(),
            Self::Between(least, most) => value.as_i64().is_some_and(|number| (least..=most).contains(&number)),
            Self::Status => value.as_u64().is_some_and(|status| (400..600).contains(&status)),
            Self::Number => value.is_number(),
            Self::Bool => value.is_boolean(),
        }
    }
}

/// Checks the members of a body.
///
/// # Errors
///
/// Fails when a member is unknown or missing, or cannot have its value.
pub(super) fn check(given: &Map<String, Value>, known: &[Member]) -> HttpResult<()> {
    for (name, value) in given {
        let member = known.iter().find(|member| member.name.eq_ignore_ascii_case(name)).ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|member| member.name).collect();
            let (name, names) = (one_line(name, SHOWN), names.join(", "));
            HttpError::binding(format!("'{name}' is not a member of this body. It can have: {names}."), None)
        })?;
        if !(member.kind.takes(value) || member.takes_null && value.is_null()) {
            return Err(member.error(&format!("must be {}, but {}", member.kind.words(), what_is(value, member.kind))));
        }
    }
    let is_given = |member: &Member| given.keys().any(|name| member.name.eq_ignore_ascii_case(name));
    match known.iter().find(|member| member.is_required && !is_given(member)) {
        Some(member) => Err(member.error("must be given")),
        None => Ok(()),
    }
}

/// Describes a value that a member cannot have: by the value itself if it has the right type, or else by its type.
fn what_is(value: &Value, kind: Kind) -> String {
    match (value, kind) {
        (Value::Null, _) => "it is null".to_owned(),
        (Value::Bool(_) | Value::Number(_), Kind::Text) => {
            let is = if value.is_number() { "a number" } else { "true or false" };
            format!("it is {is}: put it in quotes")
        }
        (Value::Bool(_), _) => "it is true or false".to_owned(),
        (Value::Number(number), Kind::Count | Kind::Whole | Kind::Between(..) | Kind::Status) => {
            format!("it is {number}")
        }
        (Value::Number(_), _) => "it is a number".to_owned(),
        (Value::String(text), Kind::OneOf(..)) => format!("it is '{}'", one_line(text, SHOWN)),
        (Value::String(_), _) => "it is a text".to_owned(),
        (Value::Array(_), Kind::Texts) => "an element is not a text".to_owned(),
        (Value::Array(items), Kind::SomeOf(texts)) => wrong_item(items, texts),
        (Value::Array(_), _) => "it is a list".to_owned(),
        (Value::Object(_), _) => "it is an object".to_owned(),
    }
}

/// Says which element of a list is none of these texts.
fn wrong_item(items: &[Value], texts: &[&str]) -> String {
    if items.is_empty() {
        return "it is empty".to_owned();
    }
    let wrong = items.iter().filter_map(Value::as_str).find(|text| !texts.contains(text));
    wrong.map_or_else(
        || "an element is not a text".to_owned(),
        |text| format!("'{}' is none of them", one_line(text, SHOWN)),
    )
}
