//! The default body of an endpoint: what is gathered from the request, one call a behaviour, and the answer. It
//! follows the model's steps and fills, and the vocabulary's word for how each behaviour is called.

use std::collections::{BTreeMap, BTreeSet};

use super::binding::{self, Step as To, Way};
use super::scope::{Scope, field_name, may_lack, type_name};
use super::value::{Record, Turn, Uses, Value, Want};
use super::words::literal;
use crate::model::{Endpoint, Fill, Input, OtpKind, OwnHook, Payload, Role, Source, Step, Type};
use crate::naming;
use crate::vocabulary::{Argument, Call, Natural, Output, Table, Word};

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
const ALWAYS: [(&str, &str); 5] = [
    ("build.time", "cx.build().time"),
    ("build.version", "cx.build().version.to_owned()"),
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
        for thing in things {
            let rust = self.scope.vocabulary.thing(&thing).map_or_else(String::new, |is| self.scope.runtime(&is.rust));
            self.body.gathered.push((thing, format!("{rust}::of(&request)")));
        }
        for meaning in found {
            self.body.gathered.push((variable_of(&meaning), format!("request.find({})", literal(&meaning))));
        }
        self.collect_facts();
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

    fn call(&mut self, number: usize, step: &Step) -> Made {
        let made = match self.own_hook(step).cloned() {
            Some(hook) => self.own_call(step, &hook),
            None => self.shipped_call(step),
        };
        self.variables.truncate(number);
        self.variables.push(made.variable.clone());
        made
    }

    fn shipped_call(&mut self, step: &Step) -> Made {
        let Some(call) = self.rust(step).cloned() else {
            return Made { variable: None, input: None, method: step.behaviour.clone(), arguments: Vec::new(), passed: false };
        };
        let arguments = call.inputs.iter().map(|argument| self.argument(step, &call, argument)).collect();
        let method = call.or_nobody.as_ref().filter(|_| step.or_nobody).unwrap_or(&call.method).clone();
        let variable = call.output.as_ref().map(|output| self.free(binding::variable(output, step.raises), &step.behaviour));
        Made { variable, input: None, method, arguments, passed: step.raises }
    }

    /// `let card = cx.hook(move |bank, call| async move { bank.block_card(&call, &input).await }).await?;`
    fn own_call(&mut self, step: &Step, hook: &OwnHook) -> Made {
        let mut fields = Vec::new();
        for (meaning, _, may_lack) in &hook.inputs {
            let want = if *may_lack { Want::Option } else { Want::Plain };
            let input = step.inputs.iter().find(|input| input.meaning == *meaning && input.role != Role::Fact);
            let value = input.and_then(|input| self.input_value(input, want));
            fields.push((variable_of(meaning), value.unwrap_or_else(|| Value::Text("None".to_owned()))));
        }
        let input = Value::Record(Record { name: type_name(&hook.name), fields, rest: false, some: false });
        let ask = format!("move |bank, call| async move {{ bank.{}(&call, &input).await }}", hook.name);
        let thing = hook.gives.first().and_then(|(meaning, _)| meaning.split_once('.')).map(|(thing, _)| thing.to_owned());
        let variable = thing.map(|thing| self.free(&thing, &hook.name));
        Made { variable, input: Some(input), method: "hook".to_owned(), arguments: vec![Value::Text(ask)], passed: false }
    }

    /// A variable's name that no earlier step has.
    fn free(&self, name: &str, behaviour: &str) -> String {
        let taken = |name: &str| {
            let gathered = self.body.gathered.iter().any(|(other, _)| other == name);
            gathered || self.variables.iter().flatten().any(|other| other == name)
        };
        if taken(name) { format!("{name}_of_{behaviour}") } else { name.to_owned() }
    }

    fn argument(&mut self, step: &Step, call: &Call, argument: &Argument) -> Value {
        match argument {
            Argument::Word(Word::Option) => Value::Text(literal(step.option.as_deref().unwrap_or_default())),
            Argument::Word(Word::Request) => {
                self.body.uses.borrow(&vec![To::to("request", false)]);
                Value::Text("&request".to_owned())
            }
            Argument::Struct { name, fields } => self.input_struct(step, call, name, fields),
        }
    }

    fn input_struct(&mut self, step: &Step, call: &Call, name: &str, table: &Table<String>) -> Value {
        let mut fields: Vec<(String, Value)> = Vec::new();
        let mut all = table.iter().count();
        for (meaning, field) in table {
            let value = match meaning.strip_suffix(".*") {
                Some(thing) => self.whole_input(step, thing),
                None if meaning == "bound" => Some(self.code(step)),
                None => self.single_input(step, meaning),
            };
            fields.extend(value.map(|value| (field.clone(), value)));
        }
        if let Some(field) = &call.keep_refused {
            all += 1;
            if step.keeps_refused {
                fields.push((field.clone(), Value::Text("true".to_owned())));
            }
        }
        let rest = fields.len() < all;
        Value::Record(Record { name: self.scope.runtime(name), fields, rest, some: false })
    }

    fn single_input(&mut self, step: &Step, meaning: &str) -> Option<Value> {
        let fits = |input: &&Input| input.meaning == meaning && !matches!(input.role, Role::Bound | Role::Fact);
        let input = step.inputs.iter().find(fits)?.clone();
        let is_list = matches!(self.scope.vocabulary.meaning(meaning), Some(Natural::List(_)));
        self.input_value(&input, if is_list { Want::Plain } else { Want::Option })
    }

    /// `operation`: a thing that was put together, if the step takes any of its qualities.
    fn whole_input(&mut self, step: &Step, thing: &str) -> Option<Value> {
        let of_thing = |input: &Input| input.meaning.split_once('.').is_some_and(|(of, _)| of == thing);
        let any = step.inputs.iter().any(|input| of_thing(input) && from_request(input));
        any.then(|| self.body.uses.read(vec![To::to(thing, false)], false, Turn::Keep, Want::Plain))
    }

    /// The struct of a kind of code, with what it binds and keeps.
    fn code(&mut self, step: &Step) -> Value {
        let Some(kind) = self.code_kind(step).cloned() else { return Value::Text("Default::default()".to_owned()) };
        let mut fields = Vec::new();
        let wanted = super::settings::code_fields(self.scope, &kind);
        let all = wanted.len();
        for field in wanted {
            let bound = |input: &&Input| input.role != Role::Fact && field.means(&input.meaning);
            let Some(input) = step.inputs.iter().find(bound).cloned() else { continue };
            if field.gathered {
                let value = self.body.uses.read(vec![To::to(&field.name, false)], false, Turn::Keep, Want::Plain);
                fields.push((field.name, value));
            } else {
                fields.extend(self.input_value(&input, Want::Option).map(|value| (field.name.clone(), value)));
            }
        }
        let rest = fields.len() < all;
        Value::Record(Record { name: super::settings::code_name(&kind), fields, rest, some: false })
    }

    fn code_kind(&self, step: &Step) -> Option<&OtpKind> {
        let kinds = &self.scope.adapter.otps;
        match &step.option {
            Some(name) => kinds.iter().find(|kind| kind.name == *name),
            None => kinds.first(),
        }
    }

    /// An input as a field of the struct that a behaviour takes.
    fn input_value(&mut self, input: &Input, want: Want) -> Option<Value> {
        match &input.source {
            Source::Request { path, .. } => {
                let place = self.endpoint.request.as_deref().and_then(|name| self.scope.place(name, path))?;
                let turn = self.turn_of_request(&place.field.ty, &input.meaning);
                self.note_into(&place.field.ty, turn);
                let is_copy = self.scope.is_copy(&place.field.ty);
                Some(self.body.uses.read(rooted("request", place.way), is_copy, turn, want))
            }
            Source::Found { .. } => Some(match binding::gathered(&input.meaning, self.scope.vocabulary) {
                Some(thing) => {
                    let quality = input.meaning.split_once('.').map_or("", |(_, quality)| quality);
                    let way = vec![To::to(thing, false), To::to(quality, true)];
                    self.body.uses.read(way, false, Turn::Keep, want)
                }
                None => self.body.uses.read(vec![To::to(&variable_of(&input.meaning), true)], false, Turn::Keep, want),
            }),
            Source::Step(number) => {
                let way = self.step_way(*number, &input.meaning)?;
                Some(self.body.uses.read(way, self.copies(&input.meaning), Turn::Keep, want))
            }
            Source::Setting(path) => Some(Value::Text(self.setting(path, want))),
            Source::Always | Source::Nothing => None,
        }
    }

    /// What makes the runtime's value of the one on the wire.
    fn turn_of_request(&self, ty: &Type, meaning: &str) -> Turn {
        let natural = self.scope.vocabulary.meaning(meaning);
        match ty {
            Type::Enum(name) if self.scope.enumeration(name).is_some_and(|each| each.shows.is_some()) => Turn::Into,
            Type::List(inner) if matches!(**inner, Type::Payload(_) | Type::Union(_)) => Turn::IntoEach,
            Type::Primitive(word) => match natural {
                Some(Natural::Primitive(natural)) if is_secret(natural) != is_secret(word) => Turn::Into,
                Some(Natural::Primitive(natural)) if is_text(natural) && !is_text(word) => Turn::Text,
                None if !is_text(word) => Turn::Text,
                _ => Turn::Keep,
            },
            _ => Turn::Keep,
        }
    }

    /// The elements of a list become things.
    fn note_into(&mut self, ty: &Type, turn: Turn) {
        if let Some((payload, thing)) = self.shown_by(ty).filter(|_| turn == Turn::IntoEach) {
            self.body.made_into.insert(payload, thing);
        }
    }

    /// The elements of a list are made from things.
    fn note_from(&mut self, ty: &Type, turn: Turn) {
        if let Some((payload, thing)) = self.shown_by(ty).filter(|_| turn == Turn::IntoEach) {
            self.body.made_from.insert(payload, thing);
        }
    }

    fn shown_by(&self, ty: &Type) -> Option<(String, String)> {
        let Type::List(element) = ty else { return None };
        let Type::Payload(name) = &**element else { return None };
        let (thing, _) = self.scope.thing_of(self.scope.payload(name)?)?;
        Some((name.clone(), thing.to_owned()))
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
        let is_text = setting.is_some_and(|setting| matches!(setting.default, crate::model::SettingValue::Text(_)));
        let clone = if is_text { ".clone()" } else { "" };
        let value = format!("cx.settings().{}{clone}", super::settings::field_of(path));
        if want == Want::Option { format!("Some({value})") } else { value }
    }

    fn answer(&mut self) -> Value {
        let Some(payload) = self.endpoint.response.as_deref().and_then(|name| self.scope.payload(name)) else {
            return Value::Text("()".to_owned());
        };
        let fills = by_path(&self.endpoint.fills);
        self.filled(payload, &mut Vec::new(), &fills, Want::Plain)
    }

    /// A payload of the answer: made of a whole thing if it shows one, else field by field.
    fn filled(&mut self, payload: &Payload, path: &mut Vec<String>, fills: &Fills<'_>, want: Want) -> Value {
        if let Some(way) = self.whole_way(payload, path, fills) {
            let thing = payload.thing.clone().unwrap_or_default();
            self.body.made_from.insert(payload.name.clone(), thing);
            if want == Want::Plain && way.iter().any(|step| step.optional) {
                self.body.defaulted.insert(payload.name.clone());
            }
            return self.body.uses.read(way, false, Turn::Into, want);
        }
        let mut fields = Vec::new();
        for field in &payload.fields {
            path.push(field.wire.clone());
            let want = if may_lack(field) { Want::Option } else { Want::Plain };
            let value = self.filled_field(field, path, fills, want);
            path.pop();
            fields.push((field_name(&field.wire), value));
        }
        if payload.keep_unknown {
            fields.push(("rest".to_owned(), Value::Text("Default::default()".to_owned())));
        }
        let record = Value::Record(Record { name: type_name(&payload.name), fields, rest: false, some: false });
        record
    }

    fn filled_field(&mut self, field: &crate::model::Field, path: &mut Vec<String>, fills: &Fills<'_>, want: Want) -> Value {
        if field.constant.is_some() {
            return Value::Text("Const".to_owned());
        }
        let nothing = Value::Text(if want == Want::Option { "None" } else { "Default::default()" }.to_owned());
        let Some(fill) = fills.get(path.as_slice()) else { return nothing };
        match (&fill.meaning, &field.ty) {
            (None, Type::Payload(name)) => match self.scope.payload(name) {
                Some(inner) => {
                    let value = self.filled(inner, path, fills, want);
                    wrap(value, want)
                }
                None => nothing,
            },
            (Some(meaning), ty) => self.fill_value(fill, meaning, ty, want).unwrap_or(nothing),
            (None, _) => self.fill_value(fill, "", &field.ty, want).unwrap_or(nothing),
        }
    }

    /// Where the thing is that a payload shows, if all that the payload shows comes from it.
    fn whole_way(&self, payload: &Payload, path: &[String], fills: &Fills<'_>) -> Option<Way> {
        let (thing, _) = self.scope.thing_of(payload)?;
        let mut from = fills.iter().filter(|(at, _)| at.len() > path.len() && at.starts_with(path)).map(|(_, fill)| &fill.source);
        let Source::Step(number) = from.next()? else { return None };
        if !from.all(|source| *source == Source::Step(*number)) {
            return None;
        }
        let step = self.endpoint.steps.get(*number)?;
        let variable = self.variables.get(*number)?.as_deref()?;
        let way = binding::find_thing(self.output(step)?, thing, step.raises)?;
        Some(std::iter::once(To::to(variable, step.or_nobody)).chain(way).collect())
    }

    fn fill_value(&mut self, fill: &Fill, meaning: &str, ty: &Type, want: Want) -> Option<Value> {
        match &fill.source {
            Source::Step(number) => {
                let way = self.step_way(*number, meaning)?;
                let turn = self.turn_of_answer(ty, meaning);
                self.note_from(ty, turn);
                Some(self.body.uses.read(way, self.copies(meaning), turn, want))
            }
            Source::Request { path, .. } => {
                let place = self.endpoint.request.as_deref().and_then(|name| self.scope.place(name, path))?;
                let is_copy = self.scope.is_copy(&place.field.ty);
                Some(self.body.uses.read(rooted("request", place.way), is_copy, Turn::Keep, want))
            }
            Source::Found { .. } => {
                let way = match binding::gathered(meaning, self.scope.vocabulary) {
                    Some(thing) => vec![To::to(thing, false), To::to(meaning.split_once('.')?.1, true)],
                    None => vec![To::to(&variable_of(meaning), true)],
                };
                Some(self.body.uses.read(way, false, Turn::Keep, want))
            }
            Source::Setting(path) => Some(Value::Text(self.setting(path, want))),
            Source::Always => {
                let (_, value) = ALWAYS.iter().find(|(name, _)| *name == meaning)?;
                Some(Value::Text(if want == Want::Option { format!("Some({value})") } else { (*value).to_owned() }))
            }
            Source::Nothing => None,
        }
    }

    /// What makes the value on the wire of the runtime's.
    fn turn_of_answer(&self, ty: &Type, meaning: &str) -> Turn {
        let natural = self.scope.vocabulary.meaning(meaning);
        match (ty, natural) {
            (Type::Enum(name), _) if self.scope.enumeration(name).is_some_and(|each| each.shows.is_some()) => Turn::Into,
            (Type::Primitive(word), Some(Natural::OneOf(_))) if word == "boolean" => Turn::Passed,
            (Type::Primitive(_), Some(Natural::Key)) => Turn::Into,
            (Type::List(inner), _) if matches!(**inner, Type::Payload(_) | Type::Union(_)) => Turn::IntoEach,
            _ => Turn::Keep,
        }
    }
}

fn from_request(input: &Input) -> bool {
    matches!(input.source, Source::Request { .. } | Source::Found { .. })
}

type Fills<'f> = BTreeMap<&'f [String], &'f Fill>;

fn by_path(fills: &[Fill]) -> Fills<'_> {
    fills.iter().map(|fill| (fill.path.as_slice(), fill)).collect()
}

/// A struct literal where an `Option` is wanted; everything else has its shape already.
fn wrap(value: Value, want: Want) -> Value {
    match value {
        Value::Record(record) => Value::Record(Record { some: want == Want::Option, ..record }),
        other => other,
    }
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

fn is_secret(word: &str) -> bool {
    matches!(word, "secret" | "code")
}

fn is_text(word: &str) -> bool {
    matches!(word, "text" | "url" | "html" | "email" | "digits" | "secret" | "code" | "phone")
}
