//! The calls of a body: what each behaviour or own hook is given, field by field.

use super::super::escaping::literal;
use super::super::scope::type_name;
use super::super::settings;
use super::super::value::{Record, Value};
use super::{Builder, Made};
use crate::arena::Id;
use crate::model::{Choice, Meaning, OwnHook, SessionKind};
use crate::naming;
use crate::plan::{Conversion, FieldAccess, Input, Role, Step, Want};
use crate::vocabulary::{Argument, Call, MaySay, Output, Table, Word};

impl Builder<'_> {
    pub(super) fn call(&mut self, step: &Step) -> Made {
        let behaviour = self.behaviour(step);
        let shows = step.shows.iter().filter_map(|input| self.showing(input)).collect();
        let mut made = match &behaviour.spec.rust {
            Some(call) => self.shipped_call(step, call),
            None => self.own_call(step),
        };
        made.shows = shows;
        self.variables.push(made.variable.clone());
        made.overlays = self.overlays(step);
        made.facts = self.facts(&step.hook_facts);
        made
    }

    fn shipped_call(&mut self, step: &Step, call: &Call) -> Made {
        let arguments = call.inputs.iter().map(|argument| self.argument(step, call, argument)).collect();
        let method = call.if_known.as_ref().filter(|_| step.if_known).unwrap_or(&call.method).clone();
        let behaviour = &self.behaviour(step).name;
        let variable = call.output.as_ref().map(|output| match step.choice {
            Choice::Table(table) => self.free(&settings::field_of(&self.scope.adapter.tables[table].name), behaviour),
            _ => self.free(variable(output, step.raises), behaviour),
        });
        Made {
            variable,
            input: None,
            shows: Vec::new(),
            method,
            arguments,
            passed: step.raises,
            apart: step.apart.clone(),
            overlays: Vec::new(),
            facts: Vec::new(),
        }
    }

    /// `let card = cx.hook("block_card", move |bank, call| async move { bank.block_card(&call, &input).await }).await?;`
    fn own_call(&mut self, step: &Step) -> Made {
        let hook = self.scope.adapter.hooks.iter().find(|hook| hook.behaviour == step.behaviour);
        let fields = hook.map(|hook| self.hook_fields(step, hook)).unwrap_or_default();
        let name = &self.behaviour(step).name;
        let input = Value::Record(Record { name: type_name(name), fields, rest: false, some: false });
        let ask = format!("move |bank, call| async move {{ bank.{name}(&call, &input).await }}");
        let refuses = &self.behaviour(step).spec.refuses;
        let refusals: Vec<String> = refuses.iter().map(|fault| literal(fault)).collect();
        let outcome = self.outcome_of(step);
        let given = hook.and_then(|hook| hook.gives.first()).or(outcome.as_ref());
        let variable = given.map(|meaning| self.free(&self.scope.meaning(*meaning).entity, name));
        Made {
            variable,
            input: Some(input),
            shows: Vec::new(),
            method: if refusals.is_empty() { "hook" } else { "hook_or_refusal" }.to_owned(),
            arguments: [literal(name)]
                .into_iter()
                .chain((!refusals.is_empty()).then(|| format!("&[{}]", refusals.join(", "))))
                .chain([ask])
                .map(Value::Text)
                .collect(),
            passed: step.raises,
            apart: step.apart.clone(),
            overlays: Vec::new(),
            facts: Vec::new(),
        }
    }

    /// What reports the refusals of an own hook.
    fn outcome_of(&self, step: &Step) -> Option<Id<Meaning>> {
        let outcome = self.behaviour(step).spec.outcome.first()?;
        self.scope.adapter.meanings.pairs().find(|(_, meaning)| meaning.name == *outcome).map(|(id, _)| id)
    }

    fn hook_fields(&mut self, step: &Step, hook: &OwnHook) -> Vec<(String, Value)> {
        let mut fields = Vec::new();
        for (meaning, _) in &hook.inputs {
            let input = step.inputs.iter().find(|input| input.meaning == *meaning && input.role != Role::Fact);
            let value = input.and_then(|input| self.read(input.read));
            let name = naming::variable(&self.scope.meaning(*meaning).name);
            fields.push((name, value.unwrap_or_else(|| Value::Text("None".to_owned()))));
        }
        fields
    }

    fn argument(&mut self, step: &Step, call: &Call, argument: &Argument) -> Value {
        match argument {
            Argument::Word(Word::Option) => Value::Text(literal(step.option.as_deref().unwrap_or_default())),
            Argument::Word(Word::Request) if !self.has_request => Value::Text("&()".to_owned()),
            Argument::Word(Word::Request) => {
                self.body.uses.borrow(&vec![FieldAccess::new("request", false)]);
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
                Some(entity) => self.whole_input(step, entity),
                None if meaning == "bound" => Some(self.code(step)),
                None if meaning == "session" => Some(self.session(step)),
                None => {
                    let meanings = &self.scope.adapter.meanings;
                    self.single_input(step, |one| meanings[one].name == *meaning)
                }
            };
            fields.extend(value.map(|value| (field.clone(), value)));
        }
        if let Some(field) = &call.keep_refused {
            all += 1;
            if step.keeps_refused {
                fields.push((field.clone(), Value::Text("true".to_owned())));
            }
        }
        if let Some(may_say) = &self.behaviour(step).spec.may_say {
            all += 1;
            fields.extend(step.option.as_ref().map(|option| match may_say {
                MaySay::Number { number: field } => (field.clone(), Value::Text(format!("Some({option})"))),
                MaySay::Word { word: field } => (field.clone(), Value::Text("true".to_owned())),
            }));
        }
        let rest = fields.len() < all;
        Value::Record(Record { name: self.scope.runtime(name), fields, rest, some: false })
    }

    fn single_input(&mut self, step: &Step, is: impl Fn(Id<Meaning>) -> bool) -> Option<Value> {
        let fits = |input: &&Input| !matches!(input.role, Role::Bound | Role::Fact | Role::Shown) && is(input.meaning);
        let read = step.inputs.iter().find(fits)?.read;
        self.read(read)
    }

    /// What a row of the step's table is found by.
    fn key(&mut self, step: &Step) -> Value {
        let Choice::Table(table) = step.choice else { return Value::List(Vec::new()) };
        let key = self.scope.adapter.tables[table].key.clone();
        let values = key.into_iter().map(|id| {
            let value = self.single_input(step, |one| one == id);
            value.unwrap_or_else(|| Value::Text("None".to_owned()))
        });
        Value::List(values.collect())
    }

    /// `operation`: a thing that was put together, if the step takes any of its qualities.
    fn whole_input(&mut self, step: &Step, entity: &str) -> Option<Value> {
        let laid_over = |input: &Input| {
            let given = self.value(input.read).source.step().and_then(|number| self.plan.steps.get(number));
            given.is_some_and(|given| given.overlays.iter().any(|overlay| overlay.entity == entity))
        };
        let is_part = |input: &Input| {
            let is_there = self.value(input.read).source.is_request() || laid_over(input);
            self.scope.meaning(input.meaning).is_of(entity) && is_there
        };
        let any = step.inputs.iter().any(is_part);
        any.then(|| self.body.uses.read(vec![FieldAccess::new(entity, false)], false, Conversion::Keep, Want::Plain))
    }

    /// The struct of a kind of code, with what it binds and keeps.
    fn code(&mut self, step: &Step) -> Value {
        let Choice::Code(kind) = step.choice else { return Value::Text("Default::default()".to_owned()) };
        let kind = &self.scope.adapter.otps[kind];
        let mut fields = Vec::new();
        let wanted = settings::code_fields(self.scope, kind);
        let all = wanted.len();
        for field in wanted {
            let bound = |input: &&Input| input.role != Role::Fact && field.means(input.meaning);
            let Some(read) = step.inputs.iter().find(bound).map(|input| input.read) else { continue };
            if field.gathered {
                let value = self.body.uses.read(
                    vec![FieldAccess::new(&field.name, false)],
                    false,
                    Conversion::Keep,
                    Want::Plain,
                );
                fields.push((field.name, value));
            } else {
                fields.extend(self.read(read).map(|value| (field.name.clone(), value)));
            }
        }
        let rest = fields.len() < all;
        Value::Record(Record { name: settings::code_name(kind), fields, rest, some: false })
    }

    /// The struct of a kind of session, with what it binds.
    fn session(&mut self, step: &Step) -> Value {
        let Choice::Session(kind) = step.choice else { return Value::Text("Default::default()".to_owned()) };
        let kind: &SessionKind = &self.scope.adapter.sessions[kind];
        let mut fields = Vec::new();
        for meaning in &kind.binds {
            let Some(read) = step.inputs.iter().find(|input| input.meaning == *meaning).map(|input| input.read) else {
                continue;
            };
            let name = naming::variable(&self.scope.meaning(*meaning).name);
            fields.extend(self.read(read).map(|value| (name, value)));
        }
        let rest = fields.len() < kind.binds.len();
        Value::Record(Record { name: settings::session_name(kind), fields, rest, some: false })
    }
}

/// The variable's name. After `.passed()?` it is the thing that is left, if one is.
fn variable(output: &Output, passed: bool) -> &str {
    let left = output.passed.iter().flatten().find(|(name, access_path)| name.ends_with(".*") && access_path == ".");
    match left {
        Some((name, _)) if passed => name.trim_end_matches(".*"),
        _ => &output.name,
    }
}
