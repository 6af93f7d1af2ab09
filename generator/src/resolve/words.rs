//! The shipped words and those that the definition adds, as one.

use super::suggestions;
use crate::diagnostic::Diagnostic;
use crate::language::primitive;
use crate::raw::{Definition, Member, OwnBehaviour, OwnMeaning, Text};
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
    pub fn of(all: Vocabulary, definition: &Definition, report: &mut Report) -> Words {
        let mut words = Words { all, own_meanings: Vec::new(), own_behaviours: Vec::new() };
        words.add_meanings(definition, report);
        for (name, own) in definition.behaviours.iter() {
            words.add_behaviour(name, own, report);
        }
        for (table, _) in definition.tables.iter() {
            words.add_fault(&fault_of_table(&table.text), || format!("the table `{}` has no such row", table.text));
        }
        let fields = definition.payloads.iter().flat_map(|(_, members)| members).filter_map(Member::field);
        for (_, fault) in fields.flat_map(|field| field.raises.iter()) {
            words.add_fault(&fault.text, || "a rule of a field is broken".to_owned());
        }
        words
    }

    fn add_meanings(&mut self, definition: &Definition, report: &mut Report) {
        for (name, OwnMeaning { ty, shorten, .. }) in definition.meanings.iter() {
            let wrong = wrong_meaning(&self.all, definition, name, ty).or_else(|| wrong_shorten(name, ty, *shorten));
            // What is meant is known all the same, so that whoever names it is not reported.
            let (known, natural) = match wrong {
                None => (name.text.clone(), Natural::parse(&ty.text)),
                Some(mistake) => {
                    report.push(mistake);
                    (name.text.to_lowercase(), Natural::Primitive(primitive::TEXT))
                }
            };
            if !self.all.meanings.has(&known) {
                self.all.meanings.set(known.clone(), natural);
                self.own_meanings.push(known);
            }
        }
    }

    fn add_behaviour(&mut self, name: &Text, own: &OwnBehaviour, report: &mut Report) {
        match self.all.behaviours.get(&name.text).cloned() {
            Some(shipped) => {
                let fixed = [&own.needs, &own.expects, &own.takes, &own.gives, &own.outcome, &own.refuses];
                if let Some(other) = fixed.into_iter().flatten().next() {
                    let text =
                        format!("`{}` is a behaviour of the runtime, and its inputs and outputs are fixed", name.text);
                    report.push_new("shipped-behaviour", other.place, text, "it may get further `fails`, no more");
                }
                self.all.behaviours.set(name.text.clone(), with_fails(shipped, own));
            }
            None => {
                self.all.behaviours.set(name.text.clone(), own_behaviour(&name.text, own));
                self.own_behaviours.push(name.text.clone());
            }
        }
        for fault in own.refuses.iter().chain(&own.fails) {
            self.add_fault(&fault.text, || format!("`{}` fails so", name.text));
        }
    }

    /// A fault of the definition's own, and when it occurs.
    fn add_fault(&mut self, fault: &str, when: impl Fn() -> String) {
        if !self.all.faults.has(fault) {
            self.all.faults.set(fault.to_owned(), when());
        }
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
            let help = suggestions::primitive(&ty.text).unwrap_or_else(|| {
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
