//! One endpoint: what comes in, what each behaviour gets, what goes out, what can go wrong.

use super::lines::{Lines, list};
use crate::model::{Adapter, Endpoint, Envelope, Field, Fill, Input, Payload, Role, Rule, Says, Source, Step, Then, Type};
use crate::vocabulary::{Natural, Vocabulary};

/// The calculation of one endpoint.
pub fn text(of: &Adapter, endpoint: &Endpoint, words: &Vocabulary) -> String {
    let page = Page { of, endpoint, words };
    let mut text = Lines::default();
    text.head(&format!("{}   {} {}{}", endpoint.name, endpoint.method, of.base, endpoint.path), &endpoint.trace);
    if !endpoint.about.is_empty() {
        text.line(2, &endpoint.about);
    }
    text.blank();
    page.request(&mut text);
    for (at, step) in endpoint.steps.iter().enumerate() {
        page.step(at, step, &mut text);
    }
    page.response(&mut text);
    page.faults(&mut text);
    text.text()
}

/// `400 INPUT_INVALID "login.username.empty"`
pub fn answer_text(of: &Adapter, row: &str) -> String {
    let Some(found) = of.rows.iter().find(|one| one.name == row) else { return row.to_owned() };
    let code = if found.code == found.name { String::new() } else { format!(", sent as {}", found.code) };
    format!("{} {}{code}", found.status, found.name)
}

struct Page<'a> {
    of: &'a Adapter,
    endpoint: &'a Endpoint,
    words: &'a Vocabulary,
}

impl Page<'_> {
    /// Fields in the order in which they are checked.
    fn request(&self, text: &mut Lines) {
        let Some(payload) = self.payload(self.endpoint.request.as_deref()) else { return };
        text.section("Request", &format!("{}, checked in this order", payload.name));
        let hole = hole_path(&self.of.envelope, true);
        for at in 0..=payload.fields.len() {
            for then in payload.then.iter().filter(|then| then.after == at) {
                self.then(then, text);
            }
            if let Some(field) = payload.fields.get(at) {
                let path = format!("{hole}{}", field.wire);
                text.row(2, &path, "", &self.field(field));
            }
        }
        text.blank();
    }

    fn field(&self, field: &Field) -> String {
        let what = field.meaning.clone().unwrap_or_else(|| type_name(&field.ty));
        let need = if field.optional || field.default.is_some() { "optional" } else { "required" };
        let mut said = vec![format!("{what}, {need}")];
        said.extend(field.rules.iter().filter_map(rule_text));
        said.join("; ")
    }

    fn then(&self, then: &Then, text: &mut Lines) {
        let mut said: Vec<String> = then.rules.iter().filter_map(rule_text).collect();
        if then.if_needed {
            said.push(format!("asked of {}", list(&self.needing(&then.meaning))));
        }
        if let Some((meaning, value)) = &then.when {
            said.push(format!("asked while {meaning} is {value}"));
        }
        if let Some(at) = &then.at {
            said.push(format!("told at {at}"));
        }
        text.row(4, &format!("the {}", then.meaning), "", &said.join("; "));
    }

    /// Operations that need a meaning.
    fn needing(&self, meaning: &str) -> Vec<String> {
        let all = self.of.operations.iter().filter(|operation| operation.needs.iter().any(|need| need == meaning));
        all.map(|operation| operation.name.clone()).collect()
    }

    fn step(&self, at: usize, step: &Step, text: &mut Lines) {
        let option = step.option.as_ref().map(|option| format!(" {option}")).unwrap_or_default();
        let behaviour = self.words.behaviours.get(&step.behaviour);
        let about = behaviour.map_or("calls a hook that the bank writes", |one| one.about.trim_end_matches('.'));
        text.section(&format!("{}. {}{option}", at + 1, step.behaviour), &lower(about));
        for input in &step.inputs {
            text.row(2, &input.meaning, "<-", &self.input(input));
        }
        if let Some(behaviour) = behaviour {
            for meaning in behaviour.expects.iter().filter(|meaning| !is_bound(step, meaning)) {
                text.row(2, meaning, "<-", "nothing: the endpoint says `without`, or the definition has no such value");
            }
        }
        for hook in behaviour.map(|one| one.calls.as_slice()).unwrap_or(std::slice::from_ref(&step.behaviour)) {
            text.row(2, "asks the bank", "", &format!("hook `{hook}`"));
        }
        if let Some(kind) = self.kind(step) {
            let about = format!("{} characters, good for {}, {} tries", kind.digits, kind.life, kind.attempts);
            text.row(2, &format!("the code `{}`", kind.name), "", &about);
        }
        for (shows, what) in [
            (step.raises, "a refusal becomes an error, and nothing after it is done"),
            (step.keeps_refused, "a code that could not be sent stays valid, since the response tells of it"),
            (step.or_nobody, "nobody is an answer for operations that hide unknown users"),
        ] {
            if shows {
                text.line(2, &format!("({what})"));
            }
        }
        text.blank();
    }

    fn kind(&self, step: &Step) -> Option<&crate::model::OtpKind> {
        let has_kind = self.words.behaviours.get(&step.behaviour).is_some_and(crate::vocabulary::Behaviour::has_kind);
        let named = |option: &String| self.of.otps.iter().find(|kind| kind.name == *option);
        has_kind.then(|| step.option.as_ref().and_then(named).or(self.of.otps.first())).flatten()
    }

    fn input(&self, input: &Input) -> String {
        let role = match input.role {
            Role::Needs => "",
            Role::Expects => "   checked or restricted by it",
            Role::Takes => "   used",
            Role::Bound => "   the code is bound to it",
            Role::Fact => "   a fact for the hook",
        };
        let optional = matches!(&input.source, Source::Request { optional: true, .. });
        let optional = if optional && input.role != Role::Takes { ", if sent" } else { "" };
        format!("{}{optional}{role}", self.source(&input.source, true))
    }

    fn source(&self, source: &Source, from_request: bool) -> String {
        let hole = if from_request { hole_path(&self.of.envelope, true) } else { String::new() };
        match source {
            Source::Request { path, .. } => format!("{hole}{}", path.join(".")),
            Source::Found { path, how } => format!("{hole}{} ({how})", path.join(".")),
            Source::Step(at) => {
                let behaviour = self.endpoint.steps.get(*at).map_or("a step", |step| step.behaviour.as_str());
                format!("{}. {behaviour}", at + 1)
            }
            Source::Setting(path) => format!("the setting {path}"),
            Source::Always => "always at hand".to_owned(),
            Source::Nothing => "null".to_owned(),
        }
    }

    fn response(&self, text: &mut Lines) {
        let success = self.endpoint.success;
        let Some(payload) = self.payload(self.endpoint.response.as_deref()) else {
            text.section("Response", &format!("{success} without a body of its own"));
            text.blank();
            return;
        };
        text.section("Response", &format!("{success} {}", payload.name));
        let hole = hole_path(&self.of.envelope, false);
        let mut left: Vec<&Fill> = self.endpoint.fills.iter().collect();
        for field in &payload.fields {
            if let Some(constant) = &field.constant {
                text.row(2, &format!("{hole}{}", field.wire), "<-", &format!("always {constant}"));
            }
            let (here, rest): (Vec<&Fill>, Vec<&Fill>) = left.into_iter().partition(|fill| fill.path.first() == Some(&field.wire));
            left = rest;
            for fill in here {
                self.fill(fill, &hole, text);
            }
        }
        text.blank();
    }

    fn fill(&self, fill: &Fill, hole: &str, text: &mut Lines) {
        let path = format!("{hole}{}", fill.path.join("."));
        let from = self.source(&fill.source, true);
        match &fill.meaning {
            None => text.row(2, &path, "", "with"),
            Some(meaning) => {
                let natural = match self.words.meaning(meaning) {
                    Some(Natural::OneOf(values)) => format!(" ({})", values.join(" or ")),
                    _ => String::new(),
                };
                let said = if matches!(fill.source, Source::Nothing) { format!("null; nothing gives {meaning}") } else { format!("{meaning}{natural}   from {from}") };
                text.row(2, &path, "<-", &said);
            }
        }
    }

    /// Every fault with its answer.
    fn faults(&self, text: &mut Lines) {
        text.section("What can go wrong", "");
        for (fault, paths) in &self.endpoint.shown {
            let key = self.key_of_fault(fault).map(|key| format!(", key {key}")).unwrap_or_default();
            let hole = hole_path(&self.of.envelope, false);
            let fields: Vec<String> = paths.iter().map(|path| format!("{hole}{path}")).collect();
            text.row(2, fault, "->", &format!("{}, shown by {}{key}", self.endpoint.success, list(&fields)));
            self.when(fault, text);
        }
        for answer in self.endpoint.answers.iter().filter(|answer| !answer.faults.is_empty()) {
            for fault in &answer.faults {
                let message = self.key_of_fault(fault).map(str::to_owned).unwrap_or_else(|| self.row_message(&answer.row));
                text.row(2, fault, "->", &format!("{}: {message}", answer_text(self.of, &answer.row)));
                self.when(fault, text);
            }
        }
        for answer in self.endpoint.answers.iter().filter(|answer| answer.faults.is_empty()) {
            text.row(2, "(only from Rust)", "->", &answer_text(self.of, &answer.row));
        }
    }

    fn when(&self, fault: &str, text: &mut Lines) {
        if let Some(when) = self.words.faults.get(fault) {
            text.line(6, &format!("when {when}"));
        }
    }

    fn key_of_fault(&self, fault: &str) -> Option<&str> {
        self.of.says.iter().find(|(name, _)| name == fault).map(|(_, key)| key.as_str())
    }

    fn row_message(&self, row: &str) -> String {
        match self.of.rows.iter().find(|one| one.name == row).map(|row| &row.says) {
            Some(Says::Key(key)) => key.clone(),
            Some(Says::FirstOf(lines)) => {
                let last = lines.last().cloned().unwrap_or_default();
                format!("by the broken rules, else {last}")
            }
            Some(Says::Text(text)) => format!("\"{text}\""),
            None => String::new(),
        }
    }

    fn payload(&self, name: Option<&str>) -> Option<&Payload> {
        self.of.payloads.iter().find(|payload| Some(payload.name.as_str()) == name)
    }
}

fn is_bound(step: &Step, meaning: &str) -> bool {
    meaning == "bound" || step.inputs.iter().any(|input| input.meaning == meaning)
}

/// `requestObject.` where an envelope has a hole of that name.
fn hole_path(envelope: &Envelope, request: bool) -> String {
    let around = if request { &envelope.request } else { &envelope.success };
    let hole = around.iter().flat_map(|payload| &payload.fields).find(|field| field.ty == Type::Body);
    hole.map(|field| format!("{}.", field.wire)).unwrap_or_default()
}

fn rule_text(rule: &Rule) -> Option<String> {
    if rule.word == "required" && rule.key.is_none() {
        return None;
    }
    let value = if rule.value.is_null() { String::new() } else { format!(" {}", plain(&rule.value)) };
    let key = rule.raises.as_ref().map(|fault| format!("raises {fault}")).or_else(|| rule.key.clone());
    Some(format!("{}{value}: {}", rule.word, key.unwrap_or_else(|| "no key".to_owned())))
}

fn plain(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(" or "),
        other => other.to_string(),
    }
}

fn type_name(ty: &Type) -> String {
    match ty {
        Type::Primitive(name) | Type::Payload(name) | Type::Union(name) | Type::Enum(name) => name.clone(),
        Type::List(inner) => format!("list of {}", type_name(inner)),
        Type::Body => "the body".to_owned(),
    }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().to_string() + letters.as_str()).unwrap_or_default()
}
