//! Declarations of the model, the shared definitions that endpoints use by name: kinds of codes and sessions, tables,
//! operations, hooks, settings and texts.

use super::ids;
use super::internal_error::{InternalError, required};
use crate::arena::Id;
use crate::derive::{Derived, hook_inputs};
use crate::model;
use crate::plan::Want;
use crate::raw::{self, Consent, Entries, Text};
use crate::resolve::{Operation, OtpKind, Resolved, SessionKind, Setting, TableKind};
use crate::yaml::Value;

fn names(all: &[Text]) -> Vec<String> {
    all.iter().map(|one| one.text.clone()).collect()
}

fn pairs(all: &Entries<Text>) -> Vec<(String, String)> {
    all.iter().map(|(key, value)| (key.text.clone(), value.text.clone())).collect()
}

pub(super) fn wire(wire: &raw::Wire) -> model::Wire {
    model::Wire {
        reject_unknown_fields: wire.reject_unknown_fields,
        omit_nulls: wire.omit_nulls,
        text_accepts: names(&wire.text_accepts),
        decimal_accepts: names(&wire.decimal_accepts),
        length_utf16: wire.length_utf16,
        times: wire.times.as_ref().map(|times| times.text.clone()),
        phones_digits: wire.phones_digits,
        body_limit: wire.body_limit,
        any_case_fields: wire.any_case_fields,
        any_case_enums: wire.any_case_enums,
        empty_body: wire.empty_body,
    }
}

pub(super) fn validation(validation: &raw::Validation) -> model::Validation {
    model::Validation {
        blank_is_empty: validation.blank_is_empty,
        says: pairs(&validation.says),
        field_codes: names(&validation.field_codes),
        body_codes: names(&validation.body_codes),
        types: pairs(&validation.types),
    }
}

pub(super) fn setting(setting: &Setting<'_>) -> Result<model::Setting, InternalError> {
    let default = match setting.default {
        Value::Boolean(value) => Some(model::SettingValue::Boolean(*value)),
        Value::Number(number) => number.as_i64().map(model::SettingValue::Integer),
        Value::Text(text) => Some(model::SettingValue::Text(text.clone())),
        _ => None,
    };
    Ok(model::Setting { path: setting.name.text.clone(), default: required(default, "the default of a setting")? })
}

pub(super) fn otp(of: &Resolved<'_>, kind: &OtpKind<'_>) -> Result<model::OtpKind, InternalError> {
    let otp = kind.raw;
    let (life_seconds, life) = required(otp.life.as_ref(), "the life of a code")?;
    Ok(model::OtpKind {
        name: kind.name.text.clone(),
        alphabet: if otp.is_base32() { model::Alphabet::Base32 } else { model::Alphabet::Digits },
        digits: required(otp.digits, "the length of a code")?.0,
        life_seconds: *life_seconds,
        life: life.text.clone(),
        attempts: otp.attempts.map_or(5, |(attempts, _)| attempts),
        text: otp.text.as_ref().map(|text| text.text.clone()),
        one_per: ids(&kind.one_per)?,
        find_by: ids(&kind.find_by)?,
        shortens: shortened(of, ids(&kind.binds)?, ids(&kind.keeps)?),
        binds: ids(&kind.binds)?,
        keeps: ids(&kind.keeps)?,
        id_life_seconds: otp.id_life.as_ref().map(|(seconds, _)| *seconds),
        id: match otp.id.as_ref().map(|id| id.text.as_str()) {
            Some("token") => model::IdForm::Token,
            Some("code") => model::IdForm::Code,
            _ => model::IdForm::Uuid,
        },
        numbers: takes_numbers(of),
        per_phone: otp.per_phone.as_ref().map(|text| text.text.clone()),
        callers_words: otp.words.is_some(),
        code_mark: otp.code_mark.as_ref().map(|mark| mark.text.clone()),
    })
}

/// The meanings whose values a message may cut.
fn shortened(
    of: &Resolved<'_>,
    binds: Vec<Id<model::Meaning>>,
    keeps: Vec<Id<model::Meaning>>,
) -> Vec<Id<model::Meaning>> {
    binds.into_iter().chain(keeps).filter(|id| of.meaning(*id).is_shortened).collect()
}

/// True if some field reads a code as a number.
fn takes_numbers(of: &Resolved<'_>) -> bool {
    let fields = of.raw.payloads.iter().flat_map(|(_, members)| members).filter_map(raw::Member::field);
    fields.into_iter().any(|field| {
        let is_code = matches!(&field.meaning, Some(raw::Meaning::Plain(meaning)) if meaning.text == "otp.code");
        is_code && field.accepts.iter().any(|kind| kind.text == "number")
    })
}

pub(super) fn session(kind: &SessionKind<'_>) -> Result<model::SessionKind, InternalError> {
    let (_, idle) = required(kind.raw.idle.as_ref(), "the idle time of a session")?;
    Ok(model::SessionKind { name: kind.name.text.clone(), idle: idle.text.clone(), binds: ids(&kind.binds)? })
}

pub(super) fn table(table: &TableKind<'_>) -> Result<model::LookUpTable, InternalError> {
    Ok(model::LookUpTable {
        name: table.name.text.clone(),
        key: ids(&table.key)?,
        gives: ids(&table.gives)?,
        optional: table.raw.optional,
    })
}

/// Operations; their consents only where an endpoint asks for one.
pub(super) fn operations(of: &Resolved<'_>, asks: bool) -> Result<Vec<model::OperationKind>, InternalError> {
    let operation = |operation: &Operation<'_>| {
        Ok(model::OperationKind {
            name: operation.name.text.clone(),
            needs: ids(&operation.needs)?,
            sms: operation.sms.map(|sms| sms.text.clone()),
            accounts: operation.accounts.map(|accounts| accounts.text.clone()),
            consent: operation.consent.filter(|_| asks).map(consent),
            silent: operation.silent,
        })
    };
    of.declarations.operations.iter().map(operation).collect()
}

fn consent(consent: &Consent) -> model::Consent {
    let line = |(id, (html, required)): &(Text, (Text, bool))| model::ConsentLine {
        id: id.text.clone(),
        html: html.text.clone(),
        required: *required,
    };
    model::Consent { html: consent.html.text.clone(), options: consent.options.iter().map(line).collect() }
}

/// All texts but those of consents that nobody asks for; the default language first.
pub(super) fn texts(of: &Resolved<'_>, asks: bool) -> Vec<model::Text> {
    let consents = of.declarations.operations.iter().filter_map(|operation| operation.consent);
    let consents: std::collections::HashSet<&str> = consents
        .flat_map(|consent| {
            let lines = consent.options.iter().map(|(_, (html, _))| html.text.as_str());
            std::iter::once(consent.html.text.as_str()).chain(lines)
        })
        .collect();
    let first = of.default_language();
    let mut languages: Vec<_> = of.raw.messages.iter().collect();
    languages.sort_by_key(|(language, _)| (language.text != first, language.text.clone()));
    let mut all = Vec::new();
    for (language, texts) in languages {
        for (key, text) in texts.iter().filter(|(key, _)| asks || !consents.contains(key.text.as_str())) {
            all.push(model::Text { language: language.text.clone(), key: key.text.clone(), text: text.text.clone() });
        }
    }
    all
}

/// The hooks that the bank writes, as far as an endpoint calls them.
pub(super) fn own_hooks(of: &Resolved<'_>, derived: &[Derived]) -> Vec<model::OwnHook> {
    let mut all = Vec::new();
    for (id, behaviour) in of.behaviours.pairs().filter(|(_, behaviour)| behaviour.spec.rust.is_none()) {
        let mut endpoints = Vec::new();
        let mut plain = std::collections::HashSet::new();
        for one in derived {
            for step in one.plan.steps.iter().filter(|step| step.behaviour == id) {
                endpoints.push(one.name.clone());
                let sure = step.inputs.iter().filter(|input| input.read.want() != Want::Option);
                plain.extend(sure.map(|input| input.meaning));
            }
        }
        if endpoints.is_empty() {
            continue;
        }
        all.push(model::OwnHook {
            name: behaviour.name.clone(),
            behaviour: id,
            inputs: hook_inputs(behaviour).into_iter().map(|meaning| (meaning, !plain.contains(&meaning))).collect(),
            gives: behaviour.gives.iter().flat_map(|give| give.meanings.clone()).collect(),
            fails: behaviour.spec.refuses.iter().chain(&behaviour.spec.fails).cloned().collect(),
            endpoints,
        });
    }
    all
}
