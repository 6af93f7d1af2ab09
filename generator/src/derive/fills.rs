//! How the response of an endpoint is filled: field by field, of whole things where a step gives one.

use std::collections::HashMap;

use super::reads;
use super::{Draft, DraftFill, available_values, texts};
use crate::arena::Id;
use crate::model::{self, Home, Type};
use crate::plan::{Fill, Filled, Making, PayloadConversion, Record, Source, Value, Want};
use crate::report::Report;
use crate::resolve::{Field, Means, Payload, Resolved};
use crate::vocabulary::Natural;

/// How deep payloads may stand in each other.
const DEEPEST: usize = 16;

/// Finds the value of every field.
pub(super) fn fill(of: &Resolved<'_>, draft: &mut Draft<'_, '_>, report: &mut Report) {
    if let Some(response) = draft.endpoint.response {
        fill_from(of, draft, response, &mut Vec::new(), Lacks::default(), report);
    }
}

/// What may be missing on the way to a field.
#[derive(Clone, Copy, Default)]
struct Lacks {
    /// It may be left unfilled.
    unfilled: bool,
    /// It may be null.
    null: bool,
}

fn fill_from(
    of: &Resolved<'_>,
    draft: &mut Draft<'_, '_>,
    payload: Id<model::Payload>,
    path: &mut Vec<String>,
    around: Lacks,
    report: &mut Report,
) {
    if path.len() > DEEPEST {
        return;
    }
    for field in of.payloads[payload].fields.iter().filter(|field| field.raw.constant.is_none()) {
        path.push(field.raw.name.text.clone());
        fill_field(of, draft, field, path, around, report);
        path.pop();
    }
}

fn fill_field(
    of: &Resolved<'_>,
    draft: &mut Draft<'_, '_>,
    field: &Field<'_>,
    path: &mut Vec<String>,
    around: Lacks,
    report: &mut Report,
) {
    let raw = field.raw;
    let unfilled = around.unfilled || raw.optional || raw.default.is_some();
    let lacks = Lacks { unfilled, null: around.null || raw.optional };
    let (here, place, may_be_null) = (path.clone(), raw.name.place, lacks.null);
    let fill = DraftFill { path: here, meaning: None, value: None, shows: Vec::new(), place, may_be_null };
    if raw.text.is_some() {
        let shows = texts::shown(of, draft, field, report);
        draft.fills.push(DraftFill { shows, ..fill });
    } else if let Some(meaning) = field.meaning {
        let value = value_of(of, draft, meaning);
        if value.is_none() && !lacks.unfilled {
            nothing_gives(of, draft, field, path, report);
        }
        draft.fills.push(DraftFill { meaning: Some(meaning), value, ..fill });
    } else if let Some(inner) = inner(field) {
        draft.fills.push(fill);
        fill_from(of, draft, inner, path, lacks, report);
    } else if field.ty.is_ok() && !lacks.unfilled && !matches!(field.means, Means::Always(Err(_))) {
        means_nothing(draft, field, path, report);
    }
}

/// The payload that is filled field by field: the field's own, or that of the one element of a list that nothing gives.
fn inner(field: &Field<'_>) -> Option<Id<model::Payload>> {
    field.raw.ty.as_ref()?;
    match &field.ty {
        Ok(Type::Payload(inner)) => Some(*inner),
        Ok(Type::List(element)) if !is_given(field.raw) => only_payload(element),
        _ => None,
    }
}

fn means_nothing(draft: &Draft<'_, '_>, field: &Field<'_>, path: &[String], report: &mut Report) {
    let (path, endpoint) = (path.join("."), &draft.endpoint.name.text);
    let text = format!("`{path}` means nothing, so nothing in `{endpoint}` can give it");
    let help = "say what it means, make it optional, or give it a `const` or a `default`";
    report.push_new("unfilled-field", field.raw.name.place, text, help);
}

/// The payload that a list is of.
fn only_payload(element: &Type) -> Option<Id<model::Payload>> {
    if let Type::Payload(inner) = element { Some(*inner) } else { None }
}

/// True for a list that may be left out or has a default, which is what it was before one element could be meant.
fn is_given(raw: &crate::raw::Field) -> bool {
    raw.optional || raw.default.is_some()
}

/// The value that has a meaning at the end.
pub(super) fn value_of(
    of: &Resolved<'_>,
    draft: &mut Draft<'_, '_>,
    meaning: Id<crate::resolve::Meaning>,
) -> Option<Id<Value>> {
    if let Some(setting) = of.setting_of(meaning) {
        return Some(draft.values.put(available_values::plain(of, meaning, Source::Setting(setting))));
    }
    if let Some(one) = draft.available.get(meaning) {
        return Some(one.value);
    }
    let always = of.meaning(meaning).is_always;
    always.then(|| draft.values.put(available_values::plain(of, meaning, Source::Always)))
}

fn nothing_gives(of: &Resolved<'_>, draft: &Draft<'_, '_>, field: &Field<'_>, path: &[String], report: &mut Report) {
    let does: Vec<&str> = draft.steps.iter().map(|step| step.of.name.text.as_str()).collect();
    let meaning = field.meaning.map(|meaning| of.meaning(meaning).name.as_str()).unwrap_or_default();
    let endpoint = &draft.endpoint.name.text;
    let text = format!("`{}` is `{meaning}`, and nothing in `{endpoint}` gives it", path.join("."));
    let help = match does.as_slice() {
        [] => format!("let a behaviour of `{endpoint}` give it, under `does:`"),
        does => {
            let does = does.join("`, `");
            format!("let a behaviour beside `{does}` give it, under the `does:` of `{endpoint}`, or make it `optional`")
        }
    };
    report.push_new("unfilled-field", field.raw.name.place, text, help);
}

/// The answer with every value on its way into its field.
pub(super) fn answer(
    of: &Resolved<'_>,
    draft: &Draft<'_, '_>,
    conversions: &mut Vec<PayloadConversion>,
    report: &mut Report,
) -> Option<Record> {
    let fills = draft.fills.iter().map(|fill| (fill.path.as_slice(), fill)).collect();
    let mut writer = Writer { of, draft, fills, conversions, report };
    Some(writer.record(draft.endpoint.response?, &mut Vec::new(), Want::Plain))
}

struct Writer<'w, 'r, 'a> {
    of: &'w Resolved<'a>,
    draft: &'w Draft<'r, 'a>,
    fills: HashMap<&'w [String], &'w DraftFill>,
    conversions: &'w mut Vec<PayloadConversion>,
    report: &'w mut Report,
}

impl Writer<'_, '_, '_> {
    fn record(&mut self, id: Id<model::Payload>, path: &mut Vec<String>, want: Want) -> Record {
        let payload = &self.of.payloads[id];
        let making = self.making(id, payload, path, want);
        let mut fields = Vec::new();
        for (at, field) in payload.fields.iter().enumerate().filter(|(_, field)| field.raw.constant.is_none()) {
            path.push(field.raw.name.text.clone());
            if let Some(fill) = self.fills.get(path.as_slice()).copied() {
                let is_whole = making != Making::Fields;
                let filled = self.filled(field, fill, path, (is_whole, want));
                fields.push(Filled { field: at, path: path.clone(), meaning: fill.meaning, fill: filled });
            }
            path.pop();
        }
        self.check_conditions(payload, &fields);
        Record { payload: id, making, fields, want }
    }

    /// One field alone decides whether its payload is left out.
    fn check_conditions(&mut self, payload: &Payload<'_>, fields: &[Filled]) {
        let field = |filled: &Filled| payload.fields.get(filled.field);
        let decides = |filled: &&Filled| filled.fill.may_lack() && field(filled).is_some_and(|one| !one.may_lack());
        if let Some(second) = fields.iter().filter(decides).nth(1).and_then(field) {
            let name = &second.raw.name;
            let text = format!("`{}` of `{}` may have no text, and neither may another field", name.text, payload.name);
            self.report.push_new("unfilled-field", name.place, text, "make all of them but one `optional`");
        }
    }

    fn filled(
        &mut self,
        field: &Field<'_>,
        fill: &DraftFill,
        path: &mut Vec<String>,
        (is_whole, around): (bool, Want),
    ) -> Fill {
        let want = if field.may_lack() { Want::Option } else { Want::Plain };
        if let Some(key) = &field.raw.text {
            return texts::filled(self.of, self.draft, field, (key, fill), around, self.report);
        }
        match (fill.meaning, fill.value, &field.ty) {
            (None, _, Ok(Type::Payload(inner))) => Fill::Record(self.record(*inner, path, want)),
            (None, _, Ok(Type::List(element))) => match only_payload(element) {
                Some(inner) => Fill::Only(self.record(inner, path, Want::Plain)),
                None => Fill::Nothing,
            },
            (Some(_), Some(value), Ok(ty)) => {
                let conversions = if is_whole { &mut Vec::new() } else { &mut *self.conversions };
                let sink = reads::AnswerField { field, ty, want, path, is_whole };
                reads::answer(self.of, self.draft, value, &sink, conversions, self.report)
                    .map_or(Fill::Nothing, Fill::Read)
            }
            _ => Fill::Nothing,
        }
    }

    /// How a payload is made: of a whole thing if it shows one, else field by field.
    fn making(&mut self, id: Id<model::Payload>, payload: &Payload<'_>, path: &[String], want: Want) -> Making {
        if !path.is_empty() && self.is_constant(payload) {
            self.conversions.push(PayloadConversion::Default(id));
            return Making::Default;
        }
        let Some(entity) = payload.entity.clone() else { return Making::Fields };
        if self.of.words.echoed.contains(&entity)
            && self.shown_below(path).all(|source| source == Some(&Source::Always))
        {
            self.conversions.push(PayloadConversion::From(id, entity.clone()));
            let inner = payload.fields.iter().filter_map(|field| match &field.ty {
                Ok(Type::Payload(inner)) => Some(*inner),
                _ => None,
            });
            let constant = inner.filter(|inner| self.is_constant(&self.of.payloads[*inner]));
            self.conversions.extend(constant.map(PayloadConversion::Default).collect::<Vec<_>>());
            return Making::Echoed(entity);
        }
        match self.whole(&entity, path) {
            Some((step, access_path)) => {
                self.conversions.push(PayloadConversion::From(id, entity));
                let may_be_none = access_path.iter().any(|access| access.optional) || self.if_known(step);
                if want == Want::Plain && may_be_none {
                    self.conversions.push(PayloadConversion::Default(id));
                }
                Making::Whole { step, access_path }
            }
            None => Making::Fields,
        }
    }

    fn if_known(&self, step: usize) -> bool {
        self.draft.steps.get(step).is_some_and(|step| step.if_known)
    }

    /// What stands below a path: the source of each, if it has one.
    fn shown_below<'s>(&'s self, path: &'s [String]) -> impl Iterator<Item = Option<&'s Source>> + 's {
        let below = self.draft.fills.iter().filter(|fill| fill.path.len() > path.len() && fill.path.starts_with(path));
        let shown = below.filter(|fill| fill.meaning.is_some());
        shown.map(|fill| fill.value.map(|value| &self.draft.values[value].source))
    }

    /// Where the thing is that a payload shows, if all that the payload shows comes from one step.
    fn whole(&self, entity: &str, path: &[String]) -> Option<(usize, crate::plan::AccessPath)> {
        let mut below =
            self.draft.fills.iter().filter(|fill| fill.path.len() > path.len() && fill.path.starts_with(path));
        // A nested payload comes from where the first of what it shows comes from.
        let step_of = |fill: &DraftFill| match fill.meaning {
            Some(_) => fill.value.and_then(|value| self.draft.values[value].source.step()),
            None => self.shown_below(&fill.path).flatten().next().and_then(Source::step),
        };
        let number = step_of(below.next()?)?;
        if !below.all(|fill| step_of(fill) == Some(number)) {
            return None;
        }
        let mut shown =
            self.draft.fills.iter().filter(|fill| fill.path.len() > path.len() && fill.path.starts_with(path));
        if shown.any(|fill| fill.meaning.is_some_and(|meaning| self.is_unreadable_fact(entity, meaning))) {
            return None;
        }
        let step = self.draft.steps.get(number)?;
        Some((number, super::access_paths::entity_path(self.of, step, entity)?))
    }

    /// True for what a definition adds to a thing that keeps it as a text, and that is none.
    fn is_unreadable_fact(&self, entity: &str, meaning: Id<model::Meaning>) -> bool {
        let meaning = self.of.meaning(meaning);
        let has_facts = self.of.words.entity(entity).is_some_and(|one| one.facts);
        let is_text = matches!(&meaning.natural, Natural::Primitive(one) if one.is_text() || one.is_secret());
        has_facts && meaning.home != Home::Shipped && !(is_text && meaning.shape.is_none())
    }

    /// Whether a payload is always the same.
    fn is_constant(&self, payload: &Payload<'_>) -> bool {
        payload.fields.iter().all(|field| {
            let inner = if let Ok(Type::Payload(inner)) = &field.ty { Some(&self.of.payloads[*inner]) } else { None };
            field.raw.constant.is_some() || inner.is_some_and(|inner| !field.may_lack() && self.is_constant(inner))
        })
    }
}
