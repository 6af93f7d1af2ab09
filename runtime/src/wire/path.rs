//! What stands in a request's path, looked at before the body is read: the faults that its rules raise, and what its
//! values mean. Where in the request a meaning stands is asked here too.

use zeroize::Zeroizing;

use super::decoder::{Decoder, Presence, StepName};
use super::field::Accepts;
use super::payload::Payload;
use super::tape::{Member, Node, Tape};
use super::text::text_of;
use crate::adapter::{Adapter, Case};
use crate::fault::Fault;
use crate::values::Time;

/// The values of the path that mean something, by meaning.
///
/// # Errors
/// The first fault that a rule of a value in the path raises. What else is wrong is reported with the body.
pub fn path_values<Q: Payload>(
    adapter: &'static Adapter,
    now: Time,
    path: &[(String, String)],
) -> Result<Vec<(&'static str, String)>, Fault> {
    let Some(tape) = with_path(None, None, path, adapter.wire.field_names) else { return Ok(Vec::new()) };
    let mut decoder = Decoder::new(adapter, now);
    // The members of the body are missing, of course.
    let _ = Q::decode(tape.root(), Accepts::NOTHING, &mut decoder);
    let of_path = |step: Option<usize>| decoder.is_top(step, |name| path.iter().any(|(known, _)| known == name));
    for found in &decoder.found {
        if let Presence::Broken(rule) = found
            && let (Some(raised), true) = (rule.raises, of_path(rule.step))
        {
            return Err(Fault::new(raised));
        }
    }
    let meant = decoder.meant.iter().filter(|meant| of_path(meant.step));
    let values = meant.filter_map(|meant| {
        let seen = meant.seen?;
        Some((meant.meaning, text_of(seen.json, seen.accepts, &adapter.wire)?.into_owned()))
    });
    Ok(values.collect())
}

/// The path of the field that has a meaning, if one has.
pub fn field_of<Q: Payload>(adapter: &'static Adapter, now: Time, meaning: &str) -> Option<String> {
    let mut decoder = Decoder::new(adapter, now);
    Q::absent(&mut decoder);
    let at = decoder.meant.iter().find(|meant| meant.meaning == meaning)?.step;
    Some(decoder.path(at))
}

/// A body with the values of the path in its payload; what the payload itself calls so is not asked for. Nothing if the
/// body, or what stands in its slot, is no object.
pub(crate) fn with_path(
    body: Option<Node<'_>>,
    body_slot: Option<&str>,
    path: &[(String, String)],
    case: Case,
) -> Option<Tape> {
    // As much as it can be, so that it never moves and leaves nothing behind.
    let most = |text: &str| 6 * text.len() + 6;
    let names = path.iter().map(|(name, value)| most(name) + most(value)).sum::<usize>() + body_slot.map_or(0, most);
    let mut written = Zeroizing::new(String::with_capacity(body.map_or(0, |body| body.raw().len()) + names + 6));
    written.push('{');
    let payload = match body_slot {
        None => body,
        Some(slot) => {
            let members = body.and_then(Node::members).into_iter().flatten();
            add(&mut written, members.filter(|member| member.name() != slot).map(Member::raw));
            add(&mut written, [&*quoted(slot)]);
            written.push_str(":{");
            body.and_then(|body| body.get(slot))
        }
    };
    if payload.or(body).is_some_and(|json| json.members().is_none()) {
        return None;
    }
    let members = payload.and_then(Node::members).into_iter().flatten();
    let strange = |member: &Member<'_>| !path.iter().any(|(name, _)| case.same(name, member.name()));
    add(&mut written, members.filter(strange).map(Member::raw));
    for (name, value) in path {
        add(&mut written, [&*quoted(name)]);
        written.push(':');
        written.push_str(&quoted(value));
    }
    written.push_str(if body_slot.is_some() { "}}" } else { "}" });
    Tape::of_own(std::mem::take(&mut *written))
}

/// A body as the one member of an object: that of a payload one of whose fields is all of the body.
pub(crate) fn as_member(name: &str, body: Node<'_>) -> Option<Tape> {
    let name = quoted(name);
    let mut written = Zeroizing::new(String::with_capacity(name.len() + body.raw().len() + 3));
    for part in ["{", &name, ":", body.raw(), "}"] {
        written.push_str(part);
    }
    Tape::of_own(std::mem::take(&mut *written))
}

/// Adds members to an object.
fn add<'m>(written: &mut String, members: impl IntoIterator<Item = &'m str>) {
    for member in members {
        if !written.ends_with('{') {
            written.push(',');
        }
        written.push_str(member);
    }
}

/// A text as JSON has it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Decoder<'_> {
    /// True for a member at the top whose name fits.
    fn is_top(&self, step: Option<usize>, fits: impl Fn(&str) -> bool) -> bool {
        let step = step.and_then(|step| self.steps.get(step));
        step.is_some_and(|step| step.parent.is_none() && matches!(step.name, StepName::Member(name) if fits(name)))
    }
}
