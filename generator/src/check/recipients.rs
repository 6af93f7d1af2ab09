//! Codes that are sent again: there must be somebody to send them to.

use crate::arena::Id;
use crate::derive::Derived;
use crate::model::{self, Choice};
use crate::plan::Step;
use crate::report::Report;
use crate::resolve::{Behaviour, Meaning, Resolved};

/// Tells of behaviours that send to whom a code was made for, where the code knows neither a phone nor a user.
pub(super) fn check_recipients(of: &Resolved<'_>, derived: &[Derived], report: &mut Report) {
    let (Some(phone), Some(user)) = (of.meanings.find("user.phone"), of.meanings.find("user.id")) else { return };
    if derived.iter().any(|one| one.broken) {
        return;
    }
    for (endpoint, one) in of.endpoints.iter().zip(derived) {
        for (written, step) in endpoint.does.iter().flatten().zip(&one.plan.steps) {
            let Choice::Code(kind) = step.choice else { continue };
            let again = sends_again(&of.behaviours[step.behaviour]);
            if again && !gets(step, phone) && !knows(of, kind, phone) && is_made_for_nobody(of, derived, kind, user) {
                let (does, otp) = (&written.name.text, of.declarations.otps[kind].name);
                let text =
                    format!("`{does}` of `{}` has nobody to send to: the code keeps no phone, and no user", otp.text);
                let help = "add `keeps: [user.phone]` to the kind, or a field that means `user.phone` here";
                report.push_new("no-recipient", written.name.place, text, help);
            }
        }
    }
}

/// True for what sends a message and does not know to whom.
fn sends_again(behaviour: &Behaviour) -> bool {
    behaviour.spec.calls.iter().any(|hook| hook == "send_sms") && behaviour.spec.needs.is_empty()
}

fn gets(step: &Step, meaning: Id<Meaning>) -> bool {
    step.inputs.iter().any(|input| input.meaning == meaning)
}

fn knows(of: &Resolved<'_>, kind: Id<model::OtpKind>, meaning: Id<Meaning>) -> bool {
    let otp = &of.declarations.otps[kind];
    otp.binds.iter().chain(&otp.keeps).any(|named| named.id == Ok(meaning))
}

/// Somewhere such a code is made without a user.
fn is_made_for_nobody(of: &Resolved<'_>, derived: &[Derived], kind: Id<model::OtpKind>, user: Id<Meaning>) -> bool {
    let makes = |step: &&Step| {
        let takes = &of.behaviours[step.behaviour].spec.takes;
        step.choice == Choice::Code(kind) && takes.iter().any(|word| word == "kept")
    };
    derived.iter().flat_map(|one| &one.plan.steps).filter(makes).any(|step| !gets(step, user))
}
