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
    check_behind_base(of, report);
    check_parameter_names(of, report);
    check_similar(of, report);
    if definition.endpoints.as_slice().is_empty() {
        report.push_new("empty", definition.place, "the definition has no endpoint", "add one under `endpoints:`");
    }
    if let Some(base) = &definition.base {
        let fits =
            base.text.starts_with('/') && !base.text.ends_with('/') && base.text.split('/').skip(1).all(plain_segment);
        if !fits {
            let (why, help) = why_no_base(&base.text);
            report.push_new("bad-route", base.place, format!("`{}` is no path prefix: {why}", base.text), help);
        }
    }
}

/// A route belongs to one endpoint, or its endpoints distinguish themselves by `when`.
fn check_shared(of: &Resolved<'_>, report: &mut Report) {
    let mut by_shape: HashMap<String, Vec<&(Text, Endpoint)>> = HashMap::new();
    for one in of.raw.endpoints.iter() {
        let ((name, endpoint), Some(route)) = (one, &one.1.route) else { continue };
        let before = by_shape.entry(shape(&route.text)).or_default();
        if let Some((first, other)) = before.iter().find(|(_, other)| same_when(endpoint, other)) {
            let text = format!("`{}` belongs to {} and {}", route.text, first.text, name.text);
            let diagnostic = Diagnostic::new("route-taken-twice", route.place, text)
                .also(other.route.as_ref().map_or(first.place, |route| route.place), "it is taken here");
            report.push(diagnostic.help("give one of them another path"));
        }
        if let Some((_, other)) = before.first() {
            let envelope = |one: &Endpoint| one.envelope.as_ref().map(|envelope| envelope.text.clone());
            if envelope(endpoint) != envelope(other) {
                let text = format!("the endpoints at `{}` have different envelopes", route.text);
                let help = "a failure at a route has one shape; give both the same envelope";
                report.push_new("two-envelopes", name.place, text, help);
            }
        }
        before.push(one);
    }
}

/// Every route is served behind `base`, too, where no other may stand.
fn check_behind_base(of: &Resolved<'_>, report: &mut Report) {
    let Some(base) = &of.raw.base else { return };
    let routes = routes(of);
    let by_shape: HashMap<String, (&Text, &Text)> = routes.iter().map(|one| (path_shape(one.1), *one)).collect();
    for (name, route) in &routes {
        let behind = route.text.replacen(' ', &format!(" {}", base.text), 1);
        let Some((other_name, other)) = by_shape.get(&shape(path_of(&behind))) else { continue };
        let (own, inherited) = of.sources.own_first(*other, *route, |route| route.place);
        let text = format!(
            "`{}` of `{}` is where `{}` of `{}` is served behind `base`",
            path_of(&other.text),
            other_name.text,
            path_of(&route.text),
            name.text
        );
        let diagnostic = Diagnostic::new("route-taken-twice", own.place, text).also(inherited.place, "the other one");
        report.push(diagnostic.help("give one of them another path"));
    }
}

/// What stands in braces at one place of a path has one name, whatever the method.
fn check_parameter_names(of: &Resolved<'_>, report: &mut Report) {
    let mut by_shape: HashMap<String, (&Text, &Text)> = HashMap::new();
    for (name, route) in routes(of) {
        let (other_name, other) = *by_shape.entry(path_shape(route)).or_insert((name, route));
        if path_of(&other.text) == path_of(&route.text) {
            continue;
        }
        let (own, inherited) = of.sources.own_first(route, other, |route| route.place);
        let text = format!(
            "`{}` of `{}` and `{}` of `{}` are one path, and call what stands in its braces by two names",
            path_of(&route.text),
            name.text,
            path_of(&other.text),
            other_name.text
        );
        let diagnostic = Diagnostic::new("bad-route", own.place, text).also(inherited.place, "the other one");
        report.push(diagnostic.help(format!("write `{}` in both", path_of(&inherited.text))));
    }
}

/// The endpoints that have a route.
fn routes<'r>(of: &'r Resolved<'_>) -> Vec<(&'r Text, &'r Text)> {
    of.raw.endpoints.iter().filter_map(|(name, endpoint)| Some((name, endpoint.route.as_ref()?))).collect()
}

/// What stands behind the method.
fn path_of(route: &str) -> &str {
    route.split_once(' ').map_or(route, |(_, path)| path)
}

fn path_shape(route: &Text) -> String {
    shape(path_of(&route.text))
}

/// Two paths that differ in capital letters alone are two to every client.
fn check_similar(of: &Resolved<'_>, report: &mut Report) {
    let routes = routes(of);
    for (at, (name, route)) in routes.iter().enumerate() {
        let alike = |other: &Text| {
            let (one, other) = (shape(&route.text), shape(&other.text));
            one != other && one.eq_ignore_ascii_case(&other)
        };
        // Of the two, the one of the definition itself is reported, else the later one.
        let others = routes.iter().enumerate().filter(|(before, (_, other))| {
            let inherited = !of.sources.is_own(other.place);
            *before != at && (*before < at || inherited) && alike(other)
        });
        let Some((_, (first, other))) = others.into_iter().next().filter(|_| of.sources.is_own(route.place)) else {
            continue;
        };
        let text =
            format!("`{}` of `{}` and that of `{}` differ in capital letters alone", route.text, name.text, first.text);
        let diagnostic = Diagnostic::new("similar-route", route.place, text).also(other.place, "the other one");
        report.push(diagnostic.help(format!(
            "paths are compared letter by letter; write it like `{}`, or call it something else",
            other.text
        )));
    }
}

/// What is wrong with a prefix of all paths, and what to write.
fn why_no_base(base: &str) -> (String, String) {
    let parts: Vec<&str> = base.split('/').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return (
            "there is nothing in it".to_owned(),
            "take the line out, or write a prefix such as `/bank/v1`".to_owned(),
        );
    }
    match parts.iter().find(|part| !plain_segment(part)) {
        Some(part) => {
            let help = "a part of it is made of letters, digits, `-`, `_`, `.` and `~`: `/bank/v1`";
            (format!("`{part}` is no part of one"), help.to_owned())
        }
        None => ("one begins with `/` and does not end with it".to_owned(), format!("write `/{}`", parts.join("/"))),
    }
}

fn check_route(of: &Resolved<'_>, name: &Text, endpoint: &Endpoint, report: &mut Report) {
    let Some(route) = &endpoint.route else {
        let text = format!("`{}` has no route", name.text);
        report.push_new("missing-key", name.place, text, "add `route: POST /path`");
        return;
    };
    let (method, path) = route.text.split_once(' ').unwrap_or(("", &route.text));
    // A path may end with `/`, and is another one then.
    let whole = path.strip_suffix('/').filter(|path| !path.is_empty()).unwrap_or(path);
    let segments: Vec<&str> = whole.split('/').skip(1).collect();
    let fits = path.starts_with('/')
        && !segments.is_empty()
        && segments.iter().all(|segment| plain_segment(segment) || path_parameter(segment).is_some());
    if !METHODS.contains(&method) || !fits {
        let (why, help) = why_no_route(method, path);
        report.push_new("bad-route", route.place, format!("`{}` is no route: {why}", route.text), help);
        return;
    }
    let payload = request_name(name, endpoint);
    for field in segments.iter().filter_map(|segment| path_parameter(segment)) {
        if !of.fields(&payload).iter().any(|other| other.raw.name.text == field) {
            let text = format!("`{{{field}}}` is no field of `{payload}`");
            report.push_new("bad-route", route.place, text, format!("add `{field}` to `{payload}`"));
        }
    }
    check_when(of, name, endpoint, &payload, report);
    let in_path =
        |field: &Field<'_>| segments.iter().any(|segment| path_parameter(segment) == Some(&field.raw.name.text));
    let in_body = of.fields(&payload).iter().find(|field| !in_path(field) && !field.raw.is_in_head());
    if let Some(field) = in_body.filter(|_| matches!(method, "GET" | "DELETE")) {
        let text =
            format!("`{}` is a {method}, and `{}` of `{payload}` stands in its body", name.text, field.raw.name.text);
        let help = format!("a {method} has no body: say `in: query` or `in: header` on the field, or make it a POST");
        report.push_new("bad-route", route.place, text, help);
    }
}

/// What is wrong with a route, and what to write.
fn why_no_route(method: &str, path: &str) -> (String, String) {
    let upper = method.to_ascii_uppercase();
    if METHODS.contains(&upper.as_str()) && upper != method {
        return ("methods are written in capital letters".to_owned(), format!("write `{upper} {path}`"));
    }
    if method.is_empty() {
        return (
            "it has no method".to_owned(),
            format!("write one of {} before it: `POST {path}`", METHODS.join(", ")),
        );
    }
    if !METHODS.contains(&method) {
        return (format!("`{method}` is no method"), format!("write one of {}", METHODS.join(", ")));
    }
    if !path.starts_with('/') {
        return ("its path does not begin with `/`".to_owned(), format!("write `{method} /{path}`"));
    }
    let better = |path: String| format!("write `{method} {path}`");
    if path.contains([' ', '\u{a0}']) {
        return ("there is a blank in its path".to_owned(), better(path.replace([' ', '\u{a0}'], "-")));
    }
    if let Some((path, _)) = path.split_once('?') {
        return ("it has a query, which no path has".to_owned(), better(path.to_owned()));
    }
    if path.len() > 1 && path.ends_with('/') || path.contains("//") {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        return ("a part of its path is empty".to_owned(), better(format!("/{}", parts.join("/"))));
    }
    let part =
        path.split('/').skip(1).find(|part| !plain_segment(part) && path_parameter(part).is_none()).unwrap_or_default();
    let help = "a part is made of letters, digits, `-`, `_`, `.` and `~`, or is a field in braces: `/users/{userId}`";
    (format!("`{part}` is no part of a path"), help.to_owned())
}

/// The route with its parameters unnamed: two routes that differ only there are the same.
pub(super) fn shape(route: &str) -> String {
    route
        .split('/')
        .map(|segment| if path_parameter(segment).is_some() { "{}" } else { segment })
        .collect::<Vec<_>>()
        .join("/")
}

fn path_parameter(segment: &str) -> Option<&str> {
    segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).filter(|name| !name.is_empty())
}

fn plain_segment(segment: &str) -> bool {
    !segment.is_empty()
        && segment.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.~".contains(letter))
        && !segment.starts_with('.')
}
