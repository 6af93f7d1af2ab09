//! Fields of an answer that are filled with a text of the definition: which values it shows, and how each gets into it.

use super::forms::{self, Form};
use super::{Draft, DraftFill, fills};
use crate::arena::Id;
use crate::diagnostic::Diagnostic;
use crate::language::primitive::TEXT;
use crate::model::Type;
use crate::plan::{Fill, Presence, Read, Source, Value, Want};
use crate::raw::Text;
use crate::report::Report;
use crate::resolve::{Field, Meaning, Resolved, suggest_or};

/// The values that a field's text shows, in any language.
pub(super) fn shown(
    of: &Resolved<'_>,
    draft: &mut Draft<'_, '_>,
    field: &Field<'_>,
    report: &mut Report,
) -> Vec<(Id<Meaning>, Id<Value>)> {
    let Some(key) = &field.raw.text else { return Vec::new() };
    let texts = of.raw.messages.iter().filter_map(|(language, texts)| Some((language, &texts.entry(&key.text)?.1)));
    let mut all: Vec<(Id<Meaning>, Id<Value>)> = Vec::new();
    let texts: Vec<(&Text, &Text)> = texts.collect();
    if !texts.iter().any(|(language, _)| language.text == of.default_language()) {
        let language = of.default_language();
        let names = of.raw.messages.get(language).into_iter().flat_map(|texts| texts.names());
        let help = suggest_or(&key.text, names, format!("add it to `messages/{language}.yaml`"));
        report.push_new("missing-text", key.place, format!("`{language}` has no text `{}`", key.text), help);
    }
    for (language, text) in texts {
        let template = of.texts.get(&language.text, &key.text);
        for name in template.iter().flat_map(|template| template.shows()) {
            let found = of.meanings.find(name).and_then(|id| Some((id, fills::value_of(of, draft, id)?)));
            match found {
                Some(found) if all.iter().any(|(id, _)| *id == found.0) => {}
                Some(found) => all.push(found),
                None => {
                    let endpoint = &draft.endpoint.name.text;
                    let text_of = format!(
                        "`{}` ({}) shows `{name}`, which is not at hand in `{endpoint}`",
                        key.text, language.text
                    );
                    let diagnostic =
                        Diagnostic::new("unknown-value", text.place, text_of).also(key.place, "it fills this field");
                    report.push(diagnostic.help("show what the request means or a behaviour of the endpoint gives"));
                }
            }
        }
    }
    all
}

/// The text with every value on its way into it.
pub(super) fn filled(
    of: &Resolved<'_>,
    draft: &Draft<'_, '_>,
    field: &Field<'_>,
    (key, fill): (&Text, &DraftFill),
    around: Want,
    report: &mut Report,
) -> Fill {
    // Without the text the field is left out, or the optional payload that it stands in.
    let may_be_left_out = field.may_lack() || around == Want::Option;
    let mut values = Vec::new();
    // Where a value may be absent, so may the text.
    let may_lack = |(_, value): &(Id<Meaning>, Id<Value>)| matches!(draft.values[*value].presence, Presence::Maybe(_));
    let is_optional = may_be_left_out && fill.shows.iter().any(may_lack);
    for (meaning, value) in &fill.shows {
        let available = &draft.values[*value];
        let (name, path) = (&of.meaning(*meaning).name, fill.path.join("."));
        let is_there = !matches!(available.presence, Presence::Maybe(_));
        if !is_there && !may_be_left_out {
            let text = format!("the text of `{path}` shows `{name}`, and there may be none");
            let help = "show what is always there, or make the field or its payload `optional`: without the value it is left out";
            report.push_new("unfilled-field", key.place, text, help);
            continue;
        }
        if matches!(available.source, Source::Gone { .. }) {
            return Fill::Nothing;
        }
        let conversion = forms::conversion(of, &Form::of_value(of, available), &Form::of_type(&Type::Primitive(TEXT)));
        match conversion {
            Some(conversion) => {
                let want = match available.presence {
                    _ if is_optional => Want::Option,
                    Presence::Proved => Want::Sure,
                    _ => Want::Plain,
                };
                values.push((*meaning, Read { value: *value, conversion, want }));
            }
            None => {
                let text = format!("the text of `{path}` cannot show `{name}` as it is here");
                report.push_new(
                    "type-clash",
                    key.place,
                    text,
                    "show a value that is a text, a number, a day or a time",
                );
            }
        }
    }
    let is_text = matches!(&field.ty, Ok(Type::Primitive(one)) if one.is_text());
    if !is_text && field.ty.is_ok() {
        let text = format!("`{}` has a text, and is none", fill.path.join("."));
        report.push_new("type-clash", key.place, text, "say `as: text`, or `as: url` for a link");
    }
    let is_link = matches!(&field.ty, Ok(Type::Primitive(one)) if *one == "url");
    Fill::Text { key: key.text.clone(), is_link, values }
}
