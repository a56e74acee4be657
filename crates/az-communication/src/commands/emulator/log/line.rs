//! Formats a line of the log, as text or as JSON.

use std::fmt::{Debug, Write as _};

use acs_identity_protocol::time::whole_seconds;
use serde_json::{Map, Value};
use time::OffsetDateTime;
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use crate::report::json_lines;

/// The field with the message of an event.
const MESSAGE: &str = "message";

/// The format of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// The time, the level, and the message of the event.
    Text,
    /// A JSON object with the fields of the event.
    Json,
}

impl Format {
    /// The names of the formats, as `--log-format` takes them.
    pub(crate) const NAMES: [&str; 2] = ["text", "json"];

    /// Returns the format with that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    /// Returns the line of an event, including the line break.
    pub(crate) fn line(self, now: OffsetDateTime, event: &Event<'_>) -> String {
        let level = *event.metadata().level();
        match self {
            Self::Text => {
                let mut words = Words::default();
                event.record(&mut words);
                self.of_words(now, level, &words.0)
            }
            Self::Json => {
                let mut fields = Fields(Map::new());
                event.record(&mut fields);
                json_lines::line(now, level.as_str(), fields.0)
            }
        }
    }

    /// Returns a line that does not belong to an event.
    pub(crate) fn of_words(self, now: OffsetDateTime, level: Level, words: &str) -> String {
        match self {
            // Levels are padded to the length of the longest one.
            Self::Text => format!("{} {:<5} {words}\n", whole_seconds(now), level.as_str()),
            Self::Json => json_lines::line(now, level.as_str(), Map::from_iter([(MESSAGE.to_owned(), words.into())])),
        }
    }
}

/// The message of an event.
#[derive(Default)]
struct Words(String);

impl Visit for Words {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == MESSAGE {
            self.0.push_str(value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == MESSAGE {
            let _ = write!(self.0, "{value:?}");
        }
    }
}

/// The fields of an event, including the message.
struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}").into());
    }
}
