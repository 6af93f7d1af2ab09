//! `settings.rs`: what may be set without generating again, and what the kinds of codes bind and keep.

use serde::Serialize;

use super::escaping::{literal, meaning};
use super::scope::{Scope, type_name};
use crate::arena::Id;
use crate::model::{Alphabet, IdForm, LookUpTable, Meaning, OtpKind, SessionKind, SettingValue};
use crate::naming;
use crate::vocabulary::Natural;

/// What the template receives.
#[derive(Serialize)]
pub struct View {
    source: String,
    settings: Vec<Setting>,
    tables: Vec<TableView>,
    codes: Vec<Code>,
    sessions: Vec<Code>,
}

#[derive(Serialize)]
struct TableView {
    arguments: String,
    name: String,
    row: String,
}

#[derive(Serialize)]
struct Setting {
    path: String,
    default: String,
    name: String,
    r#type: &'static str,
}

#[derive(Serialize)]
struct Code {
    docs: String,
    arguments: String,
    name: String,
    fields: Vec<CodeFieldView>,
}

#[derive(Serialize)]
struct CodeFieldView {
    attribute: String,
    name: String,
    r#type: String,
}

/// A field of a code's struct.
pub struct CodeField {
    pub name: String,
    /// It holds a thing that is put together from the request.
    pub gathered: bool,
    bound: Vec<Id<Meaning>>,
    kept: Vec<Id<Meaning>>,
    ty: String,
}

impl CodeField {
    /// Whether the field has this meaning.
    pub fn means(&self, meaning: Id<Meaning>) -> bool {
        self.bound.iter().chain(&self.kept).any(|own| *own == meaning)
    }
}

/// Builds the view.
pub fn view(scope: &Scope<'_>) -> View {
    let adapter = scope.adapter;
    View {
        source: super::escaping::doc(&adapter.source),
        settings: adapter.settings.iter().map(setting).collect(),
        tables: adapter.tables.iter().map(table).collect(),
        codes: adapter.otps.iter().map(|kind| code(scope, kind)).collect(),
        sessions: adapter.sessions.iter().map(|kind| session(scope, kind)).collect(),
    }
}

fn setting(setting: &crate::model::Setting) -> Setting {
    let (default, ty) = match &setting.default {
        SettingValue::Text(text) => (literal(text), "String"),
        SettingValue::Boolean(yes) => (yes.to_string(), "bool"),
        SettingValue::Integer(number) => (number.to_string(), "i64"),
    };
    Setting { path: literal(&setting.path), default, name: field_of(&setting.path), r#type: ty }
}

fn table(table: &LookUpTable) -> TableView {
    let optional = if table.optional { ", optional" } else { "" };
    let arguments = format!("{}{optional}", literal(&format!("tables.{}", table.name)));
    TableView { arguments, name: field_of(&table.name), row: super::tables::row_name(table) }
}

/// The Rust field of a setting.
pub fn field_of(path: &str) -> String {
    naming::variable(path)
}

/// The struct of a kind of code.
pub fn code_name(kind: &OtpKind) -> String {
    format!("{}Otp", type_name(&kind.name))
}

/// The struct of a kind of session.
pub fn session_name(kind: &SessionKind) -> String {
    format!("{}Session", type_name(&kind.name))
}

fn session(scope: &Scope<'_>, kind: &SessionKind) -> Code {
    let field = |id: &Id<Meaning>| {
        let word = &scope.meaning(*id).name;
        let attribute = format!("bound({})", meaning(word));
        CodeFieldView { attribute, name: naming::variable(word), r#type: "Option<String>".to_owned() }
    };
    Code {
        docs: format!("A session of the kind `{}`, and what it is bound to.", super::escaping::doc(&kind.name)),
        arguments: format!("name = {}, idle = {}", literal(&kind.name), literal(&kind.idle)),
        name: session_name(kind),
        fields: kind.binds.iter().map(field).collect(),
    }
}

/// The fields of a code's struct: one a meaning, but one for all qualities of a thing that is put together.
pub fn code_fields(scope: &Scope<'_>, kind: &OtpKind) -> Vec<CodeField> {
    let mut fields: Vec<CodeField> = Vec::new();
    let bound = kind.binds.iter().map(|meaning| (meaning, true));
    for (id, is_bound) in bound.chain(kind.keeps.iter().map(|meaning| (meaning, false))) {
        let word = scope.meaning(*id);
        let name = if word.is_gathered { word.entity.clone() } else { naming::variable(&word.name) };
        let at = fields.iter().position(|field| field.name == name).unwrap_or_else(|| {
            let ty = match word.is_gathered {
                true => scope.entity(&word.entity),
                false => format!("Option<{}>", value_type(scope, word)),
            };
            fields.push(CodeField { name, gathered: word.is_gathered, bound: Vec::new(), kept: Vec::new(), ty });
            fields.len() - 1
        });
        let Some(field) = fields.get_mut(at) else { continue };
        if is_bound { &mut field.bound } else { &mut field.kept }.push(*id);
    }
    fields
}

/// The runtime's type of a value that is bound or kept.
fn value_type(scope: &Scope<'_>, word: &Meaning) -> String {
    match &word.natural {
        Natural::Primitive(of) if of.row().in_codes() => scope.natural(&word.natural),
        _ => "String".to_owned(),
    }
}

fn code(scope: &Scope<'_>, kind: &OtpKind) -> Code {
    let fields = code_fields(scope, kind).into_iter().map(|field| CodeFieldView {
        attribute: attribute(scope, &field),
        name: field.name,
        r#type: field.ty,
    });
    Code {
        docs: format!("A code of the kind `{}`, and what it is good for.", super::escaping::doc(&kind.name)),
        arguments: arguments(scope, kind),
        name: code_name(kind),
        fields: fields.collect(),
    }
}

fn attribute(scope: &Scope<'_>, field: &CodeField) -> String {
    let words = |word: &str, meanings: &[Id<Meaning>]| {
        let listed: Vec<String> = meanings.iter().map(|each| meaning(&scope.meaning(*each).name)).collect();
        (!listed.is_empty()).then(|| format!("{word}({})", listed.join(", ")))
    };
    let both = [words("bound", &field.bound), words("kept", &field.kept)];
    both.into_iter().flatten().collect::<Vec<_>>().join("]\n#[")
}

/// Seconds as people write them: `1h`.
fn span(seconds: u64) -> String {
    match seconds {
        hours if hours % 3600 == 0 => format!("{}h", hours / 3600),
        minutes if minutes % 60 == 0 => format!("{}m", minutes / 60),
        seconds => format!("{seconds}s"),
    }
}

fn arguments(scope: &Scope<'_>, kind: &OtpKind) -> String {
    let mut arguments = vec![format!("name = {}", literal(&kind.name))];
    if kind.alphabet != Alphabet::Digits {
        arguments.push(format!("alphabet = {}", literal(kind.alphabet.word())));
    }
    arguments.push(format!("digits = {}", kind.digits));
    arguments.push(format!("life = {}", literal(&kind.life)));
    arguments.push(format!("attempts = {}", kind.attempts));
    arguments.extend(kind.text.as_ref().map(|text| format!("text = {}", literal(text))));
    arguments.extend(kind.code_mark.as_ref().map(|mark| format!("code_mark = {}", literal(mark))));
    arguments.extend(kind.id_life_seconds.map(|seconds| format!("id_life = {}", literal(&span(seconds)))));
    arguments.extend(match kind.id {
        IdForm::Uuid => None,
        IdForm::Token => Some("id = token".to_owned()),
        IdForm::Code => Some("id = code".to_owned()),
    });
    arguments.extend(kind.numbers.then(|| "numbers".to_owned()));
    arguments.extend(kind.per_phone.as_ref().map(|limit| format!("per_phone = {}", literal(limit))));
    if !kind.one_per.is_empty() {
        let meanings: Vec<String> = kind.one_per.iter().map(|each| meaning(&scope.meaning(*each).name)).collect();
        arguments.push(format!("one_per({})", meanings.join(", ")));
    }
    if !kind.find_by.is_empty() {
        let meanings: Vec<String> = kind.find_by.iter().map(|each| meaning(&scope.meaning(*each).name)).collect();
        arguments.push(format!("find_by({})", meanings.join(", ")));
    }
    if !kind.shortens.is_empty() {
        let meanings: Vec<String> = kind.shortens.iter().map(|each| meaning(&scope.meaning(*each).name)).collect();
        arguments.push(format!("shortens({})", meanings.join(", ")));
    }
    arguments.join(", ")
}
