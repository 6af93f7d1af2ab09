//! Codes that are found by an id: whoever is asked for the id must have got it.

use crate::arena::Id;
use crate::derive::Derived;
use crate::model::{self, Choice};
use crate::plan::{Fill, Plan, Source, Step};
use crate::report::Report;
use crate::resolve::{Behaviour, Meaning, Resolved};

/// Reports kinds of codes whose id is asked for and never shown.
pub(super) fn check_ids(of: &Resolved<'_>, derived: &[Derived], report: &mut Report) {
    let Some(id) = of.meanings.find("otp.id").filter(|_| !derived.iter().any(|one| one.broken)) else { return };
    for (kind, otp) in
        of.declarations.otps.pairs().filter(|(_, otp)| !otp.raw.is_found_by_code() && otp.find_by.is_empty())
    {
        let steps = |is: &dyn Fn(&Plan, usize, &Step, &Behaviour) -> bool| {
            derived.iter().any(|one| {
                let mut steps = one.plan.steps.iter().enumerate().filter(|(_, step)| is_of(step, kind));
                steps.any(|(at, step)| is(&one.plan, at, step, &of.behaviours[step.behaviour]))
            })
        };
        let makes = steps(&|_, _, _, behaviour| is_maker(behaviour));
        let asks = steps(&|plan, _, step, behaviour| !is_maker(behaviour) && asks_for(plan, step, id));
        let shows = steps(&|plan, at, _, behaviour| is_maker(behaviour) && is_handed_on(plan, at, id));
        if makes && asks && !shows {
            let text = format!("codes of the kind `{}` are found by their id, and nothing shows it", otp.name.text);
            let help = "show `otp.id` where the code is made, or say `id: code`";
            report.push_new("unshown-id", otp.raw.place, text, help);
        }
    }
}

fn is_of(step: &Step, kind: Id<model::OtpKind>) -> bool {
    step.choice == Choice::Code(kind)
}

fn is_maker(behaviour: &Behaviour) -> bool {
    let has = |words: &[String], word: &str| words.iter().any(|one| one == word);
    has(&behaviour.spec.takes, "bound") && has(&behaviour.spec.gives, "otp.id")
}

fn asks_for(plan: &Plan, step: &Step, id: Id<Meaning>) -> bool {
    let asked = step.inputs.iter().find(|input| input.meaning == id);
    asked.is_some_and(|input| matches!(plan.values[input.read.value()].source, Source::Request { .. }))
}

/// The response shows what the step gives, or a later step gets it, such as a hook of the bank.
fn is_handed_on(plan: &Plan, at: usize, id: Id<Meaning>) -> bool {
    let fills = plan.answer.iter().flat_map(|answer| answer.all());
    let shown = fills.filter_map(|filled| if let Fill::Read(read) = &filled.fill { Some(read.value()) } else { None });
    let later = plan.steps.iter().skip(at + 1).flat_map(|step| &step.inputs).map(|input| input.read.value());
    shown.chain(later).any(|value| {
        let value = &plan.values[value];
        value.meaning == id && value.source.step() == Some(at)
    })
}
