//! A field of a payload with its attributes: what it means, how it is spelt, and the rules it must keep.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::escaping::{json_literal, literal, meaning};
use super::scope::Scope;
use crate::arena::Id;
use crate::language::primitive::JSON;
use crate::model::{Field, Home, Meaning, Need, Payload, Placement, Rule, Then, Type};
use crate::naming;
use crate::vocabulary::Natural;

/// A field as the template receives it.
#[derive(Serialize)]
pub struct FieldView {
    pub attributes: Vec<String>,
    pub name: String,
    pub r#type: String,
}

/// What every error has.
const OF_REFUSAL: [&str; 4] = ["code", "status", "key", "text"];

/// What the fields of a payload mean without saying so.
pub struct Marks {
    /// `from = User` and the like.
    pub arguments: Vec<String>,
    /// The thing whose qualities the fields are.
    entity: Option<String>,
    /// Its fields are those of a refusal, whatever thing their meanings are of.
    refusal: bool,
    /// It is made from its thing.
    made: bool,
}

/// A payload, and its id if it is one of the definition's.
#[derive(Clone, Copy)]
pub struct Owner<'a> {
    pub payload: &'a Payload,
    pub id: Option<Id<Payload>>,
}

impl Owner<'_> {
    /// The meanings that are looked for in it.
    fn sought<'s>(&self, scope: &Scope<'s>) -> Option<&'s BTreeSet<Id<Meaning>>> {
        scope.adapter.required_impls.meanings.get(&self.id?)
    }
}

impl Marks {
    /// What holds for a payload.
    pub fn of(scope: &Scope<'_>, id: Id<Payload>) -> Self {
        let required_impls = &scope.adapter.required_impls;
        if required_impls.refusals.contains(&id) {
            return Marks::of_refusal();
        }
        let from = required_impls.from.get(&id);
        let into = required_impls.into.get(&id);
        let rust = |entity: &String| scope.adapter.entities.get(entity).map(|is| is.rust.clone()).unwrap_or_default();
        let mut arguments = Vec::new();
        arguments.extend(from.map(|entity| format!("from = {}", rust(entity))));
        arguments.extend(into.map(|entity| format!("into = {}", rust(entity))));
        let mut entity = from.or(into).cloned();
        if entity.is_none() {
            entity = shared_entity(scope, Owner { payload: scope.payload(id), id: Some(id) });
            arguments.extend(entity.iter().map(|entity| format!("means = {}", meaning(entity))));
        }
        Marks { arguments, entity, refusal: false, made: from.is_some() }
    }

    /// What holds for an envelope around bodies.
    pub fn none() -> Self {
        Marks { arguments: Vec::new(), entity: None, refusal: false, made: false }
    }

    /// What holds for a payload that describes a failure.
    pub fn of_refusal() -> Self {
        Marks { arguments: vec!["from = Refusal".to_owned()], entity: None, refusal: true, made: true }
    }

    /// `is = html`, where the name of the field does not say it.
    fn is_of(&self, scope: &Scope<'_>, sought: bool, field: &Field) -> Option<String> {
        let Meaning { name: full, entity, attribute, home, .. } = scope.meaning(field.meaning?);
        if self.refusal && entity == "violation" {
            return Some(meaning(&format!("violation_{attribute}")));
        }
        // The id of the request is a column of every row.
        if self.refusal && full == "request.id" {
            return Some(meaning("request_id"));
        }
        let ours = self.refusal || self.entity.as_ref() == Some(entity) || (self.made && entity == "attribute");
        // What an error shows beside what every error has stands in a map, where it is looked for by name.
        let column = self.refusal && entity == "error" && !OF_REFUSAL.contains(&attribute.as_str());
        // What the thing has no field for stands in a map of its own, too.
        let has_facts = scope.adapter.entities.get(entity).is_some_and(|one| one.facts);
        if ours && self.made && has_facts && *home != Home::Shipped {
            return Some(meaning(attribute));
        }
        if ours && !column {
            return (naming::field(attribute) != field.rust).then(|| meaning(attribute));
        }
        if column {
            return Some(meaning(attribute));
        }
        sought.then(|| meaning(full))
    }
}

/// The thing that several fields are qualities of, if saying so once says nothing wrong.
fn shared_entity(scope: &Scope<'_>, owner: Owner<'_>) -> Option<String> {
    let sought = owner.sought(scope)?;
    let mut named: Vec<&Meaning> = sought.iter().map(|id| scope.meaning(*id)).collect();
    named.sort_by(|one, two| one.name.cmp(&two.name));
    let mut entities: Vec<&str> = named.into_iter().map(|meaning| meaning.entity.as_str()).collect();
    let most =
        entities.clone().into_iter().max_by_key(|entity| entities.iter().filter(|other| other == &entity).count())?;
    entities.retain(|entity| *entity == most);
    let fields = owner.payload.fields.iter();
    let misread = fields.filter(|field| field.meaning.is_none_or(|is| !sought.contains(&is)));
    let mut misread = misread.map(|field| format!("{most}.{}", naming::snake(&field.wire)));
    let wrong = misread.any(|implied| scope.is_shipped(&implied));
    (entities.len() > 1 && !wrong).then(|| most.to_owned())
}

/// Builds the view of a field.
pub fn field(
    scope: &Scope<'_>,
    meanings: &Marks,
    owner: Owner<'_>,
    at: usize,
    field: &Field,
    snake: bool,
) -> FieldView {
    let payload = owner.payload;
    let mut attributes = Vec::new();
    if owner.id.is_some_and(|id| scope.adapter.required_impls.forms.contains(&id)) {
        attributes.extend(form_attribute(scope, field));
    }
    // What is never read is read in no other form.
    let read = Field { accepts: if payload.in_request { field.accepts.clone() } else { Vec::new() }, ..field.clone() };
    let mut arguments = arguments(scope, meanings, owner, &read, snake);
    if payload.in_request && scope.is_echoed(field) {
        arguments.push("echo".to_owned());
    }
    if !arguments.is_empty() {
        attributes.push(format!("payload({})", arguments.join(", ")));
    }
    if payload.in_request {
        attributes.extend(rules("check", Vec::new(), &field.rules));
        let thens = payload.then.iter().filter(|then| then.after.max(1) == at + 1);
        attributes.extend(thens.filter_map(|one| then(scope, payload, one)));
    }
    FieldView { attributes, name: field.rust.clone(), r#type: type_of(scope, payload, field) }
}

/// What is sent back as it came was read as its type already.
fn type_of(scope: &Scope<'_>, payload: &Payload, field: &Field) -> String {
    let json = Field { ty: Type::Primitive(JSON), ..field.clone() };
    scope.field_type(if payload.in_response && scope.is_echoed(field) { &json } else { field })
}

/// The field that holds what the payload does not know.
pub fn rest(scope: &Scope<'_>) -> FieldView {
    FieldView { attributes: vec!["payload(rest)".to_owned()], name: "rest".to_owned(), r#type: scope.runtime("Rest") }
}

fn form_attribute(scope: &Scope<'_>, field: &Field) -> Option<String> {
    let entities = scope.adapter.meanings.iter().filter_map(|meaning| match &meaning.natural {
        Natural::Entity(entity) => Some(entity),
        _ => None,
    });
    let mut lists = entities.filter_map(|entity| scope.adapter.form_list(entity, &field.ty));
    lists.next().map(|list| format!("form({list})"))
}

fn arguments(scope: &Scope<'_>, meanings: &Marks, owner: Owner<'_>, field: &Field, snake: bool) -> Vec<String> {
    let (sought, mut arguments) = (owner.sought(scope), Vec::new());
    let is_sought = |word: &Id<Meaning>| sought.is_some_and(|sought| sought.contains(word));
    let sought_here = field.meaning.as_ref().is_some_and(|id| is_sought(id) || is_request_id(scope, field));
    let is = meanings.is_of(scope, sought_here, field);
    arguments.extend(is.map(|is| format!("is = {is}")));
    for (word, sibling, value) in field.conditional.iter().filter(|(word, _, _)| is_sought(word)) {
        let word = meaning(&scope.meaning(*word).name);
        arguments.push(format!("is({word}, where({} = {}))", rust_of(owner.payload, sibling), literal(value)));
    }
    arguments.extend(nested(scope, meanings, field));
    arguments.extend(spelling(field, snake).map(|name| format!("name = {}", literal(name))));
    arguments.extend(field.also.iter().map(|name| format!("also = {}", literal(name))));
    if !field.accepts.is_empty() {
        let kinds: Vec<String> = field.accepts.iter().map(|kind| meaning(kind)).collect();
        arguments.push(format!("accepts({})", kinds.join(", ")));
    }
    arguments.extend(field.format.iter().map(|format| format!("format = {}", literal(format))));
    match &field.need {
        Need::Default(value) => arguments.push(default(scope, &field.ty, value)),
        Need::Constant { always, .. } => arguments.push(format!("const = {}", json_literal(always))),
        Need::Required | Need::Optional => {}
    }
    arguments.extend(match field.placement {
        Placement::Body => None,
        Placement::Query => Some("in = query".to_owned()),
        Placement::Header => Some("in = header".to_owned()),
        Placement::WholeBody => Some("in = body".to_owned()),
    });
    arguments.extend((field.ty == Type::Body).then(|| "body".to_owned()));
    arguments
}

/// True for the header by which a request says its id, which is taken over.
fn is_request_id(scope: &Scope<'_>, field: &Field) -> bool {
    field.placement == Placement::Header && field.meaning.is_some_and(|id| scope.meaning(id).name == "request.id")
}

/// What a field of a payload is called in Rust.
fn rust_of(payload: &Payload, wire: &str) -> String {
    let found = payload.fields.iter().find(|field| field.wire == wire);
    found.map_or_else(|| naming::field_name(wire), |field| field.rust.clone())
}

/// `nested`: made from the same thing as the payload around it. In a failure, `nested = outcome` stands where it is
/// made only if the fault carries what it shows.
fn nested(scope: &Scope<'_>, meanings: &Marks, field: &Field) -> Option<String> {
    let (id, list) = match &field.ty {
        Type::Payload(id) => (id, false),
        Type::List(inner) => match &**inner {
            Type::Payload(id) if meanings.refusal => (id, true),
            _ => return None,
        },
        _ => return None,
    };
    let inner = scope.payload(*id);
    if !meanings.made || field.meaning.is_some() && !list || !meanings.refusal && scope.is_constant(inner) {
        return None;
    }
    if let Some(each) = each(scope, inner).filter(|_| list && meanings.refusal) {
        return Some(format!("nested, {each}"));
    }
    let is_carried =
        |field: &&Field| field.meaning.is_some_and(|meaning| scope.meaning(meaning).is_carried) && !field.may_lack();
    let carried = inner.fields.iter().find(is_carried).and_then(|field| field.meaning);
    Some(match carried.filter(|_| meanings.refusal && field.may_lack()) {
        Some(carried) => format!("nested = {}", meaning(&scope.meaning(carried).attribute)),
        None => "nested".to_owned(),
    })
}

/// `each`: one element for each violation, and one where there is none; `each = violation`: none where there is none, as
/// every element must show one.
fn each(scope: &Scope<'_>, payload: &Payload) -> Option<&'static str> {
    let of_violation = |field: &&Field| field.meaning.is_some_and(|id| scope.meaning(id).is_of("violation"));
    let mut shown = payload.fields.iter().filter(of_violation).peekable();
    shown.peek()?;
    Some(if shown.all(Field::may_lack) { "each" } else { "each = violation" })
}

/// The wire name, if it does not follow from the field's.
fn spelling(field: &Field, snake: bool) -> Option<&String> {
    let name = field.rust.clone();
    let implied = if snake { name.clone() } else { naming::camel(&name) };
    (name.ends_with('_') || implied != field.wire).then_some(&field.wire)
}

fn default(scope: &Scope<'_>, ty: &Type, value: &Value) -> String {
    match (ty, value) {
        (Type::Enum(id), Value::String(wire)) => {
            let known = scope.adapter.enums[*id].members.iter().find(|member| member.wire == *wire);
            known.map_or("default".to_owned(), |member| format!("default = {}", member.rust))
        }
        (_, Value::String(_) | Value::Bool(_) | Value::Number(_)) => format!("default = {}", json_literal(value)),
        _ => "default".to_owned(),
    }
}

fn then(scope: &Scope<'_>, payload: &Payload, then: &Then) -> Option<String> {
    let name = |id: Id<Meaning>| meaning(&scope.meaning(id).name);
    let mut first = vec![name(then.meaning)];
    first.extend(then.if_needed.then(|| "if_needed".to_owned()));
    first.extend(then.at.as_ref().map(|at| format!("at = {}", rust_of(payload, at))));
    let when = then.when.as_ref();
    first.extend(when.map(|(word, value)| format!("when({} = {})", name(*word), marked(value))));
    rules("then", first, &then.rules)
}

/// A value as a mark where it can be one, else as it is.
fn marked(value: &str) -> String {
    let is_name = naming::is_identifier(value) && !naming::is_keyword(value);
    if is_name { value.to_owned() } else { literal(value) }
}

/// `check(required = "k", max(40, "l"))`; none if there is no rule.
fn rules(attribute: &str, mut arguments: Vec<String>, rules: &[Rule]) -> Option<String> {
    if rules.is_empty() {
        return None;
    }
    arguments
        .extend(rules.iter().filter(|rule| rule.raises.is_none() || rule.key.is_some() || !is_bare(rule)).map(rule));
    let raises: Vec<String> = rules
        .iter()
        .filter_map(|rule| Some(format!("{} = {}", rule.word(), meaning(rule.raises.as_deref()?))))
        .collect();
    if !raises.is_empty() {
        arguments.push(format!("raises({})", raises.join(", ")));
    }
    Some(format!("{attribute}({})", arguments.join(", ")))
}

/// True for a rule without an argument.
fn is_bare(rule: &Rule) -> bool {
    rule.constraint.argument().is_none()
}

fn rule(rule: &Rule) -> String {
    let word = rule.word();
    match (&rule.constraint.argument(), &rule.key) {
        (None, None) => word.to_owned(),
        (None, Some(key)) => format!("{word} = {}", literal(key)),
        (Some(value), None) => format!("{word}({})", json_literal(value)),
        (Some(value), Some(key)) => format!("{word}({}, {})", json_literal(value), literal(key)),
    }
}
