//! Routes are written well and belong to one endpoint.

use std::collections::HashMap;

use super::when::{check_when, same_when};
use crate::diagnostic::Diagnostic;
use crate::raw::{Endpoint, Text};
use crate::report::Report;
use crate::resolve::members::request_name;
use crate::resolve::{Field, Resolved};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

pub(super) fn check_routes(of: &Resolved<'_>, report: &mut Report) {
    let definition = of.raw;
    for (name, endpoint) in definition.endpoints.iter() {
        check_route(of, name, endpoint, report);
    }
    check_shared(of, report);
    if definition.endpoints.as_slice().is_empty() {
        report.tell("empty", definition.place, "the definition has no endpoint", "add one under `endpoints:`");
    }
    if let Some(base) = &definition.base {
        let fits =
            base.text.starts_with('/') && !base.text.ends_with('/') && base.text.split('/').skip(1).all(plain_segment);
        if !fits {
            let text = format!("`{}` is no path prefix", base.text);
            report.tell("bad-route", base.place, text, "begin it with `/`, and end it without");
        }
    }
}

/// A route belongs to one endpoint, or its endpoints tell themselves apart.
fn check_shared(of: &Resolved<'_>, report: &mut Report) {
    let mut by_shape: HashMap<String, Vec<&(Text, Endpoint)>> = HashMap::new();
    for one in of.raw.endpoints.iter() {
        let ((name, endpoint), Some(route)) = (one, &one.1.route) else { continue };
        let before = by_shape.entry(shape(&route.text)).or_default();
        if let Some((first, other)) = before.first() {
            if endpoint.when.is_none() || other.when.is_none() || same_when(endpoint, other) {
                let text = format!("`{}` belongs to {} and {}", route.text, first.text, name.text);
                let told = Diagnostic::new("route-taken-twice", route.place, text)
                    .also(other.route.as_ref().map_or(first.place, |route| route.place), "it is taken here");
                report.push(told.help("give one of them another path"));
            }
            let envelope = |one: &Endpoint| one.envelope.as_ref().map(|envelope| envelope.text.clone());
            if envelope(endpoint) != envelope(other) {
                let text = format!("the endpoints at `{}` have different envelopes", route.text);
                let help = "a failure at a route has one shape; give both the same envelope";
                report.tell("two-envelopes", name.place, text, help);
            }
        }
        before.push(one);
    }
}

fn check_route(of: &Resolved<'_>, name: &Text, endpoint: &Endpoint, report: &mut Report) {
    let Some(route) = &endpoint.route else {
        let text = format!("`{}` has no route", name.text);
        report.tell("missing-key", name.place, text, "add `route: POST /path`");
        return;
    };
    let (method, path) = route.text.split_once(' ').unwrap_or(("", &route.text));
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let fits = path.starts_with('/')
        && !segments.is_empty()
        && segments.iter().all(|segment| plain_segment(segment) || hole(segment).is_some());
    if !METHODS.contains(&method) || !fits {
        let text = format!("`{}` is no route", route.text);
        report.tell(
            "bad-route",
            route.place,
            text,
            format!("write a method ({}) and a path: `POST /path`", METHODS.join(", ")),
        );
        return;
    }
    let payload = request_name(name, endpoint);
    for field in segments.iter().filter_map(|segment| hole(segment)) {
        if !of.fields(&payload).iter().any(|other| other.raw.name.text == field) {
            let text = format!("`{{{field}}}` is no field of `{payload}`");
            report.tell("bad-route", route.place, text, format!("add `{field}` to `{payload}`"));
        }
    }
    check_when(of, name, endpoint, &payload, report);
    let in_path = |field: &Field<'_>| segments.iter().any(|segment| hole(segment) == Some(&field.raw.name.text));
    if method == "GET" && of.fields(&payload).iter().any(|field| !in_path(field)) {
        let text = format!("`{}` is a GET and has a request `{payload}`", name.text);
        report.tell("bad-route", route.place, text, "a GET has no body; make it a POST");
    }
}

/// The route with its holes unnamed: two routes that differ only there are the same.
fn shape(route: &str) -> String {
    route.split('/').map(|segment| if hole(segment).is_some() { "{}" } else { segment }).collect::<Vec<_>>().join("/")
}

fn hole(segment: &str) -> Option<&str> {
    segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).filter(|name| !name.is_empty())
}

fn plain_segment(segment: &str) -> bool {
    !segment.is_empty()
        && segment.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.~".contains(letter))
        && !segment.starts_with('.')
}
