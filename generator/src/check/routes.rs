//! Routes are written well and belong to one endpoint; envelopes have one hole; statuses and columns are there.

use super::Cx;
use crate::diagnostic::Diagnostic;
use crate::raw::{Around, Endpoint, Field, Meaning, Member, Text};
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

    /// What stands around bodies is simple: constants, one hole, and a failure that is filled from the error.
    pub(super) fn check_envelope(&mut self) {
        let envelope = &self.definition.envelope;
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
            Some(Around::Payload(name)) if !self.definition.payloads.has(&name.text) => {
                let near = crate::naming::near(&name.text, self.definition.payloads.names());
                let help = near.map(|near| format!("did you mean `{near}`?"));
                self.push(
                    Diagnostic::new("unknown-type", name.place, format!("no payload `{}`", name.text)).help_if(help),
                );
            }
            None => self.tell(
                "bad-envelope",
                self.definition.place,
                "nothing says what a failure looks like",
                "add `envelope: { failure: ... }`",
            ),
            _ => {}
        }
        if let Some(Around::Shape(members, _)) = &envelope.failure {
            let strange: Vec<&Member> = members.iter().filter(|member| !matches!(member, Member::Field(_))).collect();
            if !strange.is_empty() {
                self.tell(
                    "not-yet",
                    self.definition.place,
                    "`+` in an envelope is not served yet",
                    "write the fields out",
                );
            }
        }
        self.check_columns();
    }

    fn check_around(&mut self, members: &'a [Member], place: Place, what: &str) {
        let fields: Vec<&Field> = members
            .iter()
            .filter_map(|member| if let Member::Field(field) = member { Some(field) } else { None })
            .collect();
        let is_hole = |field: &&&Field| field.ty.as_ref().is_some_and(|ty| ty.name().text == "Body");
        let holes = fields.iter().filter(is_hole).count();
        if fields.len() < members.len() {
            self.tell("not-yet", place, "`+` in an envelope is not served yet", "give the body a field of its own");
        } else if holes != 1 {
            self.tell("bad-envelope", place, format!("the {what} has {holes} holes"), "one of its fields is `Body`");
        }
        for field in fields.iter().filter(|field| field.constant.is_none() && !is_hole(field)) {
            let text = format!("`{}` beside the body is not served yet", field.name.text);
            self.tell("not-yet", field.name.place, text, "an envelope has constants and the body");
        }
    }

    /// Meanings that the payload of a failure shows.
    pub fn failure_meanings(&self) -> Vec<(String, Place)> {
        let mut all = Vec::new();
        let mut payloads: Vec<String> = Vec::new();
        match &self.definition.envelope.failure {
            Some(Around::Payload(name)) => payloads.push(name.text.clone()),
            Some(Around::Shape(members, _)) => {
                for field in members.iter().filter_map(Member::field) {
                    if let Some(Meaning::Plain(meaning)) = &field.meaning {
                        all.push((meaning.text.clone(), field.name.place));
                    }
                    payloads.extend(field.ty.as_ref().map(|ty| ty.name().text.clone()));
                }
            }
            None => {}
        }
        for found in payloads.iter().flat_map(|payload| self.walk(payload)) {
            all.push((found.meaning, found.place));
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
            let of_failure =
                meaning.starts_with("error.") || meaning.starts_with("violations.") || meaning == "otp.attempts_left";
            if !of_failure && self.words.has_meaning(&meaning) {
                let text = format!("a failure cannot show `{meaning}`");
                self.tell("unfilled-field", place, text, "it has `error.*`, `violations.*` and `otp.attempts_left`");
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
