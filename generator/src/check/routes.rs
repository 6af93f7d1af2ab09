//! Routes are written well and belong to one endpoint; envelopes have one hole; statuses and columns are there.

use super::Cx;
use super::around::is_hole_of_fields;
use crate::diagnostic::Diagnostic;
use crate::raw::{Around, Endpoint, Envelope, Field, Meaning, Member, Text};
use crate::source::Place;

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

impl<'a> Cx<'a> {
    pub(super) fn check_routes(&mut self) {
        let definition = self.definition;
        for (name, endpoint) in definition.endpoints.iter() {
            self.check_route(name, endpoint);
        }
        let endpoints: Vec<&(Text, Endpoint)> = definition.endpoints.iter().collect();
        for (at, (name, endpoint)) in endpoints.iter().enumerate() {
            let Some(route) = &endpoint.route else { continue };
            let same = |other: &&&(Text, Endpoint)| {
                other.1.route.as_ref().is_some_and(|other| shape(&other.text) == shape(&route.text))
            };
            let before: Vec<_> = endpoints.iter().take(at).filter(same).collect();
            let Some((first, other)) = before.first() else { continue };
            if endpoint.when.is_none() || other.when.is_none() || self.same_when(endpoint, other) {
                let text = format!("`{}` belongs to {} and {}", route.text, first.text, name.text);
                let told = Diagnostic::new("route-taken-twice", route.place, text)
                    .also(other.route.as_ref().map_or(first.place, |route| route.place), "it is taken here");
                self.push(told.help("give one of them another path"));
            }
            let envelope = |one: &Endpoint| one.envelope.as_ref().map(|envelope| envelope.text.clone());
            if envelope(endpoint) != envelope(other) {
                let text = format!("the endpoints at `{}` have different envelopes", route.text);
                self.tell(
                    "two-envelopes",
                    name.place,
                    text,
                    "a failure at a route has one shape; give both the same envelope",
                );
            }
        }
        if definition.endpoints.as_slice().is_empty() {
            self.tell("empty", definition.place, "the definition has no endpoint", "add one under `endpoints:`");
        }
        if let Some(base) = &definition.base {
            let fits = base.text.starts_with('/')
                && !base.text.ends_with('/')
                && base.text.split('/').skip(1).all(plain_segment);
            if !fits {
                let text = format!("`{}` is no path prefix", base.text);
                self.tell("bad-route", base.place, text, "begin it with `/`, and end it without");
            }
        }
    }

    fn check_route(&mut self, name: &Text, endpoint: &'a Endpoint) {
        let Some(route) = &endpoint.route else {
            let text = format!("`{}` has no route", name.text);
            self.tell("missing-key", name.place, text, "add `route: POST /path`");
            return;
        };
        let (method, path) = route.text.split_once(' ').unwrap_or(("", &route.text));
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let fits = path.starts_with('/')
            && !segments.is_empty()
            && segments.iter().all(|segment| plain_segment(segment) || hole(segment).is_some());
        if !METHODS.contains(&method) || !fits {
            let text = format!("`{}` is no route", route.text);
            self.tell(
                "bad-route",
                route.place,
                text,
                format!("write a method ({}) and a path: `POST /path`", METHODS.join(", ")),
            );
            return;
        }
        let payload =
            endpoint.request.as_ref().map_or(crate::naming::pascal(&name.text) + "Request", |name| name.text.clone());
        for field in segments.iter().filter_map(|segment| hole(segment)) {
            if !self.fields(&payload).iter().any(|other| other.name.text == field) {
                let text = format!("`{{{field}}}` is no field of `{payload}`");
                self.tell("bad-route", route.place, text, format!("add `{field}` to `{payload}`"));
            }
        }
        self.check_when(name, endpoint, &payload);
        let in_path = |field: &&Field| segments.iter().any(|segment| hole(segment) == Some(&field.name.text));
        if method == "GET" && self.fields(&payload).iter().any(|field| !in_path(field)) {
            let text = format!("`{}` is a GET and has a request `{payload}`", name.text);
            self.tell("bad-route", route.place, text, "a GET has no body; make it a POST");
        }
    }

    /// What stands around bodies is simple: one hole, constants beside it where it is a field, and a failure that is
    /// filled from the error.
    pub(super) fn check_envelopes(&mut self) {
        let definition = self.definition;
        self.check_envelope(&definition.envelope);
        for (name, envelope) in definition.envelopes.iter() {
            self.check_envelope(envelope);
            self.check_named(name, envelope);
        }
        if definition.envelope.failure.is_none() {
            self.tell(
                "bad-envelope",
                definition.place,
                "nothing says what a failure looks like",
                "add `envelope: { failure: ... }`",
            );
        }
        for payload in definition.errors.iter().filter_map(|(_, row)| row.payload.as_ref()) {
            self.known_payload(payload);
        }
        self.check_columns();
    }

    fn check_envelope(&mut self, envelope: &'a Envelope) {
        for (around, what) in [(&envelope.request, "request"), (&envelope.success, "success")] {
            match around {
                Some(Around::Shape(members, place)) => self.check_around(members, *place, what),
                Some(Around::Payload(name)) => {
                    let text = format!("the {what} is `{}` and has no hole", name.text);
                    self.tell("bad-envelope", name.place, text, "write its fields here, one of them `Body`");
                }
                None => {}
            }
        }
        match &envelope.failure {
            Some(Around::Payload(name)) => self.known_payload(name),
            Some(Around::Shape(members, place)) if members.iter().any(is_hole) => {
                self.tell("bad-envelope", *place, "the failure has a hole, and a failure has no body", "leave it out");
            }
            _ => {}
        }
    }

    /// An envelope that endpoints name has its bodies' fields beside its own, and so has the usual one.
    fn check_named(&mut self, name: &Text, envelope: &'a Envelope) {
        let usual = &self.definition.envelope;
        let parts = [(&envelope.request, &usual.request, "request"), (&envelope.success, &usual.success, "success")];
        for (own, usual, what) in parts {
            let in_field = |part: &Option<Around>| match part {
                Some(Around::Shape(lines, _)) => lines.iter().filter_map(Member::field).any(is_body),
                _ => false,
            };
            if in_field(own) || own.is_some() && in_field(usual) {
                let text = format!("the {what} of `{}` and the usual one do not both have `+: Body`", name.text);
                self.tell(
                    "bad-envelope",
                    name.place,
                    text,
                    "write `+: Body` in both, so that each endpoint has its own",
                );
            }
        }
    }

    fn known_payload(&mut self, name: &Text) {
        if !self.definition.payloads.has(&name.text) {
            let near = crate::naming::near(&name.text, self.definition.payloads.names());
            let help = near.map(|near| format!("did you mean `{near}`?"));
            self.push(Diagnostic::new("unknown-type", name.place, format!("no payload `{}`", name.text)).help_if(help));
        }
    }

    fn check_around(&mut self, members: &'a [Member], place: Place, what: &str) {
        let holes = members.iter().filter(|member| is_hole(member)).count();
        if holes != 1 {
            let help = "one of its fields is `Body`, or `+: Body` puts the body's fields beside the others";
            self.tell("bad-envelope", place, format!("the {what} has {holes} holes"), help);
        }
        // Beside `+: Body` stands what a payload may have; a body in a field of its own is put around by the runtime.
        let in_field = members.iter().filter_map(Member::field).any(is_body);
        for member in members.iter().filter(|member| in_field && !is_hole(member)) {
            let constant = member.field().is_some_and(|field| field.constant.is_some());
            if !constant {
                let at = member.field().map_or(place, |field| field.name.place);
                let text = format!("the {what} has something else than constants beside a field for its body");
                self.tell("bad-envelope", at, text, "write `+: Body` in place of that field, or leave the others out");
            }
        }
    }

    /// The lines of all envelopes.
    pub(super) fn envelope_lines(&self) -> Vec<&'a [Member]> {
        let definition = self.definition;
        let all = definition.envelopes.iter().map(|(_, envelope)| envelope).chain([&definition.envelope]);
        let parts = all.flat_map(|one| [&one.request, &one.success, &one.failure]).flatten();
        parts
            .filter_map(|part| if let Around::Shape(lines, _) = part { Some(lines.as_slice()) } else { None })
            .collect()
    }

    /// What failures are told with: those of all envelopes, and the payloads that rows have of their own.
    pub(super) fn failures(&self) -> Vec<&'a Around> {
        let definition = self.definition;
        let all = [&definition.envelope].into_iter().chain(definition.envelopes.iter().map(|(_, envelope)| envelope));
        all.filter_map(|envelope| envelope.failure.as_ref()).collect()
    }

    /// Meanings that the payloads of failures show.
    pub fn failure_meanings(&self) -> Vec<(String, Place)> {
        let mut all = Vec::new();
        let own = self.definition.errors.iter().filter_map(|(_, row)| row.payload.as_ref());
        let mut payloads: Vec<String> = own.map(|name| name.text.clone()).collect();
        for failure in self.failures() {
            match failure {
                Around::Payload(name) => payloads.push(name.text.clone()),
                Around::Shape(members, _) => {
                    for field in self.expand_members(members, 0).into_iter().filter_map(Member::field) {
                        if let Some(Meaning::Plain(meaning)) = &field.meaning {
                            all.push((meaning.text.clone(), field.name.place));
                        }
                        payloads.extend(field.ty.as_ref().map(|ty| ty.name().text.clone()));
                    }
                }
            }
        }
        let mut seen: Vec<String> = Vec::new();
        while let Some(payload) = payloads.pop() {
            if seen.contains(&payload) {
                continue;
            }
            for field in self.fields(&payload) {
                if let Some(Meaning::Plain(meaning)) = &field.meaning {
                    all.push((meaning.text.clone(), field.name.place));
                }
                let echoed =
                    matches!(&field.meaning, Some(Meaning::Plain(meaning)) if self.words.is_echoed(&meaning.text));
                payloads.extend(field.ty.as_ref().filter(|_| !echoed).map(|ty| ty.name().text.clone()));
            }
            seen.push(payload);
        }
        all
    }

    /// Every column that a failure shows stands in every row, and every row has a status.
    fn check_columns(&mut self) {
        let definition = self.definition;
        let every = definition.every_error.as_ref();
        let shown = self.failure_meanings();
        let own = ["code", "status", "key", "text"];
        let columns: Vec<&str> = shown
            .iter()
            .filter_map(|(meaning, _)| meaning.strip_prefix("error."))
            .filter(|column| !own.contains(column))
            .collect();
        for (code, row) in definition.errors.iter() {
            if row.status.is_none() && every.is_none_or(|every| every.status.is_none()) {
                self.tell(
                    "missing-column",
                    code.place,
                    format!("`{}` has no `status`", code.text),
                    "add `status: 400`, or another one",
                );
            }
            for column in &columns {
                let has = |row: &crate::raw::Row| row.columns.has(column);
                if !has(row) && !every.is_some_and(has) {
                    let text = format!("`{}` has no `{column}`, and failures show it", code.text);
                    self.tell(
                        "missing-column",
                        code.place,
                        text,
                        format!("add `{column}:` to it, or to `every_error`"),
                    );
                }
            }
            for (column, _) in row.columns.iter().filter(|(column, _)| !columns.contains(&column.text.as_str())) {
                let keys = ["status", "for", "says", "code"];
                let near = crate::naming::near(&column.text, keys.into_iter().chain(columns.iter().copied()));
                let help = near.map_or(format!("show it as `error.{}`, or leave it out", column.text), |near| {
                    format!("did you mean `{near}`?")
                });
                self.tell("unknown-key", column.place, format!("no failure shows a column `{}`", column.text), help);
            }
        }
        for (meaning, place) in shown {
            let of_error = meaning.starts_with("error.") || meaning.starts_with("violations.");
            if !of_error && !self.words.is_carried(&meaning) && self.words.has_meaning(&meaning) {
                let text = format!("a failure cannot show `{meaning}`");
                let carried = self.words.all.carried.join("`, `");
                let help = format!("it has `error.*`, `violations.*`, `message.*` and what faults carry: `{carried}`");
                self.tell("unfilled-field", place, text, help);
            }
        }
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

/// A field for the body, or `+: Body`.
fn is_hole(member: &Member) -> bool {
    is_hole_of_fields(member) || member.field().is_some_and(is_body)
}

fn is_body(field: &Field) -> bool {
    field.ty.as_ref().is_some_and(|ty| ty.name().text == "Body")
}
