//! What was derived, as a text that a bank's developer can follow without the manual: a calculation, line by line.
//! It reads the model and the words alone, so it shows what is generated and nothing else.

mod endpoint;
mod faults;
mod key;
mod lines;
mod request;
mod word;

use crate::arena::Id;
use crate::diagnostic::codes;
use crate::language::about;
use crate::model::{Adapter, Alphabet, Callers, Endpoint, IdForm, Meaning};
use crate::naming::near;
use crate::plan::Step;
use crate::vocabulary::Vocabulary;
use lines::{Lines, Table, list, short};

/// The long text of a diagnostic.
pub fn diagnostic(id: &str) -> Option<&'static str> {
    codes::find(id).map(|code| code.long)
}

/// A word of the vocabulary, or all of them for `words`.
///
/// # Errors
/// The nearest word, if there is one, for what is none.
pub fn word(name: &str) -> Result<String, Option<String>> {
    let Ok(words) = Vocabulary::shipped() else { return Err(None) };
    if name == "words" {
        let key = key::one(name).map(|key| format!("\n{key}")).unwrap_or_default();
        return Ok(word::all(words) + &key);
    }
    // Some words are of both: `user`, a thing, and `text`, a type and a key.
    let both: Vec<String> = [word::one(words, name), key::one(name)].into_iter().flatten().collect();
    if both.is_empty() {
        let nearest = near(name, word::names(words)).or_else(|| near(name, about::names()));
        return Err(nearest.map(str::to_owned));
    }
    Ok(both.join("\n"))
}

/// The adapter as a whole, or one of its endpoints.
pub fn explain(of: &Adapter, endpoint_name: Option<&str>) -> String {
    endpoint_name.map_or_else(|| adapter(of), |name| endpoint(of, name))
}

/// One endpoint; empty if there is none of this name.
pub fn endpoint(of: &Adapter, name: &str) -> String {
    let found: Option<&Endpoint> = of.endpoints.iter().find(|endpoint| endpoint.name == name);
    found.map(|found| endpoint::text(of, found)).unwrap_or_default()
}

/// What holds for all endpoints, and a line for each.
pub fn adapter(of: &Adapter) -> String {
    let mut text = Lines::default();
    text.head(&format!("{} {}", of.title, of.version), &of.source);
    if let Some(extends) = &of.extends {
        text.line(&format!("It extends {extends}."));
    }
    match &of.callers {
        Callers::None(reason) => {
            text.line(&format!("Anybody who reaches the port may call, unless the settings say otherwise: {reason}."));
        }
        Callers::Bearer => text.line("Whoever shows a bearer token of the settings may call."),
        Callers::Basic(_) => text.line("Whoever shows an access id and a key of the settings may call."),
    }
    text.blank();
    endpoints(of, &mut text);
    codes_of(of, &mut text);
    operations(of, &mut text);
    text.line("Answers outside every endpoint");
    let mut table = Table::default();
    for answer in &of.answers {
        for fault in &answer.faults {
            table.row([fault, "->", &faults::row_text(&of.rows[answer.row])]);
        }
    }
    text.table(&table);
    text.blank();
    text.line(&format!(
        "More: countersign explain {} <endpoint>",
        of.source.strip_prefix("definitions/").unwrap_or(".")
    ));
    text.text()
}

fn endpoints(of: &Adapter, text: &mut Lines) {
    text.line(&format!("Endpoints, below {}/", of.base));
    let mut table = Table::default();
    for endpoint in &of.endpoints {
        let does: Vec<String> = endpoint.plan.steps.iter().map(|step| step_name(of, step)).collect();
        let does =
            if does.is_empty() { "fills the answer from what is at hand".to_owned() } else { does.join(", then ") };
        table.row([&endpoint.name, &endpoint.method, &endpoint.path, &does, short(&endpoint.trace)]);
    }
    text.table(&table);
    text.blank();
}

fn step_name(of: &Adapter, step: &Step) -> String {
    let name = &of.behaviours[step.behaviour].name;
    step.option.as_ref().map_or(name.clone(), |option| format!("{name} {option}"))
}

fn codes_of(of: &Adapter, text: &mut Lines) {
    for otp in &of.otps {
        let what = if otp.alphabet == Alphabet::Digits { "digits" } else { "letters and digits" };
        let tried = match otp.id {
            IdForm::Code => "found by itself".to_owned(),
            IdForm::Uuid | IdForm::Token => format!("{} attempts", otp.attempts),
        };
        text.line(&format!("The code `{}`: {} {what}, good for {}, {tried}", otp.name, otp.digits, otp.life));
        let mut table = Table::default();
        table.row(["good only for the same", &meanings(of, &otp.binds)]);
        if !otp.keeps.is_empty() {
            table.row(["remembers", &meanings(of, &otp.keeps)]);
        }
        if !otp.one_per.is_empty() {
            table.row(["voids an older one with the same", &meanings(of, &otp.one_per)]);
        }
        text.table(&table);
        text.blank();
    }
}

/// `user.id and otp.code`
fn meanings(of: &Adapter, ids: &[Id<Meaning>]) -> String {
    list(&ids.iter().map(|id| of.meanings[*id].name.clone()).collect::<Vec<_>>())
}

fn operations(of: &Adapter, text: &mut Lines) {
    if of.operations.is_empty() {
        return;
    }
    text.line("Operations");
    let mut table = Table::default();
    for operation in &of.operations {
        let needs = if operation.needs.is_empty() {
            String::new()
        } else {
            format!("needs {}", meanings(of, &operation.needs))
        };
        let hides = if operation.silent { "hides unknown users" } else { "" };
        table.row([&operation.name, operation.sms.as_deref().unwrap_or_default(), hides, &needs]);
    }
    text.table(&table);
    text.blank();
}
