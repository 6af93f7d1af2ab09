//! Payloads, unions and enums, each field bound to what it means and to its type. Names that nobody declares are reported
//! here, once; whoever comes after has ids.

use std::collections::HashMap;

use super::meanings::Meanings;
use super::members::{self, AppliedEnvelopes};
use super::rules::{self, Rule};
use super::{Meaning, naming_of_variant, suggestions};
use crate::arena::{Arena, Id};
use crate::language::primitive::{self, BOOLEAN, INTEGER, JSON, Primitive, TEXT};
use crate::model::{self, Type};
use crate::naming;
use crate::raw::{self, Definition, EnumMember, Member, Text, TypeName};
use crate::report::{ErrorReported, Known, Report};
use crate::vocabulary::{Natural, Vocabulary};

/// A payload: `+` is filled in, every name is bound.
#[derive(Debug)]
pub(crate) struct Payload<'a> {
    pub name: String,
    pub fields: Vec<Field<'a>>,
    /// Rules on meanings.
    pub then: Vec<Then<'a>>,
    /// The thing whose qualities it shows, if it shows one that the runtime has, and no other.
    pub entity: Option<String>,
    /// The thing that it is as an element of a list: that of its first meaning.
    pub element: Option<String>,
    pub echo_unknown: bool,
    /// It is written as a list of its fields.
    pub as_list: bool,
    /// How many fields of a variant stand in every variant.
    pub own_from: usize,
}

/// A field.
#[derive(Debug)]
pub(crate) struct Field<'a> {
    pub raw: &'a raw::Field,
    /// As it says.
    pub means: Means<'a>,
    /// What it means always, be it that its list says so.
    pub meaning: Option<Id<Meaning>>,
    pub ty: Result<Type, ErrorReported>,
    /// What it is called in Rust, among the other fields of its payload.
    pub rust: String,
    /// The rules that it says.
    pub rules: Vec<Rule<'a>>,
}

impl<'a> Payload<'a> {
    /// Its fields and its rules on meanings, in the order of its lines.
    pub fn in_order(&self) -> Vec<&'a raw::Field> {
        let mut all = Vec::new();
        for at in 0..=self.fields.len() {
            all.extend(self.then.iter().filter(|then| then.after == at).map(|then| then.raw));
            all.extend(self.fields.get(at).map(|field| field.raw));
        }
        all
    }
}

impl Field<'_> {
    /// True if its Rust type is an `Option`.
    pub fn may_lack(&self) -> bool {
        self.raw.optional && self.raw.default.is_none()
    }

    /// True if its meaning or its type could not be bound.
    pub fn is_unbound(&self) -> bool {
        let unknown = match &self.means {
            Means::Nothing => false,
            Means::Always(meaning) => meaning.is_err(),
            Means::Conditional(all) => all.iter().any(|one| one.meaning.is_err()),
        };
        unknown || self.ty.is_err()
    }
}

/// What a field means.
#[derive(Debug)]
pub(crate) enum Means<'a> {
    Nothing,
    Always(Known<Meaning>),
    Conditional(Vec<Condition<'a>>),
}

impl Means<'_> {
    /// The meanings that it has only where a sibling has a value.
    pub fn conditional(&self) -> impl Iterator<Item = Id<Meaning>> {
        let all = if let Means::Conditional(all) = self { all.as_slice() } else { &[] };
        all.iter().filter_map(|one| one.meaning.ok())
    }
}

/// A meaning that holds only where a sibling has a value.
#[derive(Debug)]
pub(crate) struct Condition<'a> {
    pub meaning: Known<Meaning>,
    pub sibling: &'a Text,
    pub value: &'a Text,
}

/// Rules on whatever has a meaning, after so many fields.
#[derive(Debug)]
pub(crate) struct Then<'a> {
    pub raw: &'a raw::Field,
    pub after: usize,
    pub meaning: Known<Meaning>,
    /// Another meaning, and the value that it must have.
    pub when: Option<(Known<Meaning>, &'a Text)>,
    pub rules: Vec<Rule<'a>>,
}

/// A union.
#[derive(Debug)]
pub(crate) struct Union<'a> {
    pub name: &'a Text,
    pub raw: &'a raw::Union,
    /// The thing that its variants are.
    pub entity: Option<String>,
    pub variants: Vec<Variant<'a>>,
}

/// A variant of a union.
#[derive(Debug)]
pub(crate) struct Variant<'a> {
    pub name: &'a Text,
    pub payload: Known<model::Payload>,
    /// It carries what another one carries.
    pub is_like: bool,
}

/// An enum.
#[derive(Debug)]
pub(crate) struct Enum<'a> {
    pub name: &'a Text,
    pub members: &'a [EnumMember],
    /// What its members are called in Rust.
    pub rust: Vec<String>,
    /// The runtime's closed set that its members show.
    pub shows: Option<String>,
}

/// All types that a definition declares, by id and by name.
#[derive(Debug, Default)]
pub(crate) struct Types<'a> {
    pub payloads: Arena<Payload<'a>, model::Payload>,
    pub unions: Arena<Union<'a>, model::Union>,
    pub enums: Arena<Enum<'a>, model::Enum>,
    /// Declared payloads, and those that are there only because an envelope is laid around nothing.
    pub payload_ids: HashMap<String, Id<model::Payload>>,
    pub union_ids: HashMap<String, Id<model::Union>>,
    pub enum_ids: HashMap<String, Id<model::Enum>>,
    /// Shapes of envelopes, as their lines are.
    pub shapes: HashMap<*const Member, Payload<'a>>,
}

impl Types<'_> {
    /// The type that a definition declares by this name.
    pub fn declared(&self, name: &str) -> Option<Type> {
        let union = || self.union_ids.get(name).copied().map(Type::Union);
        let each = || self.enum_ids.get(name).copied().map(Type::Enum);
        self.payload_ids.get(name).copied().map(Type::Payload).or_else(union).or_else(each)
    }
}

/// What binding needs.
pub(crate) struct Binder<'a, 'b> {
    pub definition: &'a Definition,
    pub applied_envelopes: &'b AppliedEnvelopes<'a>,
    pub empty: &'b [String],
    pub words: &'b Vocabulary,
    pub meanings: &'b Meanings,
}

impl<'a> Binder<'a, '_> {
    /// Binds all of a definition's types.
    pub fn types(&self, report: &mut Report) -> Types<'a> {
        let mut types = Types::default();
        let definition = self.definition;
        let of_variant = self.number(&mut types, report);
        let declared = definition.payloads.names().map(str::to_owned).chain(self.empty.iter().cloned());
        let mut payloads: Arena<Payload<'a>, model::Payload> = Arena::default();
        for name in declared {
            let lines = members::lines_of(definition, self.applied_envelopes, &name, report);
            let mut payload = self.payload(&types, name, &lines, 0, report);
            let own = definition.payloads.get(&payload.name).into_iter().flatten();
            payload.as_list = own.clone().into_iter().any(|member| matches!(member, Member::AsList(_)));
            payload.echo_unknown = own.into_iter().any(|member| matches!(member, Member::EchoUnknown(_)));
            payloads.put(payload);
        }
        for (union, variant, own) in of_variant {
            let every = members::expand(definition, &union.1.every, report);
            let own_from = every.iter().filter(|line| matches!(line, Member::Field(_))).count();
            let lines: Vec<&Member> = every.into_iter().chain(members::expand(definition, own, report)).collect();
            let name = naming_of_variant(&union.0.text, &variant.text);
            let mut payload = self.payload(&types, name, &lines, own_from, report);
            payload.echo_unknown = union.1.echo_unknown;
            payload.entity = self.shown_entity(payload.fields.iter().skip(own_from));
            payloads.put(payload);
        }
        for lines in members::envelope_lines(definition) {
            let mut expanded = members::expand(definition, lines, report);
            if members::has_field_for_body(lines) {
                expanded.retain(|line| !members::is_in_head(line));
            }
            let payload = self.payload(&types, String::new(), &expanded, 0, report);
            types.shapes.insert(lines.as_ptr(), payload);
        }
        types.payloads = payloads;
        types
    }

    /// Gives every type its id, in the order in which payloads are bound; what variants have of their own comes beside.
    fn number(
        &self,
        types: &mut Types<'a>,
        report: &mut Report,
    ) -> Vec<(&'a (Text, raw::Union), &'a Text, &'a [Member])> {
        let definition = self.definition;
        let mut payloads: Arena<(), model::Payload> = Arena::default();
        for name in definition.payloads.names().map(str::to_owned).chain(self.empty.iter().cloned()) {
            types.payload_ids.insert(name, payloads.put(()));
        }
        let mut of_variant = Vec::new();
        let mut ids: HashMap<(&str, &str), Id<model::Payload>> = HashMap::new();
        for union in definition.unions.iter() {
            for (variant, shape) in union.1.of.iter() {
                if let raw::Variant::Fields(own) = shape {
                    ids.insert((&union.0.text, &variant.text), payloads.put(()));
                    of_variant.push((union, variant, own.as_slice()));
                }
            }
        }
        for (name, members) in definition.enums.iter() {
            let values: Vec<String> =
                members.iter().flat_map(EnumMember::values).map(|value| value.text.clone()).collect();
            let shows = if values.is_empty() { None } else { self.words.set_of_values(&values).map(str::to_owned) };
            types
                .enum_ids
                .insert(name.text.clone(), types.enums.put(Enum { name, members, rust: rust_members(members), shows }));
        }
        for (name, raw) in definition.unions.iter() {
            let mut variants = Vec::new();
            for (variant, shape) in raw.of.iter() {
                let is_like = matches!(shape, raw::Variant::Like(_));
                let carried = if let raw::Variant::Like(like) = shape { like } else { variant };
                let found = ids.get(&(name.text.as_str(), carried.text.as_str())).copied();
                let payload = found.ok_or_else(|| no_variant(name, variant, carried, report));
                variants.push(Variant { name: variant, payload, is_like });
            }
            let every = members::expand(definition, &raw.every, report);
            let entity = element_of(every.into_iter().filter_map(Member::field));
            types.union_ids.insert(name.text.clone(), types.unions.put(Union { name, raw, entity, variants }));
        }
        of_variant
    }

    fn payload(
        &self,
        types: &Types<'a>,
        name: String,
        lines: &[&'a Member],
        own_from: usize,
        report: &mut Report,
    ) -> Payload<'a> {
        let (mut fields, mut then) = (Vec::new(), Vec::new());
        for line in lines {
            match line {
                Member::Field(raw) => fields.push(self.field(types, raw, report)),
                Member::Rules(raw) => then.push(Then {
                    raw,
                    after: fields.len(),
                    meaning: self.meanings.known(&raw.name, report),
                    when: raw.when.as_ref().map(|(meaning, value)| (self.meanings.known(meaning, report), value)),
                    rules: rules::read(raw, true, report),
                }),
                Member::Include(_) | Member::EchoUnknown(_) | Member::AsList(_) => {}
            }
        }
        let named: Vec<(&str, Option<&str>)> = fields.iter().map(|field: &Field<'_>| names_of(field.raw)).collect();
        let rust = naming::distinct(&named, naming::field_name);
        fields.iter_mut().zip(rust).for_each(|(field, rust)| field.rust = rust);
        let element = element_of(fields.iter().map(|field: &Field<'_>| field.raw));
        let entity = self.shown_entity(fields.iter());
        Payload { name, fields, then, entity, element, echo_unknown: false, as_list: false, own_from }
    }

    fn field(&self, types: &Types<'a>, raw: &'a raw::Field, report: &mut Report) -> Field<'a> {
        let own_type = raw.ty.as_ref().map(|ty| self.type_name(types, ty, report));
        let means = match &raw.meaning {
            None => Means::Nothing,
            Some(raw::Meaning::Plain(meaning)) => Means::Always(self.meanings.known(meaning, report)),
            Some(raw::Meaning::Conditional(all)) => Means::Conditional(
                all.iter()
                    .map(|(meaning, sibling, value)| Condition {
                        meaning: self.meanings.known(meaning, report),
                        sibling,
                        value,
                    })
                    .collect(),
            ),
        };
        let meaning = match (&means, &raw.ty) {
            (Means::Always(meaning), _) => meaning.ok(),
            (Means::Nothing, Some(TypeName::List(element))) => self.list_meaning(types, element),
            _ => None,
        };
        let ty = own_type.unwrap_or_else(|| self.type_of(types, raw, &means, report));
        Field { raw, means, meaning, ty, rust: String::new(), rules: rules::read(raw, false, report) }
    }

    /// What a list means whose elements are things.
    fn list_meaning(&self, types: &Types<'a>, element: &Text) -> Option<Id<Meaning>> {
        let entity = match types.union_ids.get(&element.text) {
            Some(union) => types.unions[*union].entity.clone(),
            None => {
                // Asked of the lines, for the payload itself may not be bound yet.
                let lines =
                    members::lines_of(self.definition, self.applied_envelopes, &element.text, &mut Report::default());
                element_of(
                    lines.into_iter().filter_map(|line| if let Member::Field(one) = line { Some(one) } else { None }),
                )
            }
        };
        self.meanings.list_of(&entity?)
    }

    /// The type that a field says.
    fn type_name(&self, types: &Types<'a>, ty: &TypeName, report: &mut Report) -> Result<Type, ErrorReported> {
        Ok(match ty {
            TypeName::One(name) => self.named(types, name, report)?,
            TypeName::List(name) => Type::List(Box::new(self.named(types, name, report)?)),
        })
    }

    fn named(&self, types: &Types<'a>, name: &Text, report: &mut Report) -> Result<Type, ErrorReported> {
        if let Some(known) = self.find_type(types, &name.text) {
            return Ok(known);
        }
        let definition = self.definition;
        let mut all: Vec<&str> = definition.payloads.names().collect();
        all.extend(definition.unions.names().chain(definition.enums.names()));
        primitive::words().for_each(|word| all.push(word));
        let meant = suggestions::primitive(&name.text).or_else(|| suggestions::suggest(&name.text, all));
        let help = meant.unwrap_or_else(|| "declare it under `payloads:`, `unions:` or `enums:`".to_owned());
        Err(report.push_new("unknown-type", name.place, format!("no type `{}`", name.text), help))
    }

    fn find_type(&self, types: &Types<'a>, name: &str) -> Option<Type> {
        if name == "Body" {
            return Some(Type::Body);
        }
        let primitive = Primitive::parse(name).map(Type::Primitive);
        let union = || types.union_ids.get(name).copied().map(Type::Union);
        let each = || types.enum_ids.get(name).copied().map(Type::Enum);
        let payload = || types.payload_ids.get(name).copied().map(Type::Payload);
        let declared = |_: &Type| self.definition.payloads.has(name);
        primitive.or_else(union).or_else(each).or_else(|| payload().filter(declared))
    }

    /// The type of a field that says none: that of its meaning, or of its constant.
    fn type_of(
        &self,
        types: &Types<'a>,
        raw: &raw::Field,
        means: &Means<'_>,
        report: &mut Report,
    ) -> Result<Type, ErrorReported> {
        let meaning = match means {
            Means::Always(meaning) => *meaning,
            Means::Conditional(all) => match all.first() {
                Some(first) => first.meaning,
                None => return Ok(Type::Primitive(TEXT)),
            },
            Means::Nothing => match &raw.constant {
                Some(constant) => return Ok(Type::Primitive(type_of_constant(&constant.to_json()))),
                None => {
                    let text = format!("`{}` says neither what it means nor what type it has", raw.name.text);
                    return Err(report.push_new(
                        "no-type",
                        raw.name.place,
                        text,
                        "add `is: <meaning>` or `as: <type>`",
                    ));
                }
            },
        }?;
        let meaning = &self.meanings.all[meaning];
        match &meaning.natural {
            Natural::Primitive(primitive) => Ok(Type::Primitive(*primitive)),
            Natural::Key | Natural::OneOf(_) => Ok(Type::Primitive(TEXT)),
            Natural::Entity(name) => Ok(types.declared(name).unwrap_or(Type::Primitive(JSON))),
            Natural::List(inner) => {
                match Primitive::parse(inner).map(Type::Primitive).or_else(|| types.declared(inner)) {
                    Some(inner) => Ok(Type::List(Box::new(inner))),
                    None => {
                        let text =
                            format!("`{}` is a list of `{inner}`, and does not say of which type", raw.name.text);
                        let help = "add `as: [<payload>]`, a payload whose fields mean what the elements have";
                        Err(report.push_new("no-type", raw.name.place, text, help))
                    }
                }
            }
        }
    }

    /// The thing whose qualities fields show, if they show one that the runtime has, and no other.
    fn shown_entity<'f>(&self, fields: impl Iterator<Item = &'f Field<'a>>) -> Option<String>
    where
        'a: 'f,
    {
        let mut only: Option<&str> = None;
        for meaning in fields.filter(|field| !field.raw.name.text.contains('.')).filter_map(|field| field.meaning) {
            let entity = match self.meanings.all[meaning].entity.as_str() {
                "violations" | "violation" => "error",
                entity => entity,
            };
            if only.is_some_and(|only| only != entity) {
                return None;
            }
            only = Some(entity);
        }
        only.filter(|entity| self.words.entities.has(entity)).map(str::to_owned)
    }
}

/// The name on the wire, and the one in Rust that is said.
fn names_of(field: &raw::Field) -> (&str, Option<&str>) {
    (&field.name.text, field.rust.as_ref().map(|rust| rust.text.as_str()))
}

fn rust_members(members: &[EnumMember]) -> Vec<String> {
    let named = members.iter().map(|one| (one.name.text.as_str(), one.rust.as_ref().map(|rust| rust.text.as_str())));
    naming::distinct(&named.collect::<Vec<_>>(), naming::pascal)
}

fn no_variant(union: &Text, variant: &Text, like: &Text, report: &mut Report) -> ErrorReported {
    let text = format!(
        "`{}` is like `{}`, and `{}` has no such variant with fields of its own",
        variant.text, like.text, union.text
    );
    report.push_new("unknown-type", like.place, text, "name a variant of the same union")
}

/// The thing that an element of a list is: the first word of its first meaning.
fn element_of<'f>(mut fields: impl Iterator<Item = &'f raw::Field>) -> Option<String> {
    fields.find_map(|field| match &field.meaning {
        Some(raw::Meaning::Plain(meaning)) => Some(meaning.text.split('.').next().unwrap_or_default().to_owned()),
        _ => None,
    })
}

fn type_of_constant(constant: &serde_json::Value) -> Primitive {
    match constant {
        serde_json::Value::Bool(_) => BOOLEAN,
        serde_json::Value::Number(_) => INTEGER,
        serde_json::Value::String(_) => TEXT,
        _ => JSON,
    }
}
