//! One endpoint: what comes in, what each behaviour gets and from where, what goes out, what can go wrong.

use super::lines::{Lines, Table, list, short};
use super::{faults, meanings, request, step_name};
use crate::arena::Id;
use crate::model::{Adapter, Choice, Discriminator, Endpoint, IdForm, Meaning, OtpKind, Payload};
use crate::plan::{Fill, Filled, Presence, Role, Source, Step, Value, Want};
use crate::vocabulary::Natural;

/// The calculation of one endpoint.
pub fn text(of: &Adapter, endpoint: &Endpoint) -> String {
    let page = Page { of, endpoint };
    let mut text = Lines::default();
    text.head(&endpoint.name, &endpoint.trace);
    let when = match &endpoint.when {
        None => String::new(),
        Some(Discriminator::Is { field, value, .. }) => format!(", when {field} is {value}"),
        Some(Discriminator::Has(fields)) => format!(", when there is {}", fields.join(" or ")),
    };
    text.line(&format!("{} {}{}{when}", endpoint.method, of.base, endpoint.path));
    text.line(&endpoint.about);
    if let Some(session) = endpoint.session.map(|kind| &of.sessions[kind].name) {
        text.line(&format!("Asked before the body is read: the token of a session of the kind `{session}`."));
    }
    text.blank();
    if let Some(request) = endpoint.request {
        request::write(of, &of.payloads[request], &mut text);
    }
    for (at, step) in endpoint.plan.steps.iter().enumerate() {
        page.step(at, step, &mut text);
    }
    page.unread(&mut text);
    page.response(&mut text);
    faults::write(of, endpoint, &mut text);
    text.text()
}

struct Page<'a> {
    of: &'a Adapter,
    endpoint: &'a Endpoint,
}

impl Page<'_> {
    fn step(&self, at: usize, step: &Step, text: &mut Lines) {
        let behaviour = &self.of.behaviours[step.behaviour];
        let spec = &behaviour.spec;
        let is_own = spec.rust.is_none();
        let about = if is_own { "calls a hook that the bank writes" } else { spec.about.trim_end_matches('.') };
        let name = step_name(self.of, step);
        text.line(&format!("{}. {name}: {} ({})", at + 1, lower(about), short(&step.trace)));
        let mut table = Table::default();
        for role in [Role::Needs, Role::Expects, Role::Bound, Role::Takes, Role::Shown, Role::Fact] {
            self.inputs(step, role, &mut table);
            if role == Role::Expects && !is_own {
                let lacks = |meaning: &&Id<Meaning>| !step.inputs.iter().any(|input| input.meaning == **meaning);
                for meaning in behaviour.expects.iter().filter(lacks) {
                    table.row(["without", self.name(*meaning), "", "nothing in the request means it"]);
                }
            }
        }
        if let Choice::Code(kind) = step.choice {
            let kind = &self.of.otps[kind];
            let binds = meanings(self.of, &kind.binds);
            let about = format!("{}, good for {} and the same {binds}", shape(kind), kind.life);
            table.row(["code", &kind.name, "", &about]);
            if kind.callers_words && spec.calls.iter().any(|hook| hook == "send_sms") {
                let about = match &kind.code_mark {
                    Some(mark) => format!("cleaned, without links, with the code where they have {mark}"),
                    None => "cleaned, without links, with the code in them".to_owned(),
                };
                table.row(["words", "of the caller", "", &about]);
            }
        }
        if !spec.calls.is_empty() {
            table.row(["asks", &format!("the bank's {}", list(&spec.calls))]);
        }
        let has_table = matches!(step.choice, Choice::Table(_));
        for (holds, what) in [
            (step.raises, "a refusal becomes an error, and nothing after it is done"),
            (step.keeps_refused, "a code that could not be sent stays valid, since the response reports it"),
            (step.if_known && !has_table, "for an operation that hides unknown users, nobody is an answer"),
            (step.if_known && has_table, "while the table has no rows, and where a value is not sent, this passes"),
        ] {
            if holds {
                table.row(["note", what]);
            }
        }
        text.table(&table);
        text.blank();
    }

    fn inputs(&self, step: &Step, role: Role, table: &mut Table) {
        let inputs = step.inputs.iter().chain(&step.shows).filter(|input| input.role == role);
        for (at, input) in inputs.enumerate() {
            let word = match role {
                Role::Needs => "needs",
                Role::Expects => "checks by",
                Role::Bound => "bound to",
                Role::Takes => "uses",
                Role::Shown => "texts show",
                Role::Fact => "passes to hooks",
            };
            let value = &self.endpoint.plan.values[input.read.value()];
            let sent = if value.optional && matches!(value.source, Source::Request { .. }) { ", if sent" } else { "" };
            let from = format!("{}{sent}", self.source(value));
            table.row([if at == 0 { word } else { "" }, self.name(input.meaning), "<-", &from]);
        }
    }

    fn name(&self, id: Id<Meaning>) -> &str {
        &self.of.meanings[id].name
    }

    fn source(&self, value: &Value) -> String {
        let names = |ids: &[Id<Meaning>]| ids.iter().map(|id| self.name(*id)).collect::<Vec<_>>().join(" and ");
        match &value.source {
            Source::Request { path } => path.iter().map(|part| part.wire.as_str()).collect::<Vec<_>>().join("."),
            Source::InElements { list, else_from } => {
                let otherwise =
                    if else_from.is_empty() { String::new() } else { format!(", else from {}", names(else_from)) };
                format!("{}, in the element that means it{otherwise}", list.join("."))
            }
            Source::Conditional { path } => format!("{}, if a field beside it says so", path.join(".")),
            Source::Derived { path, from } => format!("{}, worked out of {}", path.join("."), names(from)),
            Source::Step { step, .. } | Source::Passed { step } | Source::Gone { step } => {
                let behaviour = self.endpoint.plan.steps.get(*step).map(|step| &self.of.behaviours[step.behaviour]);
                format!("{}. {}", step + 1, behaviour.map_or("a step", |behaviour| &behaviour.name))
            }
            Source::Setting(_) => "the settings".to_owned(),
            Source::Always => "always at hand".to_owned(),
            Source::Caller => "who calls".to_owned(),
            Source::Session => "the session".to_owned(),
        }
    }

    /// What the request says and nobody here gets.
    fn unread(&self, text: &mut Lines) {
        let plan = &self.endpoint.plan;
        if plan.unread.is_empty() {
            return;
        }
        text.line("Nobody here gets");
        let mut table = Table::default();
        for value in plan.unread.iter().map(|id| &plan.values[*id]) {
            table.row([self.name(value.meaning), "<-", &self.source(value)]);
        }
        text.table(&table);
        text.blank();
    }

    fn response(&self, text: &mut Lines) {
        let success = self.endpoint.success_text(&self.of.meanings);
        let (Some(id), Some(answer)) = (self.endpoint.response, &self.endpoint.plan.answer) else {
            text.line(&format!("Response: {success}, with no body of its own"));
            text.blank();
            return;
        };
        let payload: &Payload = &self.of.payloads[id];
        text.line(&format!("Response: {success} {}{}", payload.name, request::inside(&self.of.envelope, false)));
        let mut table = Table::default();
        let fills = answer.all();
        for field in &payload.fields {
            if let Some(constant) = field.constant() {
                table.row([&field.wire, "=", &constant.to_string()]);
            }
            for filled in fills.iter().filter(|filled| filled.path.first() == Some(&field.wire)) {
                self.fill(filled, field.is_in_head(), &mut table);
            }
        }
        text.table(&table);
        text.blank();
    }

    fn fill(&self, filled: &Filled, is_header: bool, table: &mut Table) {
        let mut path = filled.path.join(".");
        if is_header {
            path.push_str(" (header)");
        }
        if let Fill::Text { key, is_link, values } = &filled.fill {
            let about = if *is_link { "a text whose values are escaped" } else { "a text" };
            let lacking = values.iter().filter(|(_, read)| read.want() == Want::Option);
            let may_lack = |id: &Id<Value>| matches!(self.endpoint.plan.values[*id].presence, Presence::Maybe(_));
            let lacking: Vec<String> = lacking
                .filter(|(_, read)| may_lack(&read.value()))
                .map(|(meaning, _)| self.of.meanings[*meaning].name.clone())
                .collect();
            let about = match lacking.as_slice() {
                [] => about.to_owned(),
                some => format!("{about}; nothing without {}", some.join(" and ")),
            };
            table.row([&path, "<-", key, &about]);
            return;
        }
        let Some(meaning) = filled.meaning.map(|id| &self.of.meanings[id]) else { return };
        let Fill::Read(read) = &filled.fill else {
            table.row([&path, "=", "null", &format!("nothing here gives {}", meaning.name)]);
            return;
        };
        let values = match &meaning.natural {
            Natural::OneOf(values) => format!(" ({})", values.join(", ")),
            _ => String::new(),
        };
        let value = &self.endpoint.plan.values[read.value()];
        let from = self.source(value);
        let from = if value.source.is_request() { format!("sent back from the request's {from}") } else { from };
        table.row([&path, "<-", &format!("{}{values}", meaning.name), &from]);
    }
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().to_string() + letters.as_str()).unwrap_or_default()
}

/// `8 characters, 5 attempts`
fn shape(kind: &OtpKind) -> String {
    match kind.id {
        IdForm::Code => format!("{} characters, found by itself", kind.digits),
        IdForm::Uuid | IdForm::Token => format!("{} characters, {} attempts", kind.digits, kind.attempts),
    }
}
