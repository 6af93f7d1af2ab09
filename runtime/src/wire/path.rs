//! What stands in a request's path, looked at before the body is read: the faults that its rules raise, and what its
//! values mean. Where in the request a meaning stands is asked here too.

use super::decoder::{Decoder, Presence, StepName};
use super::field::Accepts;
use super::payload::Payload;
use super::text::text_of;
use crate::adapter::Adapter;
use crate::fault::Fault;
use crate::values::{Json, Time};

/// The values of the path that mean something, by meaning.
///
/// # Errors
/// The first fault that a rule of a value in the path raises. What else is wrong is reported with the body.
pub fn path_values<Q: Payload>(
    adapter: &'static Adapter,
    now: Time,
    path: &[(String, String)],
) -> Result<Vec<(&'static str, String)>, Fault> {
    let members = path.iter().map(|(name, value)| (name.clone(), Json::String(value.clone())));
    let json = Json::Object(members.collect());
    let mut decoder = Decoder::new(adapter, now);
    // The members of the body are missing, of course.
    let _ = Q::decode(&json, Accepts::NOTHING, &mut decoder);
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

impl Decoder<'_> {
    /// True for a member at the top whose name fits.
    fn is_top(&self, step: Option<usize>, fits: impl Fn(&str) -> bool) -> bool {
        let step = step.and_then(|step| self.steps.get(step));
        step.is_some_and(|step| step.parent.is_none() && matches!(step.name, StepName::Member(name) if fits(name)))
    }
}
