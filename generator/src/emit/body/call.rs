//! The calls of a body: what each behaviour or own hook is given, field by field.

use super::super::binding::{self, Step as To};
use super::super::scope::type_name;
use super::super::settings;
use super::super::value::{Record, Turn, Value, Want};
use super::super::words::literal;
use super::{Builder, Made, caller, from_request, rooted, session, variable_of};
use crate::model::{Input, OtpKind, OwnHook, Role, Source, Step, Type};
use crate::vocabulary::{Argument, Call, MaySay, Natural, Table, Word};

impl Builder<'_> {
    pub(super) fn call(&mut self, number: usize, step: &Step) -> Made {
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
            return Made {
                variable: None,
                input: None,
                method: step.behaviour.clone(),
                arguments: Vec::new(),
                passed: false,
            };
        };
        let arguments = call.inputs.iter().map(|argument| self.argument(step, &call, argument)).collect();
        let method = call.or_nobody.as_ref().filter(|_| step.or_nobody).unwrap_or(&call.method).clone();
        let variable = call.output.as_ref().map(|output| match self.table(step) {
            Some(table) => self.free(&settings::field_of(&table.name), &step.behaviour),
            None => self.free(binding::variable(output, step.raises), &step.behaviour),
        });
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
        let thing =
            hook.gives.first().and_then(|(meaning, _)| meaning.split_once('.')).map(|(thing, _)| thing.to_owned());
        let variable = thing.map(|thing| self.free(&thing, &hook.name));
        Made {
            variable,
            input: Some(input),
            method: "hook".to_owned(),
            arguments: vec![Value::Text(ask)],
            passed: false,
        }
    }

    /// A variable's name that no earlier step has.
    fn free(&self, name: &str, behaviour: &str) -> String {
        let taken = |name: &str| {
            let ours = ["cx", "input", "request"].contains(&name);
            let gathered = self.body.gathered.iter().any(|(other, _)| other == name);
            ours || gathered || self.variables.iter().flatten().any(|other| other == name)
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
            Argument::Word(Word::Table) => {
                let table = step.option.as_deref().unwrap_or_default();
                Value::Text(format!("&cx.settings().{}", settings::field_of(table)))
            }
            Argument::Word(Word::Key) => self.key(step),
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
                None if meaning == "session" => Some(self.session(step)),
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
        if let Some(may_say) = self.may_say(step) {
            all += 1;
            fields.extend(step.option.as_ref().map(|said| match may_say {
                MaySay::Number { number: field } => (field.clone(), Value::Text(format!("Some({said})"))),
                MaySay::Word { word: field } => (field.clone(), Value::Text("true".to_owned())),
            }));
        }
        let rest = fields.len() < all;
        Value::Record(Record { name: self.scope.runtime(name), fields, rest, some: false })
    }

    fn may_say(&self, step: &Step) -> Option<&MaySay> {
        self.scope.vocabulary.behaviours.get(&step.behaviour)?.may_say.as_ref()
    }

    fn single_input(&mut self, step: &Step, meaning: &str) -> Option<Value> {
        let fits = |input: &&Input| input.meaning == meaning && !matches!(input.role, Role::Bound | Role::Fact);
        let input = step.inputs.iter().find(fits)?.clone();
        let is_list = matches!(self.scope.vocabulary.meaning(meaning), Some(Natural::List(_)));
        self.input_value(&input, if is_list { Want::Plain } else { Want::Option })
    }

    /// What a row of the step's table is found by.
    fn key(&mut self, step: &Step) -> Value {
        let table = self.scope.table(step.option.as_deref());
        let meanings = table.map(|table| table.key.clone()).unwrap_or_default();
        let values = meanings.iter().map(|(meaning, _)| self.single_input(step, meaning));
        Value::List(values.map(|value| value.unwrap_or_else(|| Value::Text("None".to_owned()))).collect())
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
        let wanted = settings::code_fields(self.scope, &kind);
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
        Value::Record(Record { name: settings::code_name(&kind), fields, rest, some: false })
    }

    /// The struct of a kind of session, with what it binds.
    fn session(&mut self, step: &Step) -> Value {
        let kinds = &self.scope.adapter.sessions;
        let named = |name: &String| kinds.iter().find(|kind| kind.name == *name);
        let Some(kind) = step.option.as_ref().map_or(kinds.first(), named) else {
            return Value::Text("Default::default()".to_owned());
        };
        let mut fields = Vec::new();
        for meaning in &kind.binds {
            let Some(input) = step.inputs.iter().find(|input| input.meaning == *meaning).cloned() else { continue };
            fields.extend(self.input_value(&input, Want::Option).map(|value| (variable_of(meaning), value)));
        }
        let rest = fields.len() < kind.binds.len();
        Value::Record(Record { name: settings::session_name(kind), fields, rest, some: false })
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
            Source::Caller => Some(caller(want)),
            Source::Session => Some(session(&input.meaning, want)),
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
            // Carried, not understood: what it is called on the wire.
            Type::Enum(_) => Turn::Text,
            _ => Turn::Keep,
        }
    }

    /// The elements of a list become things.
    fn note_into(&mut self, ty: &Type, turn: Turn) {
        if let Some((payload, thing)) = self.shown_by(ty).filter(|_| turn == Turn::IntoEach) {
            self.body.made_into.insert(payload, thing);
        }
    }
}

fn is_secret(word: &str) -> bool {
    matches!(word, "secret" | "code")
}

fn is_text(word: &str) -> bool {
    matches!(word, "text" | "url" | "html" | "email" | "digits" | "secret" | "code")
}
