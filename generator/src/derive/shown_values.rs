//! Which values are handed over for the texts that are made at a step: those that a text shows and that whoever makes it
//! does not have itself.

use super::{Draft, available_values};
use crate::arena::Id;
use crate::language::primitive::Family;
use crate::model::{Choice, Type};
use crate::plan::{Source, TextKind, Value};
use crate::raw::Text;
use crate::resolve::templates::consent_keys;
use crate::resolve::{Behaviour, Meaning, Resolved, Step};
use crate::vocabulary::Natural;

/// What a behaviour shows people.
pub(super) fn kind(behaviour: &Behaviour) -> Option<TextKind> {
    if behaviour.spec.calls.iter().any(|hook| hook == "send_sms") {
        return Some(TextKind::Sms);
    }
    let (gives, needs) = (&behaviour.spec.gives, &behaviour.spec.needs);
    if gives.iter().any(|word| word == "consent.html") {
        return Some(TextKind::Consent);
    }
    // The record of a consent says what was shown.
    let saves = behaviour.spec.calls.iter().any(|hook| hook == "save_consent");
    (saves && needs.iter().any(|word| word == "consent.options")).then_some(TextKind::SavedConsent)
}

/// What the texts of a step show that is handed over to them.
pub(super) fn shows(
    of: &Resolved<'_>,
    draft: &mut Draft<'_, '_>,
    step: &Step<'_>,
    kind: TextKind,
) -> Vec<(Id<Meaning>, Id<Value>)> {
    let inputs = draft.steps.last().map(|step| step.inputs.clone()).unwrap_or_default();
    let has_itself = |meaning: Id<Meaning>| match kind {
        TextKind::Sms => is_of_code(of, step, meaning),
        TextKind::Consent | TextKind::SavedConsent => {
            let named = ["operation.name", "user.id", "organization.id"].contains(&of.meaning(meaning).name.as_str());
            named && inputs.iter().any(|(input, ..)| *input == meaning)
        }
    };
    let mut shows = Vec::new();
    for meaning in of.texts.shown(of.raw, keys(of, step, kind)).iter().filter_map(|name| of.meanings.find(name)) {
        if let Some(setting) = of.setting_of(meaning) {
            shows.push((meaning, draft.values.put(available_values::plain(of, meaning, Source::Setting(setting)))));
            continue;
        }
        let found = draft.available.get(meaning).map(|one| one.value);
        let Some(value) = found.filter(|_| !of.meaning(meaning).is_always) else { continue };
        if can_be_shown(of, &draft.values[value]) && !has_itself(meaning) {
            shows.push((meaning, value));
        }
    }
    shows
}

/// The texts that a step may have to make.
fn keys<'a>(of: &Resolved<'a>, step: &Step<'_>, kind: TextKind) -> Vec<&'a Text> {
    match (kind, step.choice) {
        // A message in the caller's words has no text of the definition.
        (TextKind::Sms, Choice::Code(kind)) if of.declarations.otps[kind].raw.words.is_some() => Vec::new(),
        (TextKind::Sms, choice) => {
            let operations = of.declarations.operations.iter().filter_map(|operation| operation.sms);
            let code =
                if let Choice::Code(kind) = choice { of.declarations.otps[kind].raw.text.as_ref() } else { None };
            operations.chain(code).collect()
        }
        (TextKind::Consent | TextKind::SavedConsent, _) => consent_keys(&of.declarations),
    }
}

/// Whether a kind of code has a value itself: as text, so that what is calculated with is handed over all the same.
fn is_of_code(of: &Resolved<'_>, step: &Step<'_>, meaning: Id<Meaning>) -> bool {
    let Choice::Code(kind) = step.choice else { return false };
    let kind = &of.declarations.otps[kind];
    let calculated = matches!(&of.meaning(meaning).natural,
        Natural::Primitive(one) if matches!(one.row().family, Family::Flag | Family::Integer));
    let mut named = kind.binds.iter().chain(&kind.keeps);
    of.meaning(meaning).name == "otp.code" || !calculated && named.any(|named| named.id == Ok(meaning))
}

/// True for what people can read: a single value, and no secret.
pub(crate) fn can_be_shown(of: &Resolved<'_>, value: &Value) -> bool {
    let is_single = match &value.ty {
        Type::Primitive(one) => !matches!(one.row().family, Family::Secret | Family::Json | Family::Never),
        Type::Enum(_) => true,
        Type::Payload(_) | Type::Union(_) | Type::List(_) | Type::Body => false,
    };
    // A closed set of the runtime has words only on the wire.
    let is_set = of.meaning(value.meaning).set.is_some() && !matches!(value.source, Source::Request { .. });
    let is_there = !matches!(value.source, Source::Gone { .. } | Source::Passed { .. });
    is_single && !is_set && is_there
}
