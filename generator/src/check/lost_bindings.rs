//! Lost bindings: a tailoring takes no value away from a behaviour that checks something.

use crate::derive::Derived;
use crate::report::Report;
use crate::resolve::Resolved;

/// Endpoint -> behaviour -> the meanings that it gets.
pub(crate) type Bound = (String, Vec<(String, Vec<String>)>);

/// What the checks of an endpoint get, by name: ids of two definitions are not the same.
pub(crate) fn bound_names(of: &Resolved<'_>, derived: &Derived) -> Vec<(String, Vec<String>)> {
    let names = |ids: &Vec<_>| ids.iter().map(|id| of.meaning(*id).name.clone()).collect();
    derived.bound.iter().map(|(behaviour, ids)| (behaviour.clone(), names(ids))).collect()
}

/// Compares a tailoring with what it extends.
pub(crate) fn lost_bindings(of: &Resolved<'_>, before: &[Bound], derived: &[Derived], report: &mut Report) {
    for (name, old) in before {
        let Some((endpoint, new)) = of.endpoints.iter().zip(derived).find(|(_, new)| new.name == *name) else {
            continue;
        };
        let now = bound_names(of, new);
        for (behaviour, meanings) in old {
            let Some((_, now)) = now.iter().find(|(other, _)| other == behaviour) else { continue };
            let lost = meanings.iter().filter(|meaning| !now.contains(meaning));
            for meaning in lost.filter(|meaning| !report.has_gap(name, meaning)).collect::<Vec<_>>() {
                let text =
                    format!("`{behaviour}` in `{name}` no longer gets `{meaning}`, which the base definition gives it");
                let help = "a check may not lose a value by tailoring; override the endpoint in Rust if it has to";
                report.push_new("lost-binding", endpoint.name.place, text, help);
            }
        }
    }
}
