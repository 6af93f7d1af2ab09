//! What a definition changes against the one that it extends: a short list for people.

use std::collections::BTreeMap;

use countersign::model::{Adapter, Endpoint, Field, Then};

/// The differences, a line each: what was added, removed or changed.
pub fn between(base: &Adapter, adapter: &Adapter) -> Vec<String> {
    let mut changes = Vec::new();
    compare("endpoint", &endpoints(base), &endpoints(adapter), &mut changes);
    payloads(base, adapter, &mut changes);
    compare("error", &rows(base), &rows(adapter), &mut changes);
    compare("code", &named(&base.otps, |kind| &kind.name), &named(&adapter.otps, |kind| &kind.name), &mut changes);
    let operations = |of: &Adapter| named(&of.operations, |kind| &kind.name);
    compare("operation", &operations(base), &operations(adapter), &mut changes);
    let texts = |of: &Adapter| named_by(&of.texts, |text| format!("{} ({})", text.key, text.language));
    compare("text", &texts(base), &texts(adapter), &mut changes);
    compare(
        "setting",
        &named(&base.settings, |one| &one.path),
        &named(&adapter.settings, |one| &one.path),
        &mut changes,
    );
    compare("hook", &named(&base.hooks, |hook| &hook.name), &named(&adapter.hooks, |hook| &hook.name), &mut changes);
    changes
}

/// Something as text, to be compared and never shown.
type Named = BTreeMap<String, String>;

fn compare(kind: &str, old: &Named, new: &Named, changes: &mut Vec<String>) {
    for (name, is) in new {
        match old.get(name) {
            None => changes.push(format!("+ {kind} {name}")),
            Some(was) if was != is => changes.push(format!("~ {kind} {name}")),
            Some(_) => {}
        }
    }
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    changes.extend(gone.map(|name| format!("- {kind} {name}")));
}

fn named<T: std::fmt::Debug>(all: &[T], name: fn(&T) -> &String) -> Named {
    named_by(all, |one| name(one).clone())
}

fn named_by<T: std::fmt::Debug>(all: &[T], name: impl Fn(&T) -> String) -> Named {
    all.iter().map(|one| (name(one), format!("{one:?}"))).collect()
}

/// Endpoints without the lines that they stand in, and without what their payloads and errors tell already.
fn endpoints(adapter: &Adapter) -> Named {
    let plain = |endpoint: &Endpoint| {
        let steps: Vec<_> = endpoint.steps.iter().map(|step| (&step.behaviour, &step.option, step.raises)).collect();
        format!(
            "{:?}",
            (
                &endpoint.method,
                &endpoint.path,
                endpoint.success,
                &endpoint.request,
                &endpoint.response,
                steps,
                &endpoint.answers
            )
        )
    };
    adapter.endpoints.iter().map(|endpoint| (endpoint.name.clone(), plain(endpoint))).collect()
}

fn rows(adapter: &Adapter) -> Named {
    named(&adapter.rows, |row| &row.name)
}

/// Payloads that come or go whole, and fields of the others.
fn payloads(base: &Adapter, adapter: &Adapter, changes: &mut Vec<String>) {
    let whole =
        |of: &Adapter| -> Named { of.payloads.iter().map(|payload| (payload.name.clone(), String::new())).collect() };
    let (old, new) = (whole(base), whole(adapter));
    compare("payload", &old, &new, changes);
    let both = |name: &String| old.contains_key(name) && new.contains_key(name);
    let fields = |of: &Adapter| -> Named {
        let kept = of.payloads.iter().filter(|payload| both(&payload.name));
        kept.flat_map(|payload| {
            let fields =
                payload.fields.iter().map(|field| (format!("{}.{}", payload.name, field.wire), plain_field(field)));
            let rules =
                payload.then.iter().map(|then| (format!("{}: {}", payload.name, then.meaning), plain_rules(then)));
            fields.chain(rules).collect::<Vec<_>>()
        })
        .collect()
    };
    compare("field", &fields(base), &fields(adapter), changes);
}

fn plain_field(field: &Field) -> String {
    format!("{:?}", Field { trace: String::new(), ..field.clone() })
}

fn plain_rules(then: &Then) -> String {
    format!("{:?}", Then { trace: String::new(), ..then.clone() })
}
