//! From what the edge has read to a request's payload: the path's values are put into the body, and both are read as
//! one. What distinguishes the endpoints of one route is checked here, too.

use std::sync::Arc;

use crate::adapter::Case;
use crate::context::Core;
use crate::endpoint::{Asked, Incoming};
use crate::fault::{Fault, Violation};
use crate::refusal::Answer;
use crate::wire::{
    Accepts, Decoder, Envelope, Members, Node, Notes, Payload, Tape, as_member, decode_message, field_of, member_of,
    path_values, with_path,
};

/// Reads and checks a request, and what it says of itself. The error is what is wrong with it.
pub fn read<I: Envelope<Q>, Q: Payload>(incoming: Incoming, core: &Core) -> (Result<Q, Fault>, Notes) {
    let (read, notes) = match body_of::<I, Q>(incoming.body, &incoming.path, core) {
        Ok(body) => {
            let head =
                incoming.head.as_ref().and_then(|head| head.values(I::HEAD)).inspect(|head| hide(head.root(), core));
            let decoder = Decoder::new(core.adapter(), core.time()).on(core.today()).beside(head.as_ref());
            decode_message::<I>(decoder.data_may_differ(core.shared.options.form_may_differ), body.root())
        }
        Err(why) => (Err(Fault::new("body.malformed").with_detail(why)), Notes::default()),
    };
    (read.map(I::into_body).and_then(|request| may_use(core, request)), notes)
}

/// The body with the values of the path in it; an empty one where all of a request stands elsewhere.
fn body_of<I: Envelope<Q>, Q: Payload>(
    body: Option<Arc<Tape>>,
    path: &[(String, String)],
    core: &Core,
) -> Result<Arc<Tape>, &'static str> {
    let body = match Q::WHOLE {
        Some(name) => body.and_then(|body| as_member(name, body.root())).map(Arc::new),
        None => body,
    };
    if !path.is_empty() {
        let placed = with_path(body.as_deref().map(Tape::root), I::BODY, path, core.adapter().wire.field_names);
        return placed.map(Arc::new).ok_or("there is no place for the values of the path");
    }
    let nothing = || if I::HEAD.is_empty() { None } else { Tape::of_own("{}".to_owned()).map(Arc::new) };
    body.or_else(nothing).ok_or("there is no body")
}

/// What stands in the head is taken out of what is logged, as what stands in the body is; but for the id, which is there to
/// be found.
fn hide(head: Node<'_>, core: &Core) {
    for text in head.texts().into_iter().filter(|text| *text != core.call.request_id) {
        crate::telemetry::hide(text);
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

/// Looks at the values of a path.
///
/// # Errors
/// The first fault that a rule of one of them raises.
pub fn check_path<Q: Payload>(path: &[(String, String)], core: &Core) -> Result<Vec<(&'static str, String)>, Fault> {
    path_values::<Q>(core.adapter(), core.time(), path)
}

/// True if a field of the request has this value.
pub fn field_is<I: Envelope<Q>, Q: Payload, T: Payload + PartialEq>(
    asked: &Asked<'_>,
    field: &str,
    value: &T,
    core: &Core,
) -> bool {
    let is = |json: Node<'_>| {
        let mut decoder = Decoder::new(core.adapter(), core.time());
        T::decode(json, Accepts::NOTHING, &mut decoder).is_ok_and(|read| read == *value)
    };
    look_at::<I, Q>(asked, field, core, &is)
}

/// True if one of these fields is there.
pub fn has_field<I: Envelope<Q>, Q: Payload>(asked: &Asked<'_>, fields: &[&str], core: &Core) -> bool {
    fields.iter().any(|field| look_at::<I, Q>(asked, field, core, &|value| !value.is_null()))
}

/// Whether something holds of a field of the request: in its head if the field stands there, else in the payload of its body.
fn look_at<I: Envelope<Q>, Q: Payload>(
    asked: &Asked<'_>,
    field: &str,
    core: &Core,
    holds: &dyn Fn(Node<'_>) -> bool,
) -> bool {
    if let Some(one) = I::HEAD.iter().find(|one| one.field.name == field) {
        let said = asked.head.and_then(|head| head.values(std::slice::from_ref(one)));
        let members = said.as_ref().and_then(|said| said.root().members());
        return members.and_then(|members| member_of(members, field, Case::Exact)).is_some_and(holds);
    }
    let case = core.adapter().wire.field_names;
    let members = asked.body.and_then(|body| payload_in(body, I::BODY, case));
    members.and_then(|members| member_of(members, field, case)).is_some_and(holds)
}

/// The payload in a body: what stands in the envelope's body slot.
fn payload_in<'j>(body: &'j Tape, body_slot: Option<&str>, case: Case) -> Option<Members<'j>> {
    match body_slot {
        None => body.root().members(),
        Some(body_slot) => member_of(body.root().members()?, body_slot, case)?.members(),
    }
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
