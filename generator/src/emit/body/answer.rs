//! The answer of a body: where each field of the response comes from.

use std::collections::BTreeMap;

use super::super::binding::{self, Step as To, Way};
use super::super::scope::{field_name, may_lack, type_name};
use super::super::value::{Record, Turn, Value, Want};
use super::{ALWAYS, Builder, caller, rooted, session, variable_of};
use crate::model::{Field, Fill, Payload, Source, Type};
use crate::vocabulary::Natural;

type Fills<'f> = BTreeMap<&'f [String], &'f Fill>;

impl Builder<'_> {
    pub(super) fn answer(&mut self) -> Value {
        let Some(payload) = self.endpoint.response.as_deref().and_then(|name| self.scope.payload(name)) else {
            return Value::Text("()".to_owned());
        };
        let fills = by_path(&self.endpoint.fills);
        self.filled(payload, &mut Vec::new(), &fills, Want::Plain)
    }

    /// A payload of the answer: made of a whole thing if it shows one, else field by field.
    fn filled(&mut self, payload: &Payload, path: &mut Vec<String>, fills: &Fills<'_>, want: Want) -> Value {
        if let Some(value) = self.always_the_same(payload, path, fills, want) {
            return value;
        }
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
        Value::Record(Record { name: type_name(&payload.name), fields, rest: false, some: false })
    }

    fn filled_field(&mut self, field: &Field, path: &mut Vec<String>, fills: &Fills<'_>, want: Want) -> Value {
        if field.constant.is_some() {
            return Value::Text(if field.optional { "Some(Const)" } else { "Const" }.to_owned());
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

    /// A payload of constants alone, or of them and what is sent back as it came.
    fn always_the_same(&mut self, payload: &Payload, path: &[String], fills: &Fills<'_>, want: Want) -> Option<Value> {
        let value = if !path.is_empty() && self.scope.is_constant(payload) {
            self.body.defaulted.insert(payload.name.clone());
            "Default::default()".to_owned()
        } else {
            let thing = payload.thing.as_ref().filter(|thing| self.scope.vocabulary.echoed.contains(thing))?;
            let inside = |at: &[String]| at.len() > path.len() && at.starts_with(path);
            let mut shown = fills.iter().filter(|(at, fill)| inside(at) && fill.meaning.is_some());
            if !shown.all(|(_, fill)| fill.source == Source::Always) {
                return None;
            }
            self.body.made_from.insert(payload.name.clone(), thing.clone());
            let inner = payload.fields.iter().filter_map(|field| match &field.ty {
                Type::Payload(name) => Some(name.clone()),
                _ => None,
            });
            self.body.defaulted.extend(
                inner.filter(|name| self.scope.payload(name).is_some_and(|inner| self.scope.is_constant(inner))),
            );
            format!("cx.{thing}().into()")
        };
        Some(Value::Text(if want == Want::Option { format!("Some({value})") } else { value }))
    }

    /// Where the thing is that a payload shows, if all that the payload shows comes from it.
    fn whole_way(&self, payload: &Payload, path: &[String], fills: &Fills<'_>) -> Option<Way> {
        let (thing, _) = self.scope.thing_of(payload)?;
        let mut from =
            fills.iter().filter(|(at, _)| at.len() > path.len() && at.starts_with(path)).map(|(_, fill)| &fill.source);
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
                let turn = self.turn_of_answer(ty, meaning);
                self.note_from(ty, turn);
                let no_default = matches!(ty, Type::Primitive(word) if word == "phone");
                let want = if no_default && want == Want::Plain { Want::Sure } else { want };
                match self.step_way(*number, meaning) {
                    Some(way) => Some(self.body.uses.read(way, self.copies(meaning), turn, want)),
                    None => self.passed(meaning, turn, want),
                }
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
                let may_lack = binding::may_lack(meaning, self.scope.vocabulary);
                Some(Value::Text(match (want, may_lack) {
                    (Want::Option, false) => format!("Some({value})"),
                    (Want::Plain | Want::Sure, true) => format!("{value}.unwrap_or_default()"),
                    (Want::Option, true) | (Want::Plain | Want::Sure, false) => (*value).to_owned(),
                }))
            }
            Source::Caller => Some(caller(want)),
            Source::Session => Some(session(meaning, want)),
            Source::Nothing => None,
        }
    }

    /// The outcome of a check whose refusal was raised: whoever comes here has passed.
    fn passed(&self, meaning: &str, turn: Turn, want: Want) -> Option<Value> {
        let set = self.scope.runtime(self.scope.vocabulary.set_of(meaning)?);
        let value = match turn {
            Turn::Passed => "true".to_owned(),
            Turn::Into => format!("{set}::Passed.into()"),
            _ => format!("{set}::Passed"),
        };
        let behaviours = &self.scope.vocabulary.behaviours;
        let is_outcome = behaviours.iter().any(|(_, behaviour)| behaviour.outcome.iter().any(|each| each == meaning));
        is_outcome.then(|| Value::Text(if want == Want::Option { format!("Some({value})") } else { value }))
    }

    /// What makes the value on the wire of the runtime's.
    fn turn_of_answer(&self, ty: &Type, meaning: &str) -> Turn {
        let natural = self.scope.vocabulary.meaning(meaning);
        match (ty, natural) {
            (Type::Enum(name), _) if self.scope.enumeration(name).is_some_and(|each| each.shows.is_some()) => {
                Turn::Into
            }
            (Type::Primitive(word), Some(Natural::OneOf(_))) if word == "boolean" => Turn::Passed,
            (Type::Primitive(_), Some(Natural::Key)) => Turn::Into,
            (Type::List(inner), _) if matches!(**inner, Type::Payload(_) | Type::Union(_)) => Turn::IntoEach,
            _ => Turn::Keep,
        }
    }

    /// The elements of a list are made from things.
    fn note_from(&mut self, ty: &Type, turn: Turn) {
        if let Some((payload, thing)) = self.shown_by(ty).filter(|_| turn == Turn::IntoEach) {
            self.body.made_from.insert(payload, thing);
        }
    }
}

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
