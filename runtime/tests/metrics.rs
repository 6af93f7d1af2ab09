//! The one list of metrics, against what is counted and against what is written about it: the documents, the dashboard,
//! the alerts.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on says so")]
#![allow(missing_docs, reason = "tests are named for what they show")]

mod edge_support;

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::Request;
use countersign_runtime::telemetry::{Kind, METRICS, Metric, MetricsExporter};
use edge_support::{ask, call, json_request};
use regex_automata::meta::Regex;
use serde_json::{Value, json};

fn file(path: &str) -> String {
    std::fs::read_to_string(format!("{}/../docs/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// All that a pattern finds; the group if it has one.
fn found(pattern: &str, text: &str) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    let group = pattern.group_info().group_len(regex_automata::PatternID::ZERO).saturating_sub(1);
    pattern.captures_iter(text).map(|found| text[found.get_group(group).unwrap().range()].to_owned()).collect()
}

/// The metric that a name in a query means.
fn named(name: &str) -> &'static Metric {
    let of_histogram = ["_bucket", "_sum", "_count"].into_iter().find_map(|end| name.strip_suffix(end));
    let is_it =
        |metric: &&Metric| metric.name == name || (metric.kind == Kind::Histogram && of_histogram == Some(metric.name));
    METRICS.iter().find(is_it).unwrap_or_else(|| panic!("there is no metric `{name}`"))
}

/// A query asks for metrics that there are, by labels that these have.
fn check_query(query: &str) {
    let names = found(r"(?-u:\b)(?:countersign|process)_[a-z_]+", query);
    assert!(!names.is_empty() || query.starts_with("up{"), "{query}");
    let of_scraping = ["job", "instance", "le"];
    let labels: BTreeSet<&str> = names.iter().flat_map(|name| named(name).labels).copied().chain(of_scraping).collect();
    let by = found(r"(?-u:\b)by \(([^)]*)\)", query).join(",");
    let selected = found(r#"([a-z_]+) *(?:=~|!~|!=|=) *""#, query);
    let used = by.split(',').map(str::trim).filter(|label| !label.is_empty()).map(str::to_owned).chain(selected);
    for label in used {
        assert!(labels.contains(label.as_str()), "`{label}` is no label of {names:?}: {query}");
    }
}

#[test]
fn every_metric_is_listed_with_its_kind_and_its_labels() {
    let page = file("metrics.md");
    for metric in METRICS {
        let kind = format!("{:?}", metric.kind).to_lowercase();
        let labels: Vec<String> = metric.labels.iter().map(|label| format!("`{label}`")).collect();
        let row = format!("| `{}` | {kind} | {} |", metric.name, labels.join(", ")).replace("|  |", "| |");
        assert!(page.contains(&row), "docs/metrics.md has no row that begins: {row}");
    }
    let listed = found(r"(?m)^\| `((?:countersign|process)_[a-z_]+)`", &page);
    assert_eq!(listed.len(), METRICS.len(), "a row is about no metric");
}

/// The alerts of the file: name, severity, query.
fn alerts() -> Vec<(String, String, String)> {
    let rules: Value = serde_yaml::from_str(&file("deploy/prometheus/alerts.yml")).unwrap();
    let rules = rules["groups"][0]["rules"].as_array().unwrap().clone();
    let text = |rule: &Value, path: &str| rule.pointer(path).unwrap().as_str().unwrap().to_owned();
    rules.iter().map(|rule| (text(rule, "/alert"), text(rule, "/labels/severity"), text(rule, "/expr"))).collect()
}

#[test]
fn every_alert_is_about_metrics_that_there_are_and_is_explained() {
    let page = file("metrics.md");
    let mut about: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let alerts = alerts();
    for (name, severity, query) in &alerts {
        check_query(query);
        assert!(page.contains(&format!("| `{name}` | {severity} | ")), "docs/metrics.md does not explain `{name}`");
        for metric in found(r"(?-u:\b)(?:countersign|process)_[a-z_]+", query) {
            about.entry(named(&metric).name).or_default().insert(name.clone());
        }
    }
    assert_eq!(found(r"(?m)^\| `[A-Z][A-Za-z]+` \| (?:page|ticket) \|", &page).len(), alerts.len());
    for (metric, alerts) in about {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{metric}` |"))).unwrap();
        for alert in alerts {
            // The kinds of requests, faults and events are told apart by labels; the row names those it is there for.
            assert!(row.contains(&format!("`{alert}`")), "the row of `{metric}` does not name `{alert}`");
        }
    }
}

#[test]
fn every_alert_has_a_test_of_its_cause_and_none_fires_for_what_is_usual() {
    let tests: Value = serde_yaml::from_str(&file("deploy/prometheus/alerts_test.yml")).unwrap();
    let tests = tests["tests"].as_array().unwrap();
    let cases = |fires: bool| {
        let cases = tests.iter().flat_map(|test| test["alert_rule_test"].as_array().unwrap());
        let cases = cases.filter(|case| case["exp_alerts"].as_array().unwrap().is_empty() != fires);
        cases.map(|case| case["alertname"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
    };
    let all: BTreeSet<String> = alerts().into_iter().map(|(name, ..)| name).collect();
    assert_eq!((cases(true), cases(false)), (all.clone(), all));
}

#[test]
fn every_panel_asks_for_metrics_that_there_are_and_every_metric_is_shown() {
    let dashboard: Value = serde_json::from_str(&file("deploy/grafana/adapter.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let queries = panels.iter().flat_map(|panel| panel["targets"].as_array().cloned().unwrap_or_default());
    let queries: Vec<String> = queries.map(|target| target["expr"].as_str().unwrap().to_owned()).collect();
    queries.iter().for_each(|query| check_query(query));
    let shown: BTreeSet<&str> = queries
        .iter()
        .flat_map(|query| found(r"(?-u:\b)(?:countersign|process)_[a-z_]+", query))
        .map(|name| named(&name).name)
        .collect();
    let missing: Vec<&str> = METRICS.iter().map(|metric| metric.name).filter(|name| !shown.contains(name)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "no panel shows them");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_counted_has_the_names_the_kinds_and_the_labels_of_the_list() {
    let app = edge_support::app();
    call(&app, json_request("/api/echo", &json!({}))).await;
    call(&app, json_request("/api/nowhere", &json!({}))).await;
    let metrics = Request::get("/metrics").body(Body::empty()).unwrap();
    let _ = tower::ServiceExt::oneshot(app.operations_router(), metrics).await.unwrap();
    let ready = ask(app.operations_router(), Request::get("/health/ready").body(Body::empty()).unwrap()).await;
    assert_eq!(ready.status, 200);
    let text = MetricsExporter::of_process().text();
    let mut seen = BTreeSet::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert_eq!(format!("{:?}", named(name).kind).to_lowercase(), kind, "{line}");
        } else if !line.starts_with('#') && !line.is_empty() {
            let metric = named(&found("^[a-z_]+", line)[0]);
            let mut labels = found(r#"[{,]([a-z_]+)=""#, line);
            labels.retain(|label| label != "le");
            assert_eq!(labels, metric.labels, "{line}");
            seen.insert(metric.name);
        }
    }
    for name in [
        "countersign_build_info",
        "countersign_ready",
        "countersign_requests_total",
        "countersign_request_duration_seconds",
        "countersign_connections",
        "countersign_connections_limit",
        "countersign_budget_bytes",
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_start_time_seconds",
    ] {
        assert!(seen.contains(name), "`{name}` is not counted: {text}");
    }
    assert!(text.contains(r#"countersign_request_duration_seconds_bucket{endpoint="echo",status="200",le="10"} 1"#));
}

/// `increase(...) > 0` sees nothing of the event with which a counter first appears.
#[test]
fn counters_whose_first_event_is_an_alarm_begin_at_zero() {
    let text = MetricsExporter::of_process().text();
    let watched = found(r"increase\(([a-z_]+)(?:\{[^}]*\})?\[[^\]]*\]\)\) > 0", &file("deploy/prometheus/alerts.yml"));
    // Countries begin with the first code that is sent there.
    let watched: Vec<&String> = watched.iter().filter(|name| !named(name).labels.contains(&"country")).collect();
    assert!(watched.len() >= 2, "{watched:?}");
    for name in watched {
        assert!(text.lines().any(|line| line.starts_with(name.as_str())), "{name} is not there before its first event");
    }
}
