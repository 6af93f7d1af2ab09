//! Payloads, unions and enums as a whole: every name in them exists, nothing contains itself.

use super::Cx;
use crate::diagnostic::Diagnostic;
use crate::naming::near;
use crate::raw::{Field, Meaning, Member, Text, TypeName, Variant};
use crate::vocabulary::{Natural, PRIMITIVES};

impl Member {
    /// The field, if the line is one.
    pub(crate) fn field(&self) -> Option<&Field> {
        match self {
            Member::Field(field) | Member::Rules(field) => Some(field),
            _ => None,
        }
    }
}

impl TypeName {
    /// The name, in a list or not.
    pub(crate) fn name(&self) -> &Text {
        match self {
            TypeName::One(name) | TypeName::List(name) => name,
        }
    }
}

impl<'a> Cx<'a> {
    /// The lines with `+` filled in.
    pub fn expand_members(&self, members: &'a [Member], depth: usize) -> Vec<&'a Member> {
        let mut lines = Vec::new();
        for member in members {
            match member {
                Member::Include(names) if depth < 16 => {
                    let inside = names.iter().filter_map(|name| self.definition.payloads.get(&name.text));
                    inside.for_each(|inside| lines.extend(self.expand_members(inside, depth + 1)));
                }
                Member::Include(_) => {}
                _ => lines.push(member),
            }
        }
        lines
    }

    /// The fields of a payload, without rules for meanings.
    pub fn fields(&self, name: &str) -> Vec<&'a Field> {
        let lines = self.expand(name);
        lines
            .into_iter()
            .filter_map(|member| if let Member::Field(field) = member { Some(field) } else { None })
            .collect()
    }

    /// The fields of a union's variant: those of every variant, then its own or those of the one that it is like.
    pub fn variant_fields(&self, union: &str, variant: &str) -> Vec<&'a Field> {
        let Some(found) = self.definition.unions.get(union) else { return Vec::new() };
        let own = match found.of.get(variant) {
            Some(Variant::Like(like)) => found.of.get(&like.text),
            other => other,
        };
        let own = if let Some(Variant::Fields(own)) = own { own.as_slice() } else { &[] };
        let lines = self.expand_members(&found.every, 0).into_iter().chain(self.expand_members(own, 0));
        lines.filter_map(|member| if let Member::Field(field) = member { Some(field) } else { None }).collect()
    }

    pub(super) fn check_types(&mut self) {
        let definition = self.definition;
        for (name, members) in definition.payloads.iter() {
            self.check_members(members);
            self.check_twice(&name.text, &self.fields(&name.text));
        }
        for lines in self.envelope_lines() {
            self.check_members(lines);
        }
        for (name, union) in definition.unions.iter() {
            self.check_members(&union.every);
            for (variant, shape) in union.of.iter() {
                match shape {
                    Variant::Fields(members) => self.check_members(members),
                    Variant::Like(like) => {
                        if !matches!(union.of.get(&like.text), Some(Variant::Fields(_))) {
                            let text = format!(
                                "`{}` is like `{}`, and `{}` has no such variant with fields of its own",
                                variant.text, like.text, name.text
                            );
                            self.tell("unknown-type", like.place, text, "name a variant of the same union");
                        }
                    }
                }
                self.check_twice(
                    &format!("{}.{}", name.text, variant.text),
                    &self.variant_fields(&name.text, &variant.text),
                );
            }
            if union.of.iter().next().is_none() {
                self.tell(
                    "empty",
                    name.place,
                    format!("the union `{}` has no variant", name.text),
                    "add some under `of:`",
                );
            }
        }
        for (name, members) in definition.enums.iter() {
            if members.is_empty() {
                self.tell("empty", name.place, format!("the enum `{}` has no member", name.text), "add some");
            }
        }
    }

    fn check_members(&mut self, members: &'a [Member]) {
        for member in members {
            match member {
                Member::Include(names) => {
                    for name in
                        names.iter().filter(|name| name.text != "Body" && !self.definition.payloads.has(&name.text))
                    {
                        let help = near(&name.text, self.definition.payloads.names())
                            .map(|near| format!("did you mean `{near}`?"));
                        self.push(
                            Diagnostic::new("unknown-type", name.place, format!("no payload `{}`", name.text))
                                .help_if(help),
                        );
                    }
                }
                Member::Field(field) => self.check_field(field),
                Member::Rules(field) => {
                    let name = field.name.clone();
                    self.known_meaning(&name);
                    if let Some((meaning, _)) = &field.when {
                        self.known_meaning(meaning);
                    }
                }
                Member::KeepUnknown(_) => {}
            }
        }
    }

    fn check_field(&mut self, field: &'a Field) {
        if let Some(ty) = &field.ty {
            self.known_type(ty.name());
        }
        match &field.meaning {
            Some(Meaning::Plain(meaning)) => {
                self.known_meaning(meaning);
                self.fits(meaning, field);
            }
            Some(Meaning::Conditional(all)) => all.iter().for_each(|(meaning, ..)| self.known_meaning(meaning)),
            None if field.ty.is_none() && field.constant.is_none() => {
                let text = format!("`{}` says neither what it means nor what type it has", field.name.text);
                self.tell("no-type", field.name.place, text, "add `is: <meaning>` or `as: <type>`");
            }
            None => {}
        }
        if let Some((meaning, _)) = &field.when {
            self.known_meaning(meaning);
        }
    }

    /// Tells of a meaning that nobody declares.
    pub fn known_meaning(&mut self, meaning: &Text) {
        if let Some(setting) = meaning.text.strip_prefix("settings.") {
            if !self.definition.settings.has(setting) {
                let help = near(setting, self.definition.settings.names())
                    .map(|near| format!("did you mean `settings.{near}`?"));
                let help = help.unwrap_or_else(|| format!("add `{setting}: <default>` under `settings:`"));
                self.tell("unknown-setting", meaning.place, format!("no setting `{setting}`"), help);
            }
        } else if !self.words.has_meaning(&meaning.text) {
            let help = self.words.near_meaning(&meaning.text);
            self.push(
                Diagnostic::new("unknown-meaning", meaning.place, format!("no meaning `{}`", meaning.text))
                    .help_if(help),
            );
        }
    }

    fn known_type(&mut self, name: &Text) {
        let definition = self.definition;
        let declared = definition.payloads.has(&name.text)
            || definition.unions.has(&name.text)
            || definition.enums.has(&name.text);
        if declared || PRIMITIVES.contains(&name.text.as_str()) || name.text == "Body" {
            return;
        }
        let all = definition.payloads.names().chain(definition.unions.names()).chain(definition.enums.names());
        let near = near(&name.text, all.chain(PRIMITIVES));
        let help = near.map(|near| format!("did you mean `{near}`?"));
        let help = help.or_else(|| Some("declare it under `payloads:`, `unions:` or `enums:`".to_owned()));
        self.push(Diagnostic::new("unknown-type", name.place, format!("no type `{}`", name.text)).help_if(help));
    }

    /// A field that is shown as something else than its meaning can still carry every value of it.
    fn fits(&mut self, meaning: &Text, field: &Field) {
        let natural = self.words.all.meaning(&meaning.text).cloned();
        let (Some(natural), Some(ty)) = (natural, &field.ty) else { return };
        let wire = &ty.name().text;
        if let (Natural::OneOf(values), Some(members)) = (&natural, self.definition.enums.get(wire)) {
            let shown = |value: &String| {
                members.iter().any(|member| member.shows.as_ref().is_some_and(|shows| &shows.text == value))
            };
            // Only a definition's own words can skip a check; what was asked has passed or failed.
            let gone: Vec<String> =
                values.iter().filter(|value| !shown(value) && *value != "skipped").cloned().collect();
            if !gone.is_empty() {
                let text = format!("`{wire}` has no member for `{}` = {}", meaning.text, gone.join(", "));
                let help = format!("add a member that shows it: `<NAME>: {}`", gone.first().map_or("", String::as_str));
                self.tell("incomplete-enum", ty.name().place, text, help);
            }
            let strange: Vec<Text> = members.iter().filter_map(|member| member.shows.clone()).collect();
            let set = self
                .words
                .all
                .set_of_values(values)
                .and_then(|set| self.words.all.sets.get(set))
                .cloned()
                .unwrap_or_default();
            for value in strange.iter().filter(|value| !set.contains(&value.text)) {
                let text = format!("`{}` is no value of `{}`", value.text, meaning.text);
                let help =
                    near(&value.text, set.iter().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
                let help = help.or_else(|| Some(format!("it has: {}", set.join(", "))));
                self.push(Diagnostic::new("unknown-value", value.place, text).help_if(help));
            }
            return;
        }
        if !self.type_carries(&natural, ty) {
            let text = format!("`{}` is {}, and `{}` cannot carry it", meaning.text, describe(&natural), wire);
            self.tell("type-clash", ty.name().place, text, "leave the type out, or take one that carries the meaning");
        }
    }

    fn type_carries(&self, natural: &Natural, ty: &TypeName) -> bool {
        let TypeName::One(wire) = ty else { return matches!(natural, Natural::List(_)) };
        let wire = wire.text.as_str();
        let is_enum = self.definition.enums.has(wire);
        let text = |name: &str| ["text", "url", "html", "email", "digits"].contains(&name);
        let secret = |name: &str| ["secret", "code"].contains(&name);
        match natural {
            Natural::OneOf(values) => wire == "boolean" && values.iter().any(|value| value == "passed") || is_enum,
            Natural::Key => text(wire),
            Natural::List(_) => false,
            Natural::Thing(_) => {
                self.definition.payloads.has(wire) || self.definition.unions.has(wire) || wire == "json"
            }
            Natural::Primitive(name) if name == "json" => self.definition.payloads.has(wire) || wire == "json",
            Natural::Primitive(name) => {
                name == wire || text(name) && (text(wire) || is_enum) || secret(name) && secret(wire)
            }
        }
    }

    /// A field stands once in a payload, also after `+`.
    fn check_twice(&mut self, payload: &str, fields: &[&'a Field]) {
        for (at, field) in fields.iter().enumerate() {
            let before = fields.iter().take(at).find(|other| other.name.text == field.name.text);
            if let Some(before) = before {
                let text = format!("`{payload}` has the field `{}` twice", field.name.text);
                self.push(
                    Diagnostic::new("field-twice", field.name.place, text)
                        .also(before.name.place, "it stands here first"),
                );
            }
        }
    }
}

fn describe(natural: &Natural) -> String {
    match natural {
        Natural::Primitive(name) | Natural::Thing(name) => format!("of the type `{name}`"),
        Natural::Key => "the key of a message".to_owned(),
        Natural::OneOf(values) => format!("one of {}", values.join(", ")),
        Natural::List(inner) => format!("a list of `{inner}`"),
    }
}
