//! Writes the numbers in the text format of Prometheus.

use std::fmt;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _, prometheus_text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

use super::{BOUNDS, DROPPED, Metrics, OTHER, STATUSES};

/// What the names of all numbers begin with.
const PREFIX: &str = "acs_emulator";

/// The numbers that are read when they are asked for. `None` is left out.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gauges {
    pub(crate) tokens_issued: u64,
    pub(crate) identities: Option<u64>,
    pub(crate) requests_kept: u64,
    pub(crate) faults: u64,
    /// The size of the data folder.
    pub(crate) store_bytes: Option<u64>,
    /// The free bytes of the disk with the data folder.
    pub(crate) free_bytes: Option<u64>,
    /// When the first certificate expires, in seconds since 1970.
    pub(crate) certificate_end: i64,
    pub(crate) log_lines_dropped: Option<u64>,
}

/// The numbers at one time.
#[derive(Debug)]
struct Snapshot {
    operations: Vec<Operation>,
    refusals: Vec<(&'static str, u64)>,
    gauges: Gauges,
}

#[derive(Debug)]
struct Operation {
    name: &'static str,
    statuses: Vec<(String, u64)>,
    /// The upper bounds in seconds, and the requests in each bucket.
    buckets: Vec<(f64, u64)>,
    seconds: f64,
}

/// Returns the numbers as a text.
pub(crate) fn text(metrics: &Metrics, gauges: Gauges) -> Result<String, fmt::Error> {
    let mut registry = Registry::with_prefix(PREFIX);
    registry.register_collector(Box::new(Snapshot::of(metrics, gauges)));
    let mut text = String::new();
    prometheus_text::encode(&mut text, &registry)?;
    Ok(text)
}

fn load(count: &AtomicU64) -> u64 {
    count.load(Ordering::Relaxed)
}

/// Returns a number of microseconds in seconds.
#[allow(clippy::cast_precision_loss, reason = "a rounded number of seconds is exact enough")]
fn seconds(microseconds: u64) -> f64 {
    microseconds as f64 / 1e6
}

impl Snapshot {
    fn of(metrics: &Metrics, gauges: Gauges) -> Self {
        let operations = metrics.operations.iter().map(|counts| {
            let name = |place: usize| match place {
                OTHER => "other".to_owned(),
                DROPPED => "dropped".to_owned(),
                place => STATUSES[place].to_string(),
            };
            let statuses = counts.statuses.iter().map(load).enumerate().filter(|(_, count)| *count > 0);
            let bounds = BOUNDS.iter().map(|bound| seconds(*bound)).chain([f64::INFINITY]);
            Operation {
                name: counts.operation,
                statuses: statuses.map(|(place, count)| (name(place), count)).collect(),
                buckets: bounds.zip(counts.latencies.iter().map(load)).collect(),
                seconds: seconds(load(&counts.microseconds)),
            }
        });
        let refusals = metrics.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        let refusals = refusals.iter().map(|(code, count)| (*code, *count)).collect();
        // An operation that was not called has no numbers yet.
        Self { operations: operations.filter(|operation| !operation.statuses.is_empty()).collect(), refusals, gauges }
    }
}

fn counter(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: u64) -> fmt::Result {
    let counter = ConstCounter::new(value);
    counter.encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)
}

fn gauge(encoder: &mut DescriptorEncoder<'_>, name: &str, help: &str, value: Option<i64>) -> fmt::Result {
    let Some(value) = value else { return Ok(()) };
    ConstGauge::new(value).encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

impl Collector for Snapshot {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut requests =
            encoder.encode_descriptor("requests", "Requests by operation and status", None, MetricType::Counter)?;
        for operation in &self.operations {
            for (status, count) in &operation.statuses {
                let labels = [("operation", operation.name), ("status", status.as_str())];
                ConstCounter::new(*count).encode(requests.encode_family(&labels)?)?;
            }
        }
        let help = "Refused requests by the code of the error, or InjectedFault";
        let mut refusals = encoder.encode_descriptor("refusals", help, None, MetricType::Counter)?;
        for (code, count) in &self.refusals {
            ConstCounter::new(*count).encode(refusals.encode_family(&[("code", *code)])?)?;
        }
        let help = "Time from the head of a request to its response, by operation";
        let mut latencies = encoder.encode_descriptor("request_duration_seconds", help, None, MetricType::Histogram)?;
        for operation in &self.operations {
            let count = operation.buckets.iter().map(|(_, count)| count).sum();
            let labels = [("operation", operation.name)];
            latencies.encode_family(&labels)?.encode_histogram::<[(&str, &str); 1]>(
                operation.seconds,
                count,
                &operation.buckets,
                None,
            )?;
        }
        let gauges = &self.gauges;
        counter(
            &mut encoder,
            "tokens_issued",
            "Access tokens and Entra tokens that were signed",
            gauges.tokens_issued,
        )?;
        let size = |value: Option<u64>| value.map(signed);
        gauge(&mut encoder, "identities", "Identities of the resource", size(gauges.identities))?;
        gauge(&mut encoder, "requests_kept", "Requests in the log of requests", size(Some(gauges.requests_kept)))?;
        gauge(&mut encoder, "faults", "Faults that were added", size(Some(gauges.faults)))?;
        gauge(&mut encoder, "store_bytes", "Size of the data folder", size(gauges.store_bytes))?;
        let help = "Free bytes of the disk with the data folder";
        gauge(&mut encoder, "disk_free_bytes", help, size(gauges.free_bytes))?;
        let help = "When the first certificate expires, in seconds since 1970";
        gauge(&mut encoder, "certificate_end_timestamp_seconds", help, Some(gauges.certificate_end))?;
        match gauges.log_lines_dropped {
            Some(count) => {
                let help = "Lines of the log that were dropped because it was not read";
                counter(&mut encoder, "log_lines_dropped", help, count)
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_numbers_are_written_as_prometheus_reads_them() {
        let metrics = Metrics::new(["issueAccessToken", "createIdentity", "createIdentity"].into_iter());
        metrics.count(Some("createIdentity"), Some(201), Duration::from_micros(400));
        metrics.count(Some("createIdentity"), Some(201), Duration::from_micros(600));
        metrics.count(Some("createIdentity"), None, Duration::from_secs(60));
        metrics.count(None, Some(404), Duration::from_micros(100));
        metrics.count(Some("unknown"), Some(599), Duration::from_micros(101));
        metrics.count_refusal(Some("Denied"));
        metrics.count_refusal(None);
        let gauges = Gauges {
            tokens_issued: 7,
            identities: Some(2),
            free_bytes: Some(u64::MAX),
            certificate_end: 1_800_000_000,
            log_lines_dropped: Some(3),
            ..Gauges::default()
        };
        insta::assert_snapshot!(text(&metrics, gauges).unwrap(), @r#"
        # HELP acs_emulator_requests_total Requests by operation and status
        # TYPE acs_emulator_requests_total counter
        acs_emulator_requests_total{operation="createIdentity",status="201"} 2
        acs_emulator_requests_total{operation="createIdentity",status="dropped"} 1
        acs_emulator_requests_total{operation="none",status="404"} 1
        acs_emulator_requests_total{operation="none",status="other"} 1
        # HELP acs_emulator_refusals_total Refused requests by the code of the error, or InjectedFault
        # TYPE acs_emulator_refusals_total counter
        acs_emulator_refusals_total{code="Denied"} 1
        acs_emulator_refusals_total{code="InjectedFault"} 1
        # HELP acs_emulator_request_duration_seconds Time from the head of a request to its response, by operation
        # TYPE acs_emulator_request_duration_seconds histogram
        acs_emulator_request_duration_seconds_bucket{operation="createIdentity",le="0.0001"} 0
        acs_emulator_request_duration_seconds_bucket{operation="createIdentity",le="0.00025"} 0
        acs_emulator_request_duration_seconds_bucket{operation="createIdentity",le="0.0005"} 1
        acs_emulator_request_duration_seconds_bucket{operation="createIdentity",le="0.001"} 2
        acs_emulator_request_duration_seconds_bucket{operation="createIdentity",le="0.0025"} 2
        acs_emulator_request_duration_seconds_bucket{operation="createIdentity",le="0.005"} 2
        acs_emulator_request_duration_seconds_bucket{operation="createIdentity",le="0.01"} 2
        acs_emulator_request_duration_seconds_bucket{operation="createIdentity",le="0.025"} 2
        acs_emulator_request_duration_seconds_bucket{operation="createIdentity",le="0.1"} 2
        acs_emulator_request_duration_seconds_bucket{operation="createIdentity",le="0.5"} 2
        acs_emulator_request_duration_seconds_bucket{operation="createIdentity",le="2.5"} 2
        acs_emulator_request_duration_seconds_bucket{operation="createIdentity",le="10"} 2
        acs_emulator_request_duration_seconds_bucket{operation="createIdentity",le="+Inf"} 3
        acs_emulator_request_duration_seconds_sum{operation="createIdentity"} 60.001
        acs_emulator_request_duration_seconds_count{operation="createIdentity"} 3
        acs_emulator_request_duration_seconds_bucket{operation="none",le="0.0001"} 1
        acs_emulator_request_duration_seconds_bucket{operation="none",le="0.00025"} 2
        acs_emulator_request_duration_seconds_bucket{operation="none",le="0.0005"} 2
        acs_emulator_request_duration_seconds_bucket{operation="none",le="0.001"} 2
        acs_emulator_request_duration_seconds_bucket{operation="none",le="0.0025"} 2
        acs_emulator_request_duration_seconds_bucket{operation="none",le="0.005"} 2
        acs_emulator_request_duration_seconds_bucket{operation="none",le="0.01"} 2
        acs_emulator_request_duration_seconds_bucket{operation="none",le="0.025"} 2
        acs_emulator_request_duration_seconds_bucket{operation="none",le="0.1"} 2
        acs_emulator_request_duration_seconds_bucket{operation="none",le="0.5"} 2
        acs_emulator_request_duration_seconds_bucket{operation="none",le="2.5"} 2
        acs_emulator_request_duration_seconds_bucket{operation="none",le="10"} 2
        acs_emulator_request_duration_seconds_bucket{operation="none",le="+Inf"} 2
        acs_emulator_request_duration_seconds_sum{operation="none"} 0.000201
        acs_emulator_request_duration_seconds_count{operation="none"} 2
        # HELP acs_emulator_tokens_issued_total Access tokens and Entra tokens that were signed
        # TYPE acs_emulator_tokens_issued_total counter
        acs_emulator_tokens_issued_total 7
        # HELP acs_emulator_identities Identities of the resource
        # TYPE acs_emulator_identities gauge
        acs_emulator_identities 2
        # HELP acs_emulator_requests_kept Requests in the log of requests
        # TYPE acs_emulator_requests_kept gauge
        acs_emulator_requests_kept 0
        # HELP acs_emulator_faults Faults that were added
        # TYPE acs_emulator_faults gauge
        acs_emulator_faults 0
        # HELP acs_emulator_disk_free_bytes Free bytes of the disk with the data folder
        # TYPE acs_emulator_disk_free_bytes gauge
        acs_emulator_disk_free_bytes 9223372036854775807
        # HELP acs_emulator_certificate_end_timestamp_seconds When the first certificate expires, in seconds since 1970
        # TYPE acs_emulator_certificate_end_timestamp_seconds gauge
        acs_emulator_certificate_end_timestamp_seconds 1800000000
        # HELP acs_emulator_log_lines_dropped_total Lines of the log that were dropped because it was not read
        # TYPE acs_emulator_log_lines_dropped_total counter
        acs_emulator_log_lines_dropped_total 3
        "#);
    }
}
