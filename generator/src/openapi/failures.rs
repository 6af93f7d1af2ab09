//! What a failure looks like: its schema, and a sample for each row of the error table.

use serde_json::{Map, Value as Json, json};

use super::head;
use super::samples;
use super::schemas::{Root, Schemas};
use crate::arena::Id;
use crate::model::{Adapter, Endpoint, ErrorRow, Failure, Field, Payload, Says, Type};

/// What a failure of an endpoint is reported with.
pub fn of_endpoint<'a>(of: &'a Adapter, endpoint: &Endpoint) -> Option<&'a Failure> {
    let named = endpoint.failure.as_ref().and_then(|name| of.failures.iter().find(|one| one.payload.name == *name));
    named.or(of.envelope.failure.as_ref())
}

/// The schema of a row's answer.
pub fn schema(endpoint: &Endpoint, row: &ErrorRow, schemas: &mut Schemas<'_>) -> Json {
    if let Some(payload) = row.shows {
        return schemas.reference(Root::Payload(payload));
    }
    let declared = endpoint
        .failure
        .as_ref()
        .and_then(|name| schemas.of.payloads.pairs().find(|(_, payload)| payload.name == *name).map(|(id, _)| id));
    if let Some(id) = declared {
        return schemas.reference(Root::Payload(id));
    }
    match of_endpoint(schemas.of, endpoint) {
        Some(Failure { declared: Some(id), .. }) => schemas.reference(Root::Payload(*id)),
        Some(failure) => schemas.reference(Root::Failure(failure.payload.name.clone())),
        None => json!({ "type": "object" }),
    }
}

/// What a failure is filled from.
struct Facts<'a> {
    of: &'a Adapter,
    row: &'a ErrorRow,
    key: String,
    /// Some rule of a field is broken.
    is_about_fields: bool,
}

/// The answer of a row to a fault, as far as the definition fixes it.
pub fn sample(of: &Adapter, endpoint: &Endpoint, row: &ErrorRow, fault: Option<&str>) -> Json {
    let own = fault.and_then(|fault| of.says.iter().find(|(name, _)| name == fault)).map(|(_, key)| key.clone());
    let key = own.unwrap_or_else(|| match &row.says {
        Says::Key(key) => key.clone(),
        Says::FirstOf(lines) => lines.last().cloned().unwrap_or_default(),
        Says::Text(text) => filled(text, row),
    });
    let is_about_fields = fault.is_some_and(|fault| fault == "input.invalid");
    let facts = Facts { of, row, key, is_about_fields };
    let payload = match row.shows {
        Some(id) => Some(&of.payloads[id]),
        None => of_endpoint(of, endpoint).map(|failure| &failure.payload),
    };
    let mut sample = payload.and_then(|payload| facts.payload(payload)).unwrap_or_else(|| json!({}));
    head::whole_body(payload, &mut sample);
    sample
}

impl Facts<'_> {
    /// None if something that must be there is not fixed.
    fn payload(&self, payload: &Payload) -> Option<Json> {
        let mut members = Map::new();
        for field in &payload.fields {
            match self.field(field) {
                Some(value) => drop(members.insert(field.wire.clone(), value)),
                None if !field.may_lack() => return None,
                None if self.of.wire.omit_nulls => {}
                None => drop(members.insert(field.wire.clone(), Json::Null)),
            }
        }
        Some(Json::Object(members))
    }

    fn field(&self, field: &Field) -> Option<Json> {
        if let Some(constant) = field.constant() {
            return Some(constant.clone());
        }
        if let Type::Payload(id) = &field.ty {
            return self.inner(*id);
        }
        if let Type::List(inner) = &field.ty
            && let Type::Payload(id) = &**inner
        {
            let only_with_violations = self.of.payloads[*id].fields.iter().any(|field| {
                !field.may_lack() && field.meaning.is_some_and(|id| self.of.meanings[id].is_of("violation"))
            });
            if only_with_violations && !self.is_about_fields {
                return (!field.may_lack()).then(|| json!([]));
            }
            return self.inner(*id).map(|one| json!([one]));
        }
        let meaning = field.meaning.map(|id| self.of.meanings[id].name.as_str()).unwrap_or_default();
        match meaning {
            "error.code" => Some(Json::from(self.row.code.as_str())),
            "error.status" => Some(Json::from(self.row.status)),
            "error.key" => Some(Json::from(self.key.as_str())),
            "error.text" => Some(Json::from(shown(self.of, &self.key))),
            _ => self
                .column(meaning, field)
                .or_else(|| (!field.may_lack()).then(|| samples::of_type(self.of, &field.ty))),
        }
    }

    fn inner(&self, id: Id<Payload>) -> Option<Json> {
        self.payload(&self.of.payloads[id])
    }

    fn column(&self, meaning: &str, field: &Field) -> Option<Json> {
        let name = meaning.strip_prefix("error.")?;
        let (_, value) = self.row.columns.iter().find(|(column, _)| column == name)?;
        let text = filled(value, self.row);
        let is_integer = matches!(&field.ty, Type::Primitive(one) if one.word() == "integer");
        let number = text.parse::<i64>().ok().filter(|_| is_integer);
        Some(number.map_or_else(|| Json::from(text), Json::from))
    }
}

/// A text of a row with its `{{ }}` filled in.
fn filled(text: &str, row: &ErrorRow) -> String {
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { break };
        filled.push_str(before);
        match name.trim() {
            "error.code" => filled.push_str(&row.code),
            "error.status" => filled.push_str(&row.status.to_string()),
            "request.id" => filled.push_str(samples::UUID),
            _ => {}
        }
        rest = after;
    }
    filled + rest
}

/// The text of a key in the default language; the key itself where there is none.
fn shown(of: &Adapter, key: &str) -> String {
    let found = of.texts.iter().find(|text| text.key == key);
    found.map_or_else(|| key.to_owned(), |text| samples::without_values(&text.text))
}
