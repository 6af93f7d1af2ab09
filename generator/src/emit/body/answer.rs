//! The answer of a body: the plan's record as a struct literal.

use super::super::escaping::literal;
use super::super::scope::{Scope, type_name};
use super::super::value::{Record as Literal, Value};
use super::{Builder, wanted};
use crate::arena::Id;
use crate::model::{Field, Meaning, Need, Type};
use crate::plan::{Conversion, Fill, Filled, Making, Read, Record, Want};

impl Builder<'_> {
    pub(super) fn answer(&mut self) -> Value {
        match &self.plan.answer {
            Some(record) => self.record(record),
            None => Value::Text("()".to_owned()),
        }
    }

    /// A payload of the answer: made of a whole thing if it shows one, else field by field.
    fn record(&mut self, record: &Record) -> Value {
        match &record.making {
            Making::Default => return Value::Text(wanted("Default::default()".to_owned(), record.want)),
            Making::Echoed(entity) => return Value::Text(wanted(format!("cx.{entity}().into()"), record.want)),
            Making::Whole { step, access_path } => {
                if let Some(access_path) = self.step_path(*step, access_path) {
                    return self.body.uses.read(access_path, false, Conversion::Into, record.want);
                }
            }
            Making::Fields => {}
        }
        let payload = self.scope.payload(record.payload);
        let mut filled = record.fields.iter().peekable();
        let mut fields = Vec::new();
        let mut decides = None;
        for (at, field) in payload.fields.iter().enumerate() {
            let fill = filled.next_if(|filled| filled.field == at);
            let value = self.filled(field, fill);
            // Where there is no text for it, there is no such payload.
            if fill.is_some_and(|filled| filled.fill.may_lack()) && !field.may_lack() {
                decides = Some((field.rust.clone(), value));
                fields.push((field.rust.clone(), Value::Text(field.rust.clone())));
            } else {
                fields.push((field.rust.clone(), value));
            }
        }
        if payload.echo_unknown {
            fields.push(("rest".to_owned(), Value::Text("Default::default()".to_owned())));
        }
        let name = self.scope.payload_name(record.payload);
        match decides {
            None => Value::Record(Literal { name, fields, rest: false, some: record.want == Want::Option }),
            Some((variable, value)) => {
                let then = Value::Record(Literal { name, fields, rest: false, some: false });
                Value::IfThere { variable, value: Box::new(value), then: Box::new(then) }
            }
        }
    }

    /// `cx.link("paths.status", [("otp.id", otp.id)])?`
    fn text(&mut self, field: &Field, key: &str, is_link: bool, values: &[(Id<Meaning>, Read)]) -> Value {
        let is_plain = |(_, read): &(_, Read)| !is_number_or_flag(&self.value(*read).ty);
        let all_are_texts = is_link || values.iter().all(is_plain);
        let arguments = values.iter().filter_map(|(meaning, read)| {
            let name = literal(&self.scope.meaning(*meaning).name);
            let value = if all_are_texts { self.read(*read)? } else { self.shown(*read)? };
            Some((name, value))
        });
        let arguments = arguments.collect();
        let is_optional = values.iter().any(|(_, read)| read.want() == Want::Option);
        let method = match (is_link, all_are_texts, is_optional) {
            (true, _, false) => "link",
            (true, _, true) => "link_if",
            (false, true, false) => "says",
            (false, true, true) => "says_if",
            (false, false, false) => "says_shown",
            (false, false, true) => "says_shown_if",
        };
        Value::FilledText { method, key: literal(key), arguments, some: field.may_lack() && !is_optional }
    }

    /// A value for a text that can ask for numbers and flags.
    fn shown(&mut self, read: Read) -> Option<Value> {
        let is_itself = is_number_or_flag(&self.value(read).ty);
        let value = if is_itself { self.read_as(read, Conversion::Keep)? } else { self.read(read)? };
        let (shown, optional) = (self.scope.runtime("Shown"), read.want() == Want::Option);
        Some(Value::Shown { value: Box::new(value), shown, optional })
    }

    fn filled(&mut self, field: &Field, filled: Option<&Filled>) -> Value {
        if field.constant().is_some() {
            return Value::Text(if field.may_lack() { "Some(Const)" } else { "Const" }.to_owned());
        }
        let default = default_of(self.scope, field);
        let mut value = match filled.map(|filled| &filled.fill) {
            Some(Fill::Read(read)) => self.read(*read),
            Some(Fill::Record(record)) => Some(self.record(record)),
            Some(Fill::Only(record)) => Some(Value::Only(Box::new(self.record(record)))),
            Some(Fill::Text { key, is_link, values }) => Some(self.text(field, key, *is_link, values)),
            Some(Fill::Nothing) | None => None,
        };
        if let Some(Value::Read { instead, .. }) = &mut value {
            instead.clone_from(&default);
        }
        let nothing = default.unwrap_or_else(|| "Default::default()".to_owned());
        value.unwrap_or_else(|| Value::Text(if field.may_lack() { "None".to_owned() } else { nothing }))
    }
}

/// True for what texts compare and ask for, and not only show.
fn is_number_or_flag(ty: &Type) -> bool {
    matches!(ty, Type::Primitive(one) if ["integer", "boolean"].contains(&one.word()))
}

/// What a field is where nothing gives it, if the definition says so.
fn default_of(scope: &Scope<'_>, field: &Field) -> Option<String> {
    let Need::Default(value) = &field.need else { return None };
    match (&field.ty, value) {
        (Type::Enum(id), serde_json::Value::String(wire)) => {
            let one = &scope.adapter.enums[*id];
            let member = one.members.iter().find(|member| member.wire == *wire)?;
            Some(format!("{}::{}", type_name(&one.name), member.rust))
        }
        (Type::Primitive(one), serde_json::Value::Number(number)) if *one == "decimal" => {
            Some(format!("{}::parse({}).unwrap_or_default()", scope.runtime("Decimal"), literal(&number.to_string())))
        }
        (_, serde_json::Value::String(text)) => Some(format!("{}.to_owned()", literal(text))),
        (_, serde_json::Value::Number(number)) => Some(number.to_string()),
        (_, serde_json::Value::Bool(flag)) => Some(flag.to_string()),
        _ => None,
    }
}
