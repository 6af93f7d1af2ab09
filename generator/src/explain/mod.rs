//! What was derived, as a text that a bank's developer can follow without the manual: a calculation, line by line.
//! It reads the model and the words alone, so it tells what is generated and nothing else.

mod endpoint;
mod lines;

use crate::check::codes;
use crate::model::{Adapter, Callers, Endpoint};
use crate::vocabulary::Vocabulary;
use lines::{Lines, list};

/// The long text of a diagnostic.
pub fn diagnostic(id: &str) -> Option<&'static str> {
    codes::find(id).map(|code| code.long)
}

/// The adapter as a whole, or one of its endpoints.
pub fn explain(of: &Adapter, endpoint_name: Option<&str>) -> String {
    endpoint_name.map_or_else(|| adapter(of), |name| endpoint(of, name))
}

/// One endpoint; empty if there is none of this name.
pub fn endpoint(of: &Adapter, name: &str) -> String {
    let words = Vocabulary::shipped().unwrap_or_default();
    let found: Option<&Endpoint> = of.endpoints.iter().find(|endpoint| endpoint.name == name);
    found.map(|found| endpoint::text(of, found, &words)).unwrap_or_default()
}

/// What holds for all endpoints, and a line for each.
pub fn adapter(of: &Adapter) -> String {
    let mut text = Lines::default();
    text.head(&format!("{} {}", of.title, of.version), &of.source);
    if let Some(extends) = &of.extends {
        text.line(2, &format!("extends {extends}"));
    }
    let Callers::None(reason) = &of.callers;
    text.line(2, &format!("callers: anybody who reaches the port ({reason})"));
    text.blank();
    endpoints(of, &mut text);
    codes_and_operations(of, &mut text);
    text.section("Answered outside every endpoint", "");
    for answer in &of.answers {
        text.row(2, &list(&answer.faults), "->", &endpoint::answer_text(of, &answer.row));
    }
    text.blank();
    text.line(0, &format!("More: `countersign explain {} <endpoint>`", shown_name(of)));
    text.text()
}

fn shown_name(of: &Adapter) -> &str {
    of.source.strip_prefix("definitions/").unwrap_or(".")
}

fn endpoints(of: &Adapter, text: &mut Lines) {
    text.section("Endpoints", "");
    for endpoint in &of.endpoints {
        let does: Vec<String> = endpoint
            .steps
            .iter()
            .map(|step| step.option.as_ref().map_or(step.behaviour.clone(), |option| format!("{} {option}", step.behaviour)))
            .collect();
        let does = if does.is_empty() { "fills the answer from what is at hand".to_owned() } else { does.join(", then ") };
        text.row(2, &format!("{} {}", endpoint.method, endpoint.path), "", &format!("{}: {does}", endpoint.name));
    }
    text.blank();
}

fn codes_and_operations(of: &Adapter, text: &mut Lines) {
    for otp in &of.otps {
        let what = if otp.alphabet == "digits" { "digits" } else { "letters and digits" };
        let about = format!("{} {what}, good for {}, {} tries", otp.digits, otp.life, otp.attempts);
        text.section(&format!("The code `{}`", otp.name), &about);
        text.row(2, "good only for the same", "", &list(&otp.binds));
        if !otp.keeps.is_empty() {
            text.row(2, "remembers", "", &list(&otp.keeps));
        }
        if !otp.one_per.is_empty() {
            text.row(2, "a new one voids the older with the same", "", &list(&otp.one_per));
        }
        text.blank();
    }
    if !of.operations.is_empty() {
        text.section("Operations", "");
        for operation in &of.operations {
            let mut facts = Vec::new();
            if !operation.needs.is_empty() {
                facts.push(format!("needs {}", list(&operation.needs)));
            }
            facts.extend(operation.sms.as_ref().map(|sms| format!("SMS {sms}")));
            facts.extend(operation.consent.as_ref().map(|consent| format!("{} consent options", consent.options.len())));
            if operation.silent {
                facts.push("hides unknown users".to_owned());
            }
            text.row(2, &operation.name, "", &facts.join("; "));
        }
        text.blank();
    }
}
