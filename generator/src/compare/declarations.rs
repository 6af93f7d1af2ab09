//! Facts of declarations, the shared definitions beside payloads: settings, codes, sessions, tables, operations, own
//! words, the error table and texts.

use super::facts::Facts;
use crate::arena::Id;
use crate::model::{Adapter, ErrorRow, IdForm, Meaning, OperationKind, OtpKind, Says, SettingValue};
use crate::resolve::Home;
use crate::vocabulary::Natural;

/// Everything that is declared by name, up to hooks of the bank's own.
pub(super) fn write(of: &Adapter, facts: &mut Facts<'_>) {
    facts.below("settings", |facts| {
        for setting in &of.settings {
            match &setting.default {
                SettingValue::Text(text) => facts.put(&setting.path, format!("{text:?}")),
                SettingValue::Boolean(value) => facts.put(&setting.path, value),
                SettingValue::Integer(value) => facts.put(&setting.path, value),
            }
        }
    });
    facts.below("otps", |facts| of.otps.iter().for_each(|kind| otp(of, kind, facts)));
    facts.below("sessions", |facts| {
        for kind in &of.sessions {
            facts.entity(&kind.name, "", |facts| {
                facts.put("idle", &kind.idle);
                facts.names("binds", names(of, &kind.binds));
            });
        }
    });
    facts.below("tables", |facts| {
        for table in &of.tables {
            facts.entity(&table.name, "", |facts| {
                facts.put("key", names(of, &table.key).collect::<Vec<_>>().join(", "));
                facts.names("gives", names(of, &table.gives));
                facts.put("optional", table.optional);
            });
        }
    });
    facts.below("operations", |facts| of.operations.iter().for_each(|kind| operation(of, kind, facts)));
    facts.below("meanings", |facts| {
        for meaning in of.meanings.iter().filter(|meaning| meaning.home == Home::Own) {
            facts.put(&meaning.name, natural(&meaning.natural));
        }
    });
}

fn names<'a>(of: &'a Adapter, ids: &'a [Id<Meaning>]) -> impl Iterator<Item = &'a str> {
    ids.iter().map(|id| of.meanings[*id].name.as_str())
}

fn otp(of: &Adapter, kind: &OtpKind, facts: &mut Facts<'_>) {
    facts.entity(&kind.name, "", |facts| {
        facts.put("alphabet", kind.alphabet.word());
        facts.put("digits", kind.digits);
        facts.put("life", &kind.life);
        facts.put("attempts", kind.attempts);
        facts.maybe("text", kind.text.as_ref());
        let find_by: Vec<&str> = kind.find_by.iter().map(|id| of.meanings[*id].name.as_str()).collect();
        facts.maybe("find_by", (!find_by.is_empty()).then(|| find_by.join(", ")));
        facts.maybe("per_phone", kind.per_phone.as_ref());
        facts.maybe("words", kind.callers_words.then_some("from_caller"));
        facts.maybe("code_mark", kind.code_mark.as_ref());
        facts.names("one_per", names(of, &kind.one_per));
        facts.names("binds", names(of, &kind.binds));
        facts.names("keeps", names(of, &kind.keeps));
        facts.maybe("id_life", kind.id_life_seconds.map(|seconds| format!("{seconds}s")));
        facts.put(
            "id",
            match kind.id {
                IdForm::Uuid => "uuid",
                IdForm::Token => "token",
                IdForm::Code => "code",
            },
        );
    });
}

fn operation(of: &Adapter, kind: &OperationKind, facts: &mut Facts<'_>) {
    facts.entity(&kind.name, "", |facts| {
        facts.names("needs", names(of, &kind.needs));
        facts.maybe("sms", kind.sms.as_ref());
        facts.maybe("accounts", kind.accounts.as_ref());
        facts.put("unknown_user", if kind.silent { "silent" } else { "error" });
        if let Some(consent) = &kind.consent {
            facts.entity("consent", &consent.html, |facts| {
                facts.below("options", |facts| {
                    for option in &consent.options {
                        let required = if option.required { ", required" } else { "" };
                        facts.put(&option.id, format!("{}{required}", option.html));
                    }
                });
            });
        }
    });
}

fn natural(natural: &Natural) -> String {
    match natural {
        Natural::Primitive(primitive) => primitive.word().to_owned(),
        Natural::Key => "key".to_owned(),
        Natural::OneOf(values) => values.join(" | "),
        Natural::Entity(name) => name.clone(),
        Natural::List(inner) => format!("[{inner}]"),
    }
}

/// The error table, and the texts.
pub(super) fn errors(of: &Adapter, facts: &mut Facts<'_>) {
    facts.below("says", |facts| of.says.iter().for_each(|(fault, key)| facts.put(fault, key)));
    facts.below("errors", |facts| of.used_rows().for_each(|(_, one)| row(of, one, facts)));
    facts.below("outside every endpoint", |facts| {
        for answer in &of.answers {
            answer.faults.iter().for_each(|fault| facts.put(fault, &of.rows[answer.row].name));
        }
    });
    facts.below("messages", |facts| {
        for text in &of.texts {
            facts.below(&text.language, |facts| facts.put(&text.key, &text.text));
        }
    });
}

fn row(of: &Adapter, row: &ErrorRow, facts: &mut Facts<'_>) {
    facts.entity(&row.name, "", |facts| {
        facts.put("status", row.status);
        facts.put("code", &row.code);
        facts.put(
            "says",
            match &row.says {
                Says::Key(text) | Says::Text(text) => text.clone(),
                Says::FirstOf(lines) => lines.join(" | "),
            },
        );
        facts.maybe("as", row.shows.map(|id| &of.payloads[id].name));
        row.columns.iter().for_each(|(column, value)| facts.put(column, value));
    });
}
