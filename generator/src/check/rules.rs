//! Rules of fields: arguments that fit, keys where failures list violations by key, fields and enums that exist.

use super::{Cx, possible};
use crate::diagnostic::Diagnostic;
use crate::model::Type;
use crate::naming::near;
use crate::raw::{Field, Member, Rule, Says, Text, TypeName};
use crate::yaml::{Node, Value};

impl<'a> Cx<'a> {
    pub(super) fn check_rules(&mut self) {
        let by_key = self.failure_meanings().iter().any(|(meaning, _)| meaning == "violations.codes");
        let reached = self.reached();
        for (name, members) in self.definition.payloads.iter() {
            let in_request = reached.requests.contains(&name.text);
            self.check_member_rules(members, by_key && in_request);
            let all = self.fields(&name.text);
            for rules in
                members.iter().filter_map(|member| if let Member::Rules(rules) = member { Some(rules) } else { None })
            {
                self.check_at(rules, &name.text, &all);
            }
            for field in self.fields(&name.text) {
                self.check_siblings(field, &all);
            }
        }
        for lines in self.envelope_lines() {
            self.check_member_rules(lines, false);
        }
        for (name, union) in self.definition.unions.iter() {
            self.check_member_rules(&union.every, false);
            for (variant, shape) in union.of.iter() {
                if let crate::raw::Variant::Fields(members) = shape {
                    self.check_member_rules(members, false);
                    let all = self.variant_fields(&name.text, &variant.text);
                    all.iter().for_each(|field| self.check_siblings(field, &all));
                }
            }
        }
    }

    fn check_member_rules(&mut self, members: &'a [Member], by_key: bool) {
        for field in members.iter().filter_map(Member::field) {
            field.rules.iter().for_each(|rule| self.check_argument(field, rule));
            possible::check(self, field);
            self.check_default(field);
            if let Says::Each(keys) = &field.says {
                for (word, _) in keys.iter() {
                    self.known_rule(word);
                }
            }
            for (word, _) in field.raises.iter() {
                self.known_rule(word);
            }
            if by_key {
                self.check_keys(field);
            }
            for kind in field
                .accepts
                .iter()
                .filter(|kind| !["number", "text", "single", "blanks", "separators"].contains(&kind.text.as_str()))
            {
                let text = format!("`{}` is no form that a field may be read from", kind.text);
                self.tell("wrong-value", kind.place, text, "write number, text, single, blanks or separators");
            }
        }
    }

    fn known_rule(&mut self, word: &Text) {
        let all = || crate::check::payloads::RULE_WORDS.into_iter();
        if !all().any(|one| one == word.text) {
            let help = near(&word.text, all()).map(|near| format!("did you mean `{near}`?"));
            let help = help.unwrap_or_else(|| format!("there are: {}", all().collect::<Vec<_>>().join(", ")));
            self.tell("unknown-key", word.place, format!("no rule `{}`", word.text), help);
        }
    }

    fn check_argument(&mut self, field: &Field, rule: &Rule) {
        let number = matches!(rule.value.value, Value::Number(_));
        let text = rule.value.as_text();
        let (fits, wanted) = match rule.word.text.as_str() {
            "min" | "max" | "above" | "scale" | "min_age" => (number, "a number"),
            "pattern" => (text.is_some(), "a regular expression"),
            "one_of" => (matches!(&rule.value.value, Value::List(items) if !items.is_empty()), "a list of values"),
            "latest" => {
                (text.is_some_and(|text| crate::raw::seconds(text).is_some()), "a length of time, such as `24h`")
            }
            "present" => (matches!(rule.value.value, Value::Boolean(true)), "`true`"),
            _ => return,
        };
        if !fits {
            let said = format!("the rule `{}` of `{}` has {wanted} as its argument", rule.word.text, field.name.text);
            self.tell("wrong-value", rule.value.place, said, format!("write {wanted}"));
        }
    }

    /// A default is a value of the field's type.
    fn check_default(&mut self, field: &Field) {
        let Some(default) = &field.default else { return };
        let enum_name = match &field.ty {
            Some(TypeName::One(ty)) if self.definition.enums.has(&ty.text) => ty.text.clone(),
            _ => return self.check_plain_default(field, default),
        };
        let Some(members) = self.definition.enums.get(&enum_name) else { return };
        let text = default.as_text().unwrap_or_default();
        if !members.iter().any(|member| member.name.text == text) {
            let all: Vec<&str> = members.iter().map(|member| member.name.text.as_str()).collect();
            let help = near(text, all.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            let help = help.unwrap_or_else(|| format!("it has: {}", all.join(", ")));
            self.tell("unknown-value", default.place, format!("`{text}` is no member of `{enum_name}`"), help);
        }
    }

    /// A default of another type: of its kind, and empty where it has parts.
    fn check_plain_default(&mut self, field: &Field, default: &Node) {
        let value = default.to_json();
        let (fits, wanted) = match self.model_field(field).ty {
            Type::List(_) => (value.as_array().is_some_and(Vec::is_empty), "an empty list"),
            Type::Primitive(name) => match name.as_str() {
                "boolean" => (value.is_boolean(), "true or false"),
                "integer" => (value.is_i64(), "a whole number"),
                "decimal" => (value.is_number(), "a number"),
                "map" | "json" | "pairs" => (value.as_object().is_some_and(serde_json::Map::is_empty), "an empty map"),
                "text" | "url" | "html" | "email" | "digits" => (value.is_string(), "a text"),
                _ => (false, "nothing, for it has no default"),
            },
            _ => (false, "nothing, for it has no default"),
        };
        if !fits {
            let text = format!("the default of `{}` is {wanted}", field.name.text);
            self.tell("wrong-value", default.place, text, "change it, or make the field optional");
        }
    }

    /// Where failures list violations by key, every rule has one.
    fn check_keys(&mut self, field: &Field) {
        let defaults = &self.definition.validation.says;
        let mut rules: Vec<&str> = field.rules.iter().map(|rule| rule.word.text.as_str()).collect();
        if is_required(field) {
            rules.push("required");
        }
        rules.extend(field.constant.is_some().then_some("const"));
        for rule in rules {
            let said = match &field.says {
                Says::All(_) => true,
                Says::Each(keys) => keys.has(rule) || defaults.has(rule),
                Says::Nothing => defaults.has(rule),
            };
            let raises = field.raises.has(rule);
            if !said && !raises {
                let text = format!("`{}` has the rule `{rule}`, and says nothing when it is broken", field.name.text);
                let or = if rule == "required" { ", or make the field optional" } else { "" };
                self.push(
                    Diagnostic::new("rule-without-key", field.name.place, text)
                        .help(format!("add `says: {{ {rule}: <key> }}`{or}")),
                );
            }
        }
    }

    fn check_at(&mut self, rules: &Field, payload: &str, all: &[&Field]) {
        if let Some(at) = rules.at.as_ref().filter(|at| !all.iter().any(|field| field.name.text == at.text)) {
            let help = near(&at.text, all.iter().map(|field| field.name.text.as_str()))
                .map(|near| format!("did you mean `{near}`?"));
            let text = format!("`{payload}` has no field `{}`", at.text);
            self.push(
                Diagnostic::new("unknown-field", at.place, text).help("name a field of this payload").help_if(help),
            );
        }
    }

    /// A conditional meaning asks a field that stands beside it.
    fn check_siblings(&mut self, field: &Field, all: &[&Field]) {
        let Some(crate::raw::Meaning::Conditional(conditions)) = &field.meaning else { return };
        for (_, sibling, _) in conditions {
            if !all.iter().any(|other| other.name.text == sibling.text) {
                let help = near(&sibling.text, all.iter().map(|field| field.name.text.as_str()))
                    .map(|near| format!("did you mean `{near}`?"));
                let text = format!("there is no field `{}` beside `{}`", sibling.text, field.name.text);
                self.push(
                    Diagnostic::new("unknown-field", sibling.place, text)
                        .help("name a field of the same payload")
                        .help_if(help),
                );
            }
        }
    }
}

/// True for a field that must be there. A constant must, unless it is null.
pub(crate) fn is_required(field: &Field) -> bool {
    let never = field.ty.as_ref().is_some_and(|ty| ty.name().text == "never");
    let nothing = field.constant.as_ref().is_some_and(|always| matches!(always.value, Value::Null));
    !field.optional && !nothing && field.default.is_none() && !never
}
