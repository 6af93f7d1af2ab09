//! Facts of what callers see: name and base, how JSON is written, envelopes, payloads, unions and enums.

use serde_json::Value as Json;

use super::facts::Facts;
use crate::arena::Id;
use crate::model::{Adapter, Callers, Field, Meaning, Need, Payload, Placement, Rule, Then, Type};

/// The definition as a whole.
pub(super) fn top(of: &Adapter, facts: &mut Facts<'_>) {
    facts.put("adapter", &of.name);
    facts.put("title", &of.title);
    facts.put("version", &of.version);
    facts.maybe("base", Some(&of.base).filter(|base| !base.is_empty()));
    facts.put(
        "callers",
        match &of.callers {
            Callers::None(reason) => format!("none: {reason}"),
            Callers::Bearer => "bearer".to_owned(),
            Callers::Basic(realm) => format!("basic: {realm}"),
        },
    );
    wire(of, facts);
    let validation = &of.validation;
    facts.below("validation", |facts| {
        facts.put("blank", if validation.blank_is_empty { "empty" } else { "text" });
        facts.below("says", |facts| validation.says.iter().for_each(|(rule, key)| facts.put(rule, key)));
        facts.below("codes", |facts| {
            facts.put("field", validation.field_codes.join(", "));
            facts.put("body", validation.body_codes.join(", "));
        });
        facts.below("types", |facts| validation.types.iter().for_each(|(ty, name)| facts.put(ty, name)));
    });
}

fn wire(of: &Adapter, facts: &mut Facts<'_>) {
    let wire = &of.wire;
    let word = |is: bool, yes: &'static str, no: &'static str| if is { yes } else { no };
    facts.below("wire", |facts| {
        facts.put("unknown_fields", word(wire.reject_unknown_fields, "reject", "ignore"));
        facts.put("field_names", word(wire.any_case_fields, "any_case", "exact"));
        facts.put("enum_names", word(wire.any_case_enums, "any_case", "exact"));
        facts.put("nulls", word(wire.omit_nulls, "omit", "send"));
        facts.names("text_accepts", wire.text_accepts.iter().map(String::as_str));
        facts.names("decimal_accepts", wire.decimal_accepts.iter().map(String::as_str));
        facts.put("length", word(wire.length_utf16, "utf16", "chars"));
        facts.maybe("times", wire.times.as_ref());
        facts.put("phones", word(wire.phones_digits, "digits", "international"));
        facts.put("empty_body", word(wire.empty_body, "allowed", "refused"));
        facts.maybe("body_limit", wire.body_limit);
    });
}

/// What stands around bodies.
pub(super) fn envelopes(of: &Adapter, facts: &mut Facts<'_>) {
    let envelope = &of.envelope;
    facts.below("envelope", |facts| {
        for (key, shape) in [("request", &envelope.request), ("success", &envelope.success)] {
            if let Some(shape) = shape {
                facts.entity(key, "", |facts| fields(of, shape, facts));
            }
        }
        if let Some(failure) = &envelope.failure {
            let name = failure.declared.map(|id| of.payloads[id].name.as_str()).unwrap_or_default();
            facts.entity("failure", name, |facts| {
                if failure.declared.is_none() {
                    fields(of, &failure.payload, facts);
                }
            });
        }
        facts.put("failure_type", &envelope.failure_type);
    });
    facts.below("envelopes", |facts| {
        for failure in &of.failures {
            facts.entity(&failure.payload.name, "", |facts| fields(of, &failure.payload, facts));
        }
    });
}

/// Types that something reaches.
pub(super) fn types(of: &Adapter, facts: &mut Facts<'_>) {
    let carried: Vec<Id<Payload>> =
        of.unions.iter().flat_map(|union| union.variants.iter().map(|variant| variant.payload)).collect();
    facts.below("payloads", |facts| {
        let reached = of.payloads.pairs().filter(|(_, payload)| payload.in_request || payload.in_response);
        for (_, payload) in reached.filter(|(id, _)| !carried.contains(id)) {
            facts.entity(&payload.name, "", |facts| fields(of, payload, facts));
        }
    });
    facts.below("unions", |facts| {
        for union in of.unions.iter().filter(|union| union.is_reached) {
            facts.entity(&union.name, "", |facts| {
                facts.put("tag", &union.tag);
                facts.put("unknown", if union.echo_unknown { "echo" } else { "refuse" });
                facts.below("of", |facts| {
                    let mut seen: Vec<Id<Payload>> = Vec::new();
                    for variant in &union.variants {
                        let payload = &of.payloads[variant.payload];
                        let is_like = seen.contains(&variant.payload);
                        facts.entity(&variant.wire, if is_like { &payload.name } else { "" }, |facts| {
                            if !is_like {
                                fields(of, payload, facts);
                            }
                        });
                        seen.push(variant.payload);
                    }
                });
            });
        }
    });
    facts.below("enums", |facts| {
        for one in of.enums.iter().filter(|one| one.is_reached) {
            facts.entity(&one.name, "", |facts| {
                for member in &one.members {
                    let number = member.number.map(|number| format!("number {number}"));
                    let parts: Vec<String> = member.shows.iter().chain(&member.also).cloned().chain(number).collect();
                    facts.put(&member.wire, parts.join(", "));
                }
            });
        }
    });
}

fn fields(of: &Adapter, payload: &Payload, facts: &mut Facts<'_>) {
    if payload.as_list {
        facts.put("written as", "a list");
    }
    if payload.echo_unknown {
        facts.put("unknown", "echo");
    }
    for field in &payload.fields {
        facts.entity(&field.wire, short(of, field), |facts| {
            if let Need::Default(value) = &field.need {
                facts.put("default", json(value));
            }
            facts.names("also", field.also.iter().map(String::as_str));
            facts.names("accepts", field.accepts.iter().map(String::as_str));
            facts.maybe("format", field.format.as_ref());
            facts.maybe("in", placement(field));
            rules(&field.rules, facts);
        });
    }
    for then in &payload.then {
        facts.entity(&of.meanings[then.meaning].name, "", |facts| {
            conditions(of, then, facts);
            rules(&then.rules, facts);
        });
    }
}

fn conditions(of: &Adapter, then: &Then, facts: &mut Facts<'_>) {
    facts.maybe("at", then.at.as_ref());
    let when = then.when.as_ref().map(|(id, value)| format!("{}: {value}", of.meanings[*id].name));
    facts.maybe("when", when);
    if then.if_needed {
        facts.put("asked of", "operations that need it");
    }
}

fn rules(rules: &[Rule], facts: &mut Facts<'_>) {
    for rule in rules {
        let word = rule.word();
        facts.put(word, rule.constraint.argument().map_or("true".to_owned(), |argument| json(&argument)));
        facts.below("says", |facts| facts.maybe(word, rule.key.as_ref()));
        facts.below("raises", |facts| facts.maybe(word, rule.raises.as_ref()));
    }
}

/// The placement of a field that is no member of the body.
fn placement(field: &Field) -> Option<&'static str> {
    match field.placement {
        Placement::Body => None,
        Placement::Query => Some("query"),
        Placement::Header => Some("header"),
        Placement::WholeBody => Some("body"),
    }
}

/// A field as its short form would say it: `optional user.id as text`.
fn short(of: &Adapter, field: &Field) -> String {
    let name = |id: &Id<Meaning>| of.meanings[*id].name.clone();
    let mut words: Vec<String> = Vec::new();
    if field.may_lack() {
        words.push("optional".to_owned());
    }
    words.extend(field.meaning.iter().map(name));
    for (id, sibling, value) in &field.conditional {
        words.push(format!("{} where {sibling} is {value}", name(id)));
    }
    let ty = type_name(of, &field.ty);
    words.push(if words.iter().any(|word| word != "optional") { format!("as {ty}") } else { ty });
    if let Some(constant) = field.constant() {
        words.push(format!("always {}", json(constant)));
    }
    words.join(" ")
}

fn type_name(of: &Adapter, ty: &Type) -> String {
    match ty {
        Type::Primitive(primitive) => primitive.word().to_owned(),
        Type::Payload(id) => of.payloads[*id].name.clone(),
        Type::Union(id) => of.unions[*id].name.clone(),
        Type::Enum(id) => of.enums[*id].name.clone(),
        Type::List(inner) => format!("[{}]", type_name(of, inner)),
        Type::Body => "Body".to_owned(),
    }
}

/// A value without the quotes of a text.
fn json(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
