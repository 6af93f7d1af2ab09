//! Codes that are found by an id: whoever is asked for the id must have been told it.

use super::Cx;
use super::derive::Derived;
use crate::model::{Source, Step};
use crate::raw::{Otp, Text};
use crate::vocabulary::Behaviour;

const OTP_ID: &str = "otp.id";

/// Tells of kinds of codes whose id is asked for and never shown.
pub(super) fn check(cx: &mut Cx<'_>, derived: &[Derived]) {
    if derived.iter().any(|one| one.broken) {
        return;
    }
    for (name, kind) in cx.definition.otps.iter().filter(|(_, kind)| !kind.is_found_by_code()) {
        check_kind(cx, name, kind, derived);
    }
}

fn check_kind(cx: &mut Cx<'_>, name: &Text, kind: &Otp, derived: &[Derived]) {
    let steps = |of: &'_ dyn Fn(&Derived, usize, &Step, &Behaviour) -> bool| {
        derived.iter().any(|one| {
            let mut steps = one.steps.iter().enumerate().filter(|(_, step)| is_of(cx, step, name));
            steps.any(|(at, step)| cx.words.all.behaviours.get(&step.behaviour).is_some_and(|is| of(one, at, step, is)))
        })
    };
    let makes = steps(&|_, _, _, is| is_maker(is));
    let asks = steps(&|_, _, step, is| !is_maker(is) && asks_for_id(step));
    let shows = steps(&|one, at, _, is| is_maker(is) && is_handed_on(one, at));
    if makes && asks && !shows {
        let text = format!("codes of the kind `{}` are found by their id, and nothing shows it", name.text);
        cx.tell("unshown-id", kind.place, text, "show `otp.id` where the code is made, or say `id: code`");
    }
}

fn is_of(cx: &Cx<'_>, step: &Step, kind: &Text) -> bool {
    let has_kind = cx.words.all.behaviours.get(&step.behaviour).is_some_and(Behaviour::has_kind);
    has_kind && step.option.as_ref().is_none_or(|option| *option == kind.text)
}

fn is_maker(behaviour: &Behaviour) -> bool {
    let has = |words: &[String], word: &str| words.iter().any(|one| one == word);
    has(&behaviour.takes, "bound") && has(&behaviour.gives, OTP_ID)
}

fn asks_for_id(step: &Step) -> bool {
    step.inputs.iter().any(|input| input.meaning == OTP_ID && matches!(input.source, Source::Request { .. }))
}

/// The response shows what the step gives, or a later step gets it, such as a hook of the bank.
fn is_handed_on(one: &Derived, at: usize) -> bool {
    let is_id = |meaning: &str, source: &Source| meaning == OTP_ID && *source == Source::Step(at);
    let shown =
        one.fills.iter().any(|fill| fill.meaning.as_deref().is_some_and(|meaning| is_id(meaning, &fill.source)));
    let mut later = one.steps.iter().skip(at + 1).flat_map(|step| &step.inputs);
    shown || later.any(|input| is_id(&input.meaning, &input.source))
}
