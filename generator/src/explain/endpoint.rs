//! One endpoint: what comes in, what each behaviour gets and from where, what goes out, what can go wrong.

use super::lines::{Lines, Table, list, short};
use super::{faults, request, step_name};
use crate::model::{Adapter, Endpoint, Fill, IdForm, Input, OtpKind, Payload, Role, Source, Step, When};
use crate::vocabulary::{Behaviour, Natural, Vocabulary};

/// The calculation of one endpoint.
pub fn text(of: &Adapter, endpoint: &Endpoint, words: &Vocabulary) -> String {
    let page = Page { of, endpoint, words };
    let mut text = Lines::default();
    text.head(&endpoint.name, &endpoint.trace);
    let when = match &endpoint.when {
        None => String::new(),
        Some(When::Is { field, value, .. }) => format!(", when {field} is {value}"),
        Some(When::Has(fields)) => format!(", when there is {}", fields.join(" or ")),
    };
    text.line(&format!("{} {}{}{when}", endpoint.method, of.base, endpoint.path));
    text.line(&endpoint.about);
    if let Some(session) = &endpoint.session {
        text.line(&format!("Asked before the body is read: the token of a session of the kind `{session}`."));
    }
    text.blank();
    if let Some(payload) = page.payload(endpoint.request.as_deref()) {
        request::write(of, payload, &mut text);
    }
    for (at, step) in endpoint.steps.iter().enumerate() {
        page.step(at, step, &mut text);
    }
    page.response(&mut text);
    faults::write(of, endpoint, words, &mut text);
    text.text()
}

struct Page<'a> {
    of: &'a Adapter,
    endpoint: &'a Endpoint,
    words: &'a Vocabulary,
}

impl Page<'_> {
    fn step(&self, at: usize, step: &Step, text: &mut Lines) {
        let behaviour = self.words.behaviours.get(&step.behaviour);
        let about = behaviour.map_or("calls a hook that the bank writes", |one| one.about.trim_end_matches('.'));
        text.line(&format!("{}. {}: {} ({})", at + 1, step_name(step), lower(about), short(&step.trace)));
        let mut table = Table::default();
        for role in [Role::Needs, Role::Expects, Role::Bound, Role::Takes, Role::Fact] {
            self.inputs(step, role, &mut table);
            if role == Role::Expects {
                for meaning in behaviour.iter().flat_map(|one| &one.expects).filter(|meaning| !has(step, meaning)) {
                    table.row(["without", meaning, "", "nothing in the request means it"]);
                }
            }
        }
        if let Some(kind) = self.kind(step) {
            let binds = list(&kind.binds);
            let about = format!("{}, good for {} and the same {binds}", shape(kind), kind.life);
            table.row(["code", &kind.name, "", &about]);
        }
        let has_table = behaviour.is_some_and(Behaviour::has_table);
        let hooks = behaviour.map_or(vec![step.behaviour.clone()], |one| one.calls.clone());
        if !hooks.is_empty() {
            table.row(["asks", &format!("the bank's {}", list(&hooks))]);
        }
        for (holds, what) in [
            (step.raises, "a refusal becomes an error, and nothing after it is done"),
            (step.keeps_refused, "a code that could not be sent stays valid, for the response tells of it"),
            (step.or_nobody && !has_table, "for an operation that hides unknown users, nobody is an answer"),
            (step.or_nobody && has_table, "while the table has no rows, and where a value is not sent, this passes"),
        ] {
            if holds {
                table.row(["note", what]);
            }
        }
        text.table(&table);
        text.blank();
    }

    fn inputs(&self, step: &Step, role: Role, table: &mut Table) {
        let inputs = step.inputs.iter().filter(|input| input.role == role);
        for (at, input) in inputs.enumerate() {
            let word = match role {
                Role::Needs => "needs",
                Role::Expects => "checks by",
                Role::Bound => "bound to",
                Role::Takes => "uses",
                Role::Fact => "tells hooks",
            };
            table.row([if at == 0 { word } else { "" }, &input.meaning, "<-", &self.input(input)]);
        }
    }

    fn input(&self, input: &Input) -> String {
        let optional = matches!(&input.source, Source::Request { optional: true, .. });
        format!("{}{}", self.source(&input.source), if optional { ", if sent" } else { "" })
    }

    fn kind(&self, step: &Step) -> Option<&OtpKind> {
        let has_kind = self.words.behaviours.get(&step.behaviour).is_some_and(Behaviour::has_kind);
        let named = |option: &String| self.of.otps.iter().find(|kind| kind.name == *option);
        has_kind.then(|| step.option.as_ref().and_then(named).or(self.of.otps.first())).flatten()
    }

    fn source(&self, source: &Source) -> String {
        match source {
            Source::Request { path, .. } => path.join("."),
            Source::Found { path, how } => format!("{}, {how}", path.join(".")),
            Source::Step(at) => {
                let behaviour = self.endpoint.steps.get(*at).map_or("a step", |step| step.behaviour.as_str());
                format!("{}. {behaviour}", at + 1)
            }
            Source::Setting(_) => "the settings".to_owned(),
            Source::Always => "always at hand".to_owned(),
            Source::Caller => "who calls".to_owned(),
            Source::Session => "the session".to_owned(),
            Source::Nothing => "null".to_owned(),
        }
    }

    fn response(&self, text: &mut Lines) {
        let success = self.endpoint.success;
        let Some(payload) = self.payload(self.endpoint.response.as_deref()) else {
            text.line(&format!("Response: {success}, with no body of its own"));
            text.blank();
            return;
        };
        text.line(&format!("Response: {success} {}{}", payload.name, request::inside(&self.of.envelope, false)));
        let mut table = Table::default();
        for field in &payload.fields {
            if let Some(constant) = &field.constant {
                table.row([&field.wire, "=", &constant.to_string()]);
            }
            for fill in self.endpoint.fills.iter().filter(|fill| fill.path.first() == Some(&field.wire)) {
                self.fill(fill, &mut table);
            }
        }
        text.table(&table);
        text.blank();
    }

    fn fill(&self, fill: &Fill, table: &mut Table) {
        let path = fill.path.join(".");
        let Some(meaning) = &fill.meaning else { return };
        if fill.source == Source::Nothing {
            table.row([&path, "=", "null", &format!("nothing here gives {meaning}")]);
            return;
        }
        let values = match self.words.meaning(meaning) {
            Some(Natural::OneOf(values)) => format!(" ({})", values.join(", ")),
            _ => String::new(),
        };
        let from = match &fill.source {
            Source::Request { .. } | Source::Found { .. } => {
                format!("sent back from the request's {}", self.source(&fill.source))
            }
            other => self.source(other),
        };
        table.row([&path, "<-", &format!("{meaning}{values}"), &from]);
    }

    fn payload(&self, name: Option<&str>) -> Option<&Payload> {
        self.of.payloads.iter().find(|payload| Some(payload.name.as_str()) == name)
    }
}

/// True if a step gets a value.
fn has(step: &Step, meaning: &str) -> bool {
    ["bound", "session"].contains(&meaning) || step.inputs.iter().any(|input| input.meaning == meaning)
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// `8 characters, 5 tries`
fn shape(kind: &OtpKind) -> String {
    match kind.id {
        IdForm::Code => format!("{} characters, found by itself", kind.digits),
        IdForm::Uuid | IdForm::Token => format!("{} characters, {} tries", kind.digits, kind.attempts),
    }
}
