//! The answer of a body: the plan's record as a struct literal.

use super::super::value::{Record as Literal, Value};
use super::{Builder, wanted};
use crate::model::Field;
use crate::plan::{Fill, Filled, Making, Record, Turn, Want};

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

    fn filled(&mut self, field: &Field, filled: Option<&Filled>) -> Value {
        if field.constant().is_some() {
            return Value::Text(if field.may_lack() { "Some(Const)" } else { "Const" }.to_owned());
        }
        let value = match filled.map(|filled| &filled.fill) {
            Some(Fill::Read(read)) => self.read(*read),
            Some(Fill::Record(record)) => Some(self.record(record)),
            Some(Fill::Only(record)) => Some(Value::Only(Box::new(self.record(record)))),
            Some(Fill::Nothing) | None => None,
        };
        let nothing = if field.may_lack() { "None" } else { "Default::default()" };
        value.unwrap_or_else(|| Value::Text(nothing.to_owned()))
    }
}
