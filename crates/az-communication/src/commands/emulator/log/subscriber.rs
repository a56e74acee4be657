//! The `tracing` subscriber that puts the events of the emulator into the queue.

use time::OffsetDateTime;
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};

use super::line::Format;
use super::queue::Queue;

/// The target of the emulator's events. Events of other libraries are not logged.
const TARGET: &str = "acs_identity_emulator";

/// Queues a line for each event of the emulator.
pub(crate) struct Lines {
    pub(crate) queue: &'static Queue,
    pub(crate) format: Format,
}

fn is_wanted(metadata: &Metadata<'_>) -> bool {
    metadata.is_event() && *metadata.level() <= Level::INFO && metadata.target().starts_with(TARGET)
}

impl Subscriber for Lines {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if is_wanted(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_wanted(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    fn event(&self, event: &Event<'_>) {
        self.queue.push(self.format.line(OffsetDateTime::now_utc(), event));
    }

    /// Spans are not used, so there is only one.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tracing::subscriber::with_default;

    use super::super::queue::tests::Gate;
    use super::*;

    /// Returns the lines for the events that the closure logs, without the times.
    fn written(format: Format, log: impl FnOnce()) -> String {
        let (gate, queue) = Gate::opened();
        with_default(Lines { queue, format }, log);
        queue.flush(Duration::from_secs(10));
        let now = OffsetDateTime::now_utc().year().to_string();
        gate.text().lines().map(|line| format!("{}\n", without_time(line, &now))).collect()
    }

    fn without_time(line: &str, year: &str) -> String {
        let at = line.find(year).unwrap();
        format!("{}TIME{}", &line[..at], &line[at + "2026-01-01T00:00:00+00:00".len()..])
    }

    fn events() {
        tracing::info!(target: "acs_identity_emulator::edge", "it runs");
        tracing::warn!(target: "acs_identity_emulator::edge", status = 401, method = %"GET", is_tls = true, "401 GET /: \"no\"");
        tracing::error!(target: "acs_identity_emulator", path = "/a", offset = -1, "{} failed", "it");
    }

    #[test]
    fn as_text_an_event_is_a_line_of_words() {
        insta::assert_snapshot!(written(Format::Text, events), @r#"
        TIME INFO  it runs
        TIME WARN  401 GET /: "no"
        TIME ERROR it failed
        "#);
    }

    #[test]
    fn as_json_an_event_is_an_object_with_its_fields() {
        insta::assert_snapshot!(written(Format::Json, events), @r#"
        {"time":"TIME","level":"INFO","message":"it runs"}
        {"time":"TIME","level":"WARN","message":"401 GET /: \"no\"","status":401,"method":"GET","is_tls":true}
        {"time":"TIME","level":"ERROR","message":"it failed","path":"/a","offset":-1}
        "#);
    }

    #[test]
    fn events_of_other_libraries_and_details_are_left_out() {
        let log = || {
            tracing::error!(target: "hyper::proto", "another library");
            tracing::debug!(target: "acs_identity_emulator::edge", "a detail");
            let _span = tracing::info_span!(target: "acs_identity_emulator::edge", "a span").entered();
        };
        assert_eq!(written(Format::Text, log), "");
    }
}
