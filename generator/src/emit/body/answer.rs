//! The answer of a body: the plan's record as a struct literal.

use super::super::value::{Record as Literal, Value};
use super::super::words::literal;
use super::{Builder, wanted};
use crate::arena::Id;
use crate::model::{Field, Meaning};
use crate::plan::{Fill, Filled, Making, Read, Record, Turn, Want};

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
            Making::Whole { step, way } => {
                if let Some(way) = self.step_way(*step, way) {
                    return self.body.uses.read(way, false, Turn::Into, record.want);
                }
            }
            Making::Fields => {}
        }
        let payload = self.scope.payload(record.payload);
        let mut filled = record.fields.iter().peekable();
        let mut fields = Vec::new();
        for (at, field) in payload.fields.iter().enumerate() {
            let fill = filled.next_if(|filled| filled.field == at);
            fields.push((field.rust.clone(), self.filled(field, fill)));
        }
        if payload.keep_unknown {
            fields.push(("rest".to_owned(), Value::Text("Default::default()".to_owned())));
        }
        let name = self.scope.payload_name(record.payload);
        Value::Record(Literal { name, fields, rest: false, some: record.want == Want::Option })
    }

    /// `cx.link("paths.status", [("otp.id", otp.id)])?`
    fn text(&mut self, field: &Field, key: &str, is_link: bool, values: &[(Id<Meaning>, Read)]) -> Value {
        let arguments = values.iter().filter_map(|(meaning, read)| {
            let name = literal(&self.scope.meaning(*meaning).name);
            Some((name, self.read(*read)?))
        });
        let arguments = arguments.collect();
        let method = if is_link { "link" } else { "says" };
        Value::Said { method, key: literal(key), arguments, some: field.may_lack() }
    }

    fn filled(&mut self, field: &Field, filled: Option<&Filled>) -> Value {
        if field.constant().is_some() {
            return Value::Text(if field.may_lack() { "Some(Const)" } else { "Const" }.to_owned());
        }
        let value = match filled.map(|filled| &filled.fill) {
            Some(Fill::Read(read)) => self.read(*read),
            Some(Fill::Record(record)) => Some(self.record(record)),
            Some(Fill::Only(record)) => Some(Value::Only(Box::new(self.record(record)))),
            Some(Fill::Text { key, is_link, values }) => Some(self.text(field, key, *is_link, values)),
            Some(Fill::Nothing) | None => None,
        };
        let nothing = if field.may_lack() { "None" } else { "Default::default()" };
        value.unwrap_or_else(|| Value::Text(nothing.to_owned()))
    }
}
