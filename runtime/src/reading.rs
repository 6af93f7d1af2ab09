//! From what the edge has read to a request's payload: the path's values are put into the body, and both are read as
//! one. What tells endpoints of one route apart is asked here too.

use crate::adapter::Case;
use crate::context::Core;
use crate::endpoint::Incoming;
use crate::fault::{Answer, Fault, Violation};
use crate::values::Json;
use crate::wire::{Accepts, Decoder, Envelope, Notes, Payload, decode_message, field_of, member_of, path_values};

/// The members of an object that is being written.
type Members = serde_json::Map<String, Json>;

/// Reads and checks a request, and what it says of itself; the body's texts are wiped afterwards, since secrets are
/// among them. The error is what is wrong with it.
pub fn read<I: Envelope<Q>, Q: Payload>(incoming: Incoming, core: &Core) -> (Result<Q, Fault>, Notes) {
    let mut body = match incoming.body {
        Some(body) => body,
        None if incoming.path.is_empty() && I::HEAD.is_empty() => {
            return (Err(Fault::new("body.malformed").with_detail("there is no body")), Notes::default());
        }
        None => Json::Object(Members::new()),
    };
    let mut head = incoming.head.as_ref().map(|head| Json::Object(head.values(I::HEAD))).unwrap_or_default();
    hide(&head, core);
    let (read, notes) = match place(&mut body, I::BODY, incoming.path, core.adapter().wire.field_names) {
        Ok(()) => {
            let decoder = Decoder::new(core.adapter(), core.time()).on(core.today()).beside(head.as_object());
            decode_message::<I>(decoder.data_may_differ(core.shared.options.form_may_differ), &body)
        }
        Err(fault) => (Err(fault), Notes::default()),
    };
    wipe(&mut body);
    wipe(&mut head);
    (read.map(I::into_body).and_then(|request| may_use(core, request)), notes)
}

/// What stands in the head is taken out of what is logged, as what stands in the body is; but for the id, which is there to
/// be found.
fn hide(head: &Json, core: &Core) {
    match head {
        Json::String(text) if *text != core.call.request_id => crate::telemetry::hide(text),
        Json::Array(all) => all.iter().for_each(|one| hide(one, core)),
        Json::Object(members) => members.values().for_each(|one| hide(one, core)),
        _ => {}
    }
}

/// Refuses a request for a partner or a country that is not open to its caller.
fn may_use<Q: Payload>(core: &Core, request: Q) -> Result<Q, Fault> {
    let Some(caller) = core.known_caller() else { return Ok(request) };
    // A country in the path was looked at before the body was read.
    if let Some(countries) = caller.countries.as_ref().filter(|_| !Q::HEAD.is_empty())
        && let Some(country) = request.find("country.code")
        && !countries.iter().any(|one| one.eq_ignore_ascii_case(&country))
    {
        return Err(Fault::new("caller.forbidden").with_detail(format_args!("`{}` may not ask for it", core.caller())));
    }
    let Some(allowed) = &caller.partners else { return Ok(request) };
    let (Some(issuer), Some(partner)) = (request.find("issuer.id"), request.find("partner.id")) else {
        return Ok(request);
    };
    match allowed.iter().any(|pair| pair.issuer == issuer && pair.partner == partner) {
        true => Ok(request),
        false => {
            Err(Fault::new("caller.forbidden").with_detail(format_args!("`{}` may not act for it", core.caller())))
        }
    }
}

/// Puts the values of the path into the body's payload; what the body itself calls so is not asked for.
fn place(body: &mut Json, body_slot: Option<&str>, path: Vec<(String, String)>, case: Case) -> Result<(), Fault> {
    if path.is_empty() {
        return Ok(());
    }
    let members = match body_slot {
        Some(body_slot) => {
            body.as_object_mut().map(|members| members.entry(body_slot).or_insert(Json::Object(Members::new())))
        }
        None => Some(body),
    };
    let members = members.and_then(Json::as_object_mut).ok_or(Fault::new("body.malformed"))?;
    members.retain(|written, _| !path.iter().any(|(name, _)| case.same(name, written)));
    members.extend(path.into_iter().map(|(name, value)| (name, Json::String(value))));
    Ok(())
}

fn wipe(json: &mut Json) {
    use zeroize::Zeroize;
    match json {
        Json::String(text) => text.zeroize(),
        Json::Array(elements) => elements.iter_mut().for_each(wipe),
        Json::Object(members) => members.values_mut().for_each(wipe),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

/// Looks at the values of a path.
///
/// # Errors
/// The first fault that a rule of one of them raises.
pub fn look<Q: Payload>(path: &[(String, String)], core: &Core) -> Result<Vec<(&'static str, String)>, Fault> {
    path_values::<Q>(core.adapter(), core.time(), path)
}

/// The payload in a body: what stands in the envelope's hole.
fn payload_in<'j>(body: &'j Json, body_slot: Option<&str>, case: Case) -> Option<&'j Members> {
    match body_slot {
        None => body.as_object(),
        Some(body_slot) => member_of(body.as_object()?, body_slot, case)?.as_object(),
    }
}

/// True if a field of the body has this value.
pub fn field_is<T: Payload + PartialEq>(
    body: &Json,
    body_slot: Option<&str>,
    field: &str,
    value: &T,
    core: &Core,
) -> bool {
    let case = core.adapter().wire.field_names;
    let found = payload_in(body, body_slot, case).and_then(|members| member_of(members, field, case));
    let mut decoder = Decoder::new(core.adapter(), core.time());
    found.is_some_and(|json| T::decode(json, Accepts::NOTHING, &mut decoder).is_ok_and(|read| read == *value))
}

/// True if one of these fields is there.
pub fn has_field(body: &Json, body_slot: Option<&str>, fields: &[&str], core: &Core) -> bool {
    let case = core.adapter().wire.field_names;
    let there = |members: &Members, field: &str| member_of(members, field, case).is_some_and(|value| !value.is_null());
    payload_in(body, body_slot, case).is_some_and(|members| fields.iter().any(|field| there(members, field)))
}

/// A fault about a value of the request becomes a broken rule of its field, where both have the same row.
pub fn as_violation<Q: Payload, E: Answer>(error: E, core: &Core) -> E {
    let fault = error.fault();
    let Some(meaning) = fault.about.filter(|_| fault.violations.is_empty()) else { return error };
    if !std::ptr::eq(E::from(Fault::new("input.invalid")).row(), error.row()) {
        return error;
    }
    let (adapter, now) = (core.adapter(), core.time());
    let Some(path) = field_of::<Q>(adapter, now, meaning) else { return error };
    let default = adapter.validation.says.iter().find(|(rule, _)| *rule == "required").map(|(_, key)| *key);
    let key = core.key_of(fault.name).or(default).unwrap_or(fault.name).to_owned();
    let type_name = String::new();
    let violation = Violation { key, path, type_name, rule: "required", allowed: "" };
    E::from(Fault { violations: vec![violation], ..fault.clone() })
}
