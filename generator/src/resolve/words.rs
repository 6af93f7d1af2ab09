//! The shipped words and those that the definition adds, as one.

use crate::diagnostic::Diagnostic;
use crate::language::{primitive, synonyms};
use crate::raw::{Definition, OwnBehaviour, OwnMeaning, Text};
use crate::report::Report;
use crate::source::Place;
use crate::vocabulary::{Behaviour, Natural, Vocabulary, fault_of_table};

/// All words of a definition.
pub(crate) struct Words {
    pub all: Vocabulary,
    /// Meanings that the definition adds.
    pub own_meanings: Vec<String>,
    /// Behaviours that the definition adds: hooks that the bank writes.
    pub own_behaviours: Vec<String>,
}

impl Words {
    pub fn of(mut all: Vocabulary, definition: &Definition, report: &mut Report) -> Words {
        let mut own_meanings = Vec::new();
        for (name, OwnMeaning { ty, shorten, .. }) in definition.meanings.iter() {
            // What is meant is known all the same, so that whoever names it is not reported.
            let (known, natural) =
                match wrong_meaning(&all, definition, name, ty).or_else(|| wrong_shorten(name, ty, *shorten)) {
                    None => (name.text.clone(), Natural::parse(&ty.text)),
                    Some(mistake) => {
                        report.push(mistake);
                        (name.text.to_lowercase(), Natural::Primitive(primitive::TEXT))
                    }
                };
            if !all.meanings.has(&known) {
                all.meanings.set(known.clone(), natural);
                own_meanings.push(known);
            }
        }
        let mut own_behaviours = Vec::new();
        for (name, own) in definition.behaviours.iter() {
            let shipped = all.behaviours.get(&name.text).cloned();
            match shipped {
                Some(shipped) => {
                    if let Some(other) = [&own.needs, &own.expects, &own.takes, &own.gives, &own.outcome, &own.refuses]
                        .into_iter()
                        .flatten()
                        .next()
                    {
                        let text = format!(
                            "`{}` is a behaviour of the runtime, and its inputs and outputs are fixed",
                            name.text
                        );
                        report.push(
                            Diagnostic::new("shipped-behaviour", other.place, text)
                                .help("it may get further `fails`, no more"),
                        );
                    }
                    all.behaviours.set(name.text.clone(), with_fails(shipped, own));
                }
                None => {
                    all.behaviours.set(name.text.clone(), own_behaviour(&name.text, own));
                    own_behaviours.push(name.text.clone());
                }
            }
            for fault in own
                .refuses
                .iter()
                .chain(&own.fails)
                .filter(|fault| !all.faults.has(&fault.text))
                .cloned()
                .collect::<Vec<_>>()
            {
                all.faults.set(fault.text, format!("`{}` fails so", name.text));
            }
        }
        for (table, _) in definition.tables.iter() {
            let fault = fault_of_table(&table.text);
            if !all.faults.has(&fault) {
                all.faults.set(fault, format!("the table `{}` has no such row", table.text));
            }
        }
        let raised =
            definition.payloads.iter().flat_map(|(_, members)| members.iter().filter_map(crate::raw::Member::field));
        for fault in
            raised.flat_map(|field| field.raises.iter()).map(|(_, fault)| fault.text.clone()).collect::<Vec<_>>()
        {
            if !all.faults.has(&fault) {
                all.faults.set(fault, "a rule of a field is broken".to_owned());
            }
        }
        Words { all, own_meanings, own_behaviours }
    }
}

/// True if a pattern of the vocabulary stands for a meaning: `operation.*`, `everything`.
pub(crate) fn matches(name: &str, pattern: &str) -> bool {
    pattern == "everything"
        || name == pattern
        || pattern.strip_suffix('*').is_some_and(|start| start.ends_with('.') && name.starts_with(start))
}

fn wrong_meaning(all: &Vocabulary, definition: &Definition, name: &Text, ty: &Text) -> Option<Diagnostic> {
    let parts: Vec<&str> = name.text.split('.').collect();
    let fits = parts.len() == 2 && parts.iter().all(|part| crate::naming::is_identifier(part));
    if !fits {
        let text = format!("`{}` is no name of a meaning", name.text);
        let lower = name.text.to_lowercase();
        let fits = lower.split('.').count() == 2 && lower.split('.').all(crate::naming::is_identifier);
        let help = if fits {
            format!("write `{lower}`")
        } else {
            "write an entity and an attribute, such as `card.number`".to_owned()
        };
        return Some(Diagnostic::new("bad-name", name.place, text).help(help));
    }
    if all.meanings.has(&name.text) {
        let text = format!("`{}` is a meaning that is shipped", name.text);
        return Some(
            Diagnostic::new("shipped-meaning", name.place, text).help("use it as it is, or take another name"),
        );
    }
    let declared =
        |name: &String| definition.payloads.has(name) || definition.unions.has(name) || definition.enums.has(name);
    match Natural::parse(&ty.text) {
        Natural::Primitive(_) => None,
        Natural::List(inner) if primitive::Primitive::parse(&inner).is_some() || declared(&inner) => None,
        Natural::Entity(inner) if declared(&inner) => None,
        // What was asked has passed or failed; any other set of values is an enum of the definition's own.
        Natural::OneOf(values) if all.set_of_values(&values) == Some("Outcome") => None,
        _ => {
            let text = format!("`{}` is no type that a meaning of your own may have", ty.text);
            let all = primitive::words().collect::<Vec<_>>().join(", ");
            let meant = synonyms::find(&ty.text).map(|meant| format!("did you mean `{meant}`?"));
            let help = meant.unwrap_or_else(|| {
                format!(
                    "take one of these, a list of one, `passed | failed`, or a payload, union or enum of yours: {all}"
                )
            });
            Some(Diagnostic::new("unknown-type", ty.place, text).help(help))
        }
    }
}

/// Nothing but a text can be cut and be understood.
fn wrong_shorten(name: &Text, ty: &Text, shorten: Option<Place>) -> Option<Diagnostic> {
    let is_text = primitive::Primitive::parse(&ty.text).is_some_and(primitive::Primitive::is_text);
    let place = shorten.filter(|_| !is_text)?;
    let text = format!("`{}` is `{}`, which a message cannot cut", name.text, ty.text);
    Some(Diagnostic::new("wrong-value", place, text).help("take `shorten` out; texts alone can be cut"))
}

fn with_fails(mut shipped: Behaviour, own: &OwnBehaviour) -> Behaviour {
    for fault in own.fails.iter().filter(|fault| !shipped.fails.contains(&fault.text)).collect::<Vec<_>>() {
        shipped.fails.push(fault.text.clone());
    }
    shipped
}

fn own_behaviour(name: &str, own: &OwnBehaviour) -> Behaviour {
    let texts = |all: &[Text]| all.iter().map(|one| one.text.clone()).collect::<Vec<_>>();
    Behaviour {
        about: "Calls a hook of the bank.".to_owned(),
        needs: texts(&own.needs),
        expects: texts(&own.expects),
        takes: texts(&own.takes),
        gives: texts(&own.gives),
        outcome: texts(&own.outcome),
        refuses: texts(&own.refuses),
        fails: texts(&own.fails),
        calls: vec![name.to_owned()],
        ..Behaviour::default()
    }
}
