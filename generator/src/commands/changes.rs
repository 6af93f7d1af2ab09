//! What a definition changes against the one that it extends: a short list for people.

use std::collections::BTreeMap;

use countersign::arena::Id;
use countersign::model::{
    Adapter, Endpoint, ErrorRow, Field, Meaning, OperationKind, OtpKind, OwnHook, Payload, Then, Type,
};

/// The differences, a line each: what was added, removed or changed.
pub fn between(base: &Adapter, adapter: &Adapter) -> Vec<String> {
    let mut changes = Vec::new();
    compare("endpoint", &endpoints(base), &endpoints(adapter), &mut changes);
    payloads(base, adapter, &mut changes);
    compare("error", &rows(base), &rows(adapter), &mut changes);
    compare("code", &codes(base), &codes(adapter), &mut changes);
    compare("operation", &operations(base), &operations(adapter), &mut changes);
    let texts = |of: &Adapter| named_by(&of.texts, |text| format!("{} ({})", text.key, text.language));
    compare("text", &texts(base), &texts(adapter), &mut changes);
    compare("setting", &settings(base), &settings(adapter), &mut changes);
    compare("hook", &hooks(base), &hooks(adapter), &mut changes);
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

fn named_by<T: std::fmt::Debug>(all: &[T], name: impl Fn(&T) -> String) -> Named {
    all.iter().map(|one| (name(one), format!("{one:?}"))).collect()
}

/// Endpoints without the lines that they stand in, and without what their payloads and errors tell already.
fn endpoints(adapter: &Adapter) -> Named {
    let plain = |endpoint: &Endpoint| {
        let steps: Vec<_> = endpoint
            .plan
            .steps
            .iter()
            .map(|step| (&adapter.behaviours[step.behaviour].name, &step.option, step.raises))
            .collect();
        format!(
            "{:?}",
            (
                &endpoint.method,
                &endpoint.path,
                endpoint.success,
                endpoint.request.map(|id| &adapter.payloads[id].name),
                endpoint.response.map(|id| &adapter.payloads[id].name),
                steps,
                &endpoint.plan.answers
            )
        )
    };
    adapter.endpoints.iter().map(|endpoint| (endpoint.name.clone(), plain(endpoint))).collect()
}

fn rows(adapter: &Adapter) -> Named {
    let plain = |row: &ErrorRow| {
        let shows = row.shows.map(|id| &adapter.payloads[id].name);
        format!("{:?}", (ErrorRow { shows: None, ..row.clone() }, shows))
    };
    adapter.rows.iter().map(|row| (row.name.clone(), plain(row))).collect()
}

/// Names of meanings: ids of two definitions are not the same.
fn names<'a>(adapter: &'a Adapter, ids: &[Id<Meaning>]) -> Vec<&'a str> {
    ids.iter().map(|id| adapter.meanings[*id].name.as_str()).collect()
}

fn codes(adapter: &Adapter) -> Named {
    let plain = |kind: &OtpKind| {
        let ids = [&kind.one_per, &kind.binds, &kind.keeps].map(|ids| names(adapter, ids));
        let (one_per, binds, keeps) = (Vec::new(), Vec::new(), Vec::new());
        format!("{:?}", (OtpKind { one_per, binds, keeps, ..kind.clone() }, ids))
    };
    adapter.otps.iter().map(|kind| (kind.name.clone(), plain(kind))).collect()
}

fn operations(adapter: &Adapter) -> Named {
    let plain = |kind: &OperationKind| {
        format!("{:?}", (OperationKind { needs: Vec::new(), ..kind.clone() }, names(adapter, &kind.needs)))
    };
    adapter.operations.iter().map(|kind| (kind.name.clone(), plain(kind))).collect()
}

fn settings(adapter: &Adapter) -> Named {
    adapter.settings.iter().map(|setting| (setting.path.clone(), format!("{setting:?}"))).collect()
}

fn hooks(adapter: &Adapter) -> Named {
    let input = |(id, may_lack): &(Id<Meaning>, bool)| (&adapter.meanings[*id].name, *may_lack);
    let plain = |hook: &OwnHook| {
        let inputs: Vec<_> = hook.inputs.iter().map(input).collect();
        format!("{:?}", (inputs, names(adapter, &hook.gives), &hook.fails, &hook.endpoints))
    };
    adapter.hooks.iter().map(|hook| (hook.name.clone(), plain(hook))).collect()
}

/// Payloads that come or go whole, and fields of the others.
fn payloads(base: &Adapter, adapter: &Adapter, changes: &mut Vec<String>) {
    let whole =
        |of: &Adapter| -> Named { payloads_of(of).map(|payload| (payload.name.clone(), String::new())).collect() };
    let (old, new) = (whole(base), whole(adapter));
    compare("payload", &old, &new, changes);
    let both = |name: &String| old.contains_key(name) && new.contains_key(name);
    let fields = |of: &Adapter| -> Named {
        let kept = payloads_of(of).filter(|payload| both(&payload.name));
        kept.flat_map(|payload| {
            let name = |wire: &String| format!("{}.{wire}", payload.name);
            let fields = payload.fields.iter().map(|field| (name(&field.wire), plain_field(of, field)));
            let rules = payload
                .then
                .iter()
                .map(|then| (format!("{}: {}", payload.name, of.meanings[then.meaning].name), plain_rules(of, then)));
            fields.chain(rules).collect::<Vec<_>>()
        })
        .collect()
    };
    compare("field", &fields(base), &fields(adapter), changes);
}

/// Those that something reaches.
fn payloads_of(of: &Adapter) -> impl Iterator<Item = &Payload> {
    of.payloads.iter().filter(|payload| payload.in_request || payload.in_response)
}

fn plain_field(of: &Adapter, field: &Field) -> String {
    let conditional: Vec<_> =
        field.conditional.iter().map(|(id, sibling, value)| (names(of, &[*id]), sibling, value)).collect();
    let meaning: Vec<_> = field.meaning.iter().flat_map(|id| names(of, &[*id])).collect();
    let ty = plain_type(of, &field.ty);
    format!("{:?}", (meaning, conditional, ty, &field.need, &field.also, &field.accepts, &field.rules))
}

fn plain_type(of: &Adapter, ty: &Type) -> String {
    match ty {
        Type::Primitive(primitive) => primitive.word().to_owned(),
        Type::Payload(id) => of.payloads[*id].name.clone(),
        Type::Union(id) => of.unions[*id].name.clone(),
        Type::Enum(id) => of.enums[*id].name.clone(),
        Type::List(inner) => format!("[{}]", plain_type(of, inner)),
        Type::Body => "Body".to_owned(),
    }
}

fn plain_rules(of: &Adapter, then: &Then) -> String {
    let when = then.when.as_ref().map(|(id, value)| (names(of, &[*id]), value));
    format!("{:?}", (then.after, &then.at, then.if_needed, when, &then.rules))
}
