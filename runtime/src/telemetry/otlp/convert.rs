//! Metrics as OTLP has them, made of the text that Prometheus reads, so that both show the same: counts are cumulative, and
//! histograms have the same bounds.

use std::collections::BTreeMap;

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point::Value as Number;
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint, Sum,
};

use super::text::{Family, Sample, families};

/// Since when it was counted, and when it was read, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    pub began: u64,
    pub read: u64,
}

/// The metrics of a text.
pub(super) fn metrics(text: &str, times: Times) -> Vec<Metric> {
    families(text).into_iter().map(|family| metric(family, times)).collect()
}

/// An attribute with a text.
pub(super) fn text(key: &str, value: &str) -> KeyValue {
    attribute(key, Value::StringValue(value.to_owned()))
}

/// An attribute with a number.
pub(super) fn number(key: &str, value: i64) -> KeyValue {
    attribute(key, Value::IntValue(value))
}

fn attribute(key: &str, value: Value) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }), ..KeyValue::default() }
}

fn metric(family: Family<'_>, times: Times) -> Metric {
    let cumulative = AggregationTemporality::Cumulative.into();
    let data = match family.kind {
        "histogram" => {
            Data::Histogram(Histogram { data_points: histogram(&family, times), aggregation_temporality: cumulative })
        }
        "counter" => {
            let data_points = family.samples.iter().map(|sample| point(sample, times)).collect();
            Data::Sum(Sum { data_points, aggregation_temporality: cumulative, is_monotonic: true })
        }
        _ => Data::Gauge(Gauge { data_points: family.samples.iter().map(|sample| point(sample, times)).collect() }),
    };
    Metric {
        name: family.name.to_owned(),
        description: family.about.to_owned(),
        unit: unit(family.name).to_owned(),
        data: Some(data),
        ..Metric::default()
    }
}

fn unit(name: &str) -> &'static str {
    match name.trim_end_matches("_total") {
        name if name.ends_with("_seconds") => "s",
        name if name.ends_with("_bytes") => "By",
        _ => "",
    }
}

fn point(sample: &Sample<'_>, times: Times) -> NumberDataPoint {
    NumberDataPoint {
        attributes: sample.labels.iter().map(|(name, value)| text(name, value)).collect(),
        start_time_unix_nano: times.began,
        time_unix_nano: times.read,
        value: Some(Number::AsDouble(sample.value)),
        ..NumberDataPoint::default()
    }
}

/// The samples that differ in `le` alone are one point. Each bucket of the text has those below it counted in, each of the point
/// its own alone.
fn histogram(family: &Family<'_>, times: Times) -> Vec<HistogramDataPoint> {
    let mut points: BTreeMap<Vec<(&str, &str)>, HistogramDataPoint> = BTreeMap::new();
    for sample in &family.samples {
        let labels = sample.labels.iter().filter(|(name, _)| *name != "le");
        let key: Vec<(&str, &str)> = labels.map(|(name, value)| (*name, value.as_str())).collect();
        let point = points.entry(key).or_default();
        let bound =
            sample.labels.iter().find(|(name, _)| *name == "le").and_then(|(_, bound)| bound.parse::<f64>().ok());
        match (bound, sample.name.strip_prefix(family.name)) {
            (Some(bound), Some("_bucket")) => {
                let below: u64 = point.bucket_counts.iter().sum();
                point.bucket_counts.push((sample.value as u64).saturating_sub(below));
                point.explicit_bounds.extend(bound.is_finite().then_some(bound));
            }
            (None, Some("_sum")) => point.sum = Some(sample.value),
            (None, Some("_count")) => point.count = sample.value as u64,
            _ => {}
        }
    }
    let finish = |(key, point): (Vec<(&str, &str)>, HistogramDataPoint)| HistogramDataPoint {
        attributes: key.into_iter().map(|(name, value)| text(name, value)).collect(),
        start_time_unix_nano: times.began,
        time_unix_nano: times.read,
        ..point
    };
    points.into_iter().map(finish).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# HELP took_seconds How long.\n# TYPE took_seconds histogram\n\
        took_seconds_bucket{of=\"a\",le=\"0.5\"} 2\ntook_seconds_bucket{of=\"a\",le=\"1\"} 2\n\
        took_seconds_bucket{of=\"a\",le=\"+Inf\"} 5\ntook_seconds_sum{of=\"a\"} 7.5\ntook_seconds_count{of=\"a\"} 5\n\
        # TYPE seen_total counter\nseen_total{of=\"b\"} 3\n# TYPE open gauge\nopen 4\n";

    #[test]
    fn a_histogram_has_what_is_in_each_bucket_and_counters_say_that_they_grow() {
        let metrics = metrics(TEXT, Times { began: 1, read: 9 });
        let [took, seen, open] = metrics.as_slice() else { panic!("{metrics:?}") };
        let Some(Data::Histogram(histogram)) = &took.data else { panic!("{took:?}") };
        let [point] = histogram.data_points.as_slice() else { panic!("{histogram:?}") };
        assert_eq!((&point.bucket_counts, &point.explicit_bounds), (&vec![2, 0, 3], &vec![0.5, 1.0]));
        assert_eq!((point.count, point.sum, took.unit.as_str()), (5, Some(7.5), "s"));
        assert_eq!((point.start_time_unix_nano, point.time_unix_nano), (1, 9));
        assert_eq!((&point.attributes, took.description.as_str()), (&vec![text("of", "a")], "How long."));
        assert!(matches!(&seen.data, Some(Data::Sum(sum)) if sum.is_monotonic && sum.data_points.len() == 1));
        assert!(matches!(&open.data, Some(Data::Gauge(gauge)) if gauge.data_points.len() == 1));
    }
}
