//! The default body of an endpoint: what is gathered from the request, one call a behaviour, and the answer. It
//! follows the model's steps and fills, and the vocabulary's word for how each behaviour is called.

mod answer;
mod call;

use std::collections::{BTreeMap, BTreeSet};

use super::binding::{self, Step as To, Way};
use super::scope::Scope;
use super::value::{Uses, Value, Want};
use super::words::literal;
use crate::model::{Endpoint, Input, LookUpTable, OwnHook, Role, SettingValue, Source, Step, Type};
use crate::naming;
use crate::vocabulary::{Call, Natural, Output};

/// A default body, with what it found out about payloads on the way.
#[derive(Default)]
pub struct Body {
    /// `let operation = Operation::of(&request);`
    pub gathered: Vec<(String, String)>,
    /// Own meanings that go to the hooks.
    pub facts: Vec<String>,
    pub calls: Vec<Made>,
    pub answer: Option<Value>,
    pub uses: Uses,
    /// Payloads that are made from a thing.
    pub made_from: BTreeMap<String, String>,
    /// Payloads that become a thing.
    pub made_into: BTreeMap<String, String>,
    /// Payloads that stand in where there is no thing.
    pub defaulted: BTreeSet<String>,
}

/// A call of a behaviour.
pub struct Made {
    /// The variable; it is bound only if something uses it.
    pub variable: Option<String>,
    /// `let input = …;` before the call of an own hook.
    pub input: Option<Value>,
    pub method: String,
    pub arguments: Vec<Value>,
    /// The refusal is turned into an error here.
    pub passed: bool,
}

/// What is at hand that is bound to nothing.
const ALWAYS: [(&str, &str); 6] = [
    ("build.time", "cx.build().time"),
    ("build.version", "cx.build().version.to_owned()"),
    ("message.header", "cx.message().header"),
    ("request.id", "cx.call.request_id.clone()"),
    ("request.language", "cx.call.language.clone()"),
    ("request.time", "cx.time()"),
];

/// Builds the body of an endpoint.
pub fn of(scope: &Scope<'_>, endpoint: &Endpoint) -> Body {
    let mut builder = Builder { scope, endpoint, variables: Vec::new(), body: Body::default() };
    builder.gather();
    let calls = endpoint.steps.iter().enumerate().map(|(number, step)| builder.call(number, step)).collect();
    let answer = builder.answer();
    builder.forget_unused();
    Body { calls, answer: Some(answer), ..builder.body }
}

struct Builder<'s> {
    scope: &'s Scope<'s>,
    endpoint: &'s Endpoint,
    /// The variable of each step so far.
    variables: Vec<Option<String>>,
    body: Body,
}

impl Builder<'_> {
    /// What is put together from the request comes first, while all of it is still there; then the facts.
    fn gather(&mut self) {
        let mut things = BTreeSet::new();
        let mut found = BTreeSet::new();
        for input in self.endpoint.steps.iter().flat_map(|step| &step.inputs).filter(|input| from_request(input)) {
            match binding::gathered(&input.meaning, self.scope.vocabulary) {
                Some(thing) => things.extend([thing.to_owned()]),
                None if matches!(input.source, Source::Found { .. }) => found.extend([input.meaning.clone()]),
                None => {}
            }
        }
        let shown = self.endpoint.fills.iter().filter(|fill| matches!(fill.source, Source::Found { .. }));
        for meaning in shown.filter_map(|fill| fill.meaning.as_deref()) {
            match binding::gathered(meaning, self.scope.vocabulary) {
                Some(thing) => things.extend([thing.to_owned()]),
                None => found.extend([meaning.to_owned()]),
            }
        }
        for thing in things {
            let rust = self.scope.vocabulary.thing(&thing).map_or_else(String::new, |is| self.scope.runtime(&is.rust));
            self.body.gathered.push((thing, format!("{rust}::of(&request)")));
        }
        for meaning in found {
            let way = self.worked_out(&meaning).unwrap_or_else(|| format!("request.find({})", literal(&meaning)));
            self.body.gathered.push((variable_of(&meaning), way));
        }
        self.collect_facts();
    }

    /// `Phone::of(&request)`: a value that its type knows how to work out.
    fn worked_out(&self, meaning: &str) -> Option<String> {
        let vocabulary = self.scope.vocabulary;
        vocabulary.derived.get(meaning)?;
        let Natural::Primitive(word) = vocabulary.meaning(meaning)? else { return None };
        Some(format!("{}::of(&request)", self.scope.runtime(&naming::pascal(word))))
    }

    /// What nothing reads need not be gathered.
    fn forget_unused(&mut self) {
        let uses = &self.body.uses;
        self.body.gathered.retain(|(name, _)| uses.has(name));
        if !self.body.gathered.is_empty() {
            self.body.uses.note("request");
        }
    }

    fn collect_facts(&mut self) {
        let mut told = BTreeSet::new();
        for input in self.endpoint.steps.iter().flat_map(|step| &step.inputs).filter(|input| input.role == Role::Fact) {
            if !told.insert(input.meaning.clone()) {
                continue;
            }
            let meaning = literal(&input.meaning);
            match &input.source {
                Source::Request { path, .. } => {
                    let Some(way) = self.request_way(path) else { continue };
                    self.body.uses.borrow(&way);
                    let (value, optional) = borrowed(&way);
                    let method = if optional { "with_facts" } else { "with_fact" };
                    self.body.facts.push(format!("let cx = &cx.{method}({meaning}, {value});"));
                }
                Source::Found { .. } => {
                    let variable = variable_of(&input.meaning);
                    self.body.uses.borrow(&vec![To::to(&variable, true)]);
                    self.body.facts.push(format!("let cx = &cx.with_facts({meaning}, {variable}.as_ref());"));
                }
                _ => {}
            }
        }
    }

    fn rust(&self, step: &Step) -> Option<&Call> {
        self.scope.vocabulary.behaviours.get(&step.behaviour)?.rust.as_ref()
    }

    fn output(&self, step: &Step) -> Option<&Output> {
        self.rust(step)?.output.as_ref()
    }

    fn own_hook(&self, step: &Step) -> Option<&OwnHook> {
        self.scope.adapter.hooks.iter().find(|hook| hook.name == step.behaviour)
    }

    /// The table that a step finds a row of.
    fn table(&self, step: &Step) -> Option<&LookUpTable> {
        let behaviour = self.scope.vocabulary.behaviours.get(&step.behaviour)?;
        behaviour.has_table().then(|| self.scope.table(step.option.as_deref())).flatten()
    }

    fn request_way(&self, path: &[String]) -> Option<Way> {
        let name = self.endpoint.request.as_deref()?;
        Some(rooted("request", self.scope.place(name, path)?.way))
    }

    /// Where a meaning is in what a step gave.
    fn step_way(&self, number: usize, meaning: &str) -> Option<Way> {
        let step = self.endpoint.steps.get(number)?;
        let variable = self.variables.get(number)?.as_deref()?;
        if self.own_hook(step).is_some() {
            return Some(vec![To::to(variable, false), To::to(&variable_of(meaning), false)]);
        }
        let output = self.output(step)?;
        if let Some(row) = self.table(step).and_then(|_| binding::find_row(output)) {
            let column = To::to(&variable_of(meaning), false);
            return Some([To::to(variable, step.or_nobody)].into_iter().chain(row).chain([column]).collect());
        }
        let found = binding::find(output, meaning, step.raises, self.scope.vocabulary);
        let way = found.or_else(|| self.code_way(output, step.raises, meaning))?;
        Some(std::iter::once(To::to(variable, step.or_nobody)).chain(way).collect())
    }

    /// Where a bound or kept meaning is in a checked code.
    fn code_way(&self, output: &Output, passed: bool, meaning: &str) -> Option<Way> {
        let code = binding::find_code(output, passed)?;
        let field = match binding::gathered(meaning, self.scope.vocabulary) {
            Some(thing) => vec![To::to(thing, false), To::to(meaning.split_once('.')?.1, true)],
            None => vec![To::to(&variable_of(meaning), true)],
        };
        Some(code.into_iter().chain(field).collect())
    }

    fn copies(&self, meaning: &str) -> bool {
        match self.scope.vocabulary.meaning(meaning) {
            Some(Natural::OneOf(_) | Natural::Key) => true,
            Some(Natural::Primitive(word)) => ["boolean", "integer", "time", "date"].contains(&word.as_str()),
            _ => false,
        }
    }

    fn setting(&self, path: &str, want: Want) -> String {
        let setting = self.scope.adapter.settings.iter().find(|setting| setting.path == path);
        let is_text = setting.is_some_and(|setting| matches!(setting.default, SettingValue::Text(_)));
        let clone = if is_text { ".clone()" } else { "" };
        let value = format!("cx.settings().{}{clone}", super::settings::field_of(path));
        if want == Want::Option { format!("Some({value})") } else { value }
    }

    fn shown_by(&self, ty: &Type) -> Option<(String, String)> {
        let Type::List(element) = ty else { return None };
        let Type::Payload(name) = &**element else { return None };
        let (thing, _) = self.scope.thing_of(self.scope.payload(name)?)?;
        Some((name.clone(), thing.to_owned()))
    }
}

/// Who calls.
fn caller(want: Want) -> Value {
    let value = "cx.caller().to_owned()";
    Value::Text(if want == Want::Option { format!("Some({value})") } else { value.to_owned() })
}

/// What the session is bound to.
fn session(meaning: &str, want: Want) -> Value {
    let value = format!("cx.session({}).to_owned()", literal(meaning));
    Value::Text(if want == Want::Option { format!("Some({value})") } else { value })
}

fn from_request(input: &Input) -> bool {
    matches!(input.source, Source::Request { .. } | Source::Found { .. })
}

fn rooted(variable: &str, way: Way) -> Way {
    std::iter::once(To::to(variable, false)).chain(way).collect()
}

/// `&request.branch_code`, or what `as_ref` gives of an optional one.
fn borrowed(way: &Way) -> (String, bool) {
    let dotted = way.iter().map(|step| step.name.as_str()).collect::<Vec<_>>().join(".");
    if way.iter().any(|step| step.optional) {
        let mut value = String::new();
        let mut steps = way.iter().peekable();
        let mut open = 0;
        while let Some(step) = steps.next() {
            value.push_str(&step.name);
            match (step.optional, steps.peek().is_some()) {
                (true, true) => {
                    value.push_str(&format!(".as_ref().and_then(|{0}| {0}.", step.name));
                    open += 1;
                }
                (true, false) => value.push_str(".as_ref()"),
                (false, true) => value.push('.'),
                (false, false) => value = wrap_last(&value),
            }
        }
        value.push_str(&")".repeat(open));
        return (value, true);
    }
    (format!("&{dotted}"), false)
}

/// The last step of a chain is always there: `and_then` wants an `Option` of it all the same.
fn wrap_last(chain: &str) -> String {
    match chain.rsplit_once("| ") {
        Some((before, last)) => format!("{before}| Some(&{last})"),
        None => format!("Some(&{chain})"),
    }
}

/// `card.merchant` as a variable or field: `card_merchant`.
pub fn variable_of(meaning: &str) -> String {
    naming::field(&meaning.replace('.', "_"))
}
