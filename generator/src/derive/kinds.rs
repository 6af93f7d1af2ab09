//! What every code of a kind binds and keeps: a value that each endpoint that makes one has is there when it is checked.

use std::collections::HashSet;

use super::Draft;
use crate::arena::Id;
use crate::model::{Choice, OtpKind};
use crate::plan::{Lack, Presence};
use crate::resolve::{Meaning, Resolved};

/// Marks what checked codes are sure to have.
pub(super) fn prove(of: &Resolved<'_>, drafts: &mut [Draft<'_, '_>]) {
    let missing = missing(of, drafts);
    for draft in drafts.iter_mut() {
        let kinds: Vec<Choice> = draft.steps.iter().map(|step| step.of.choice).collect();
        let ids: Vec<_> = draft.values.ids().collect();
        for id in ids {
            let value = &mut draft.values[id];
            let choice = value.source.step().and_then(|step| kinds.get(step));
            if let (Some(Choice::Code(kind)), Presence::Maybe(Lack::Code)) = (choice, value.presence)
                && !missing.contains(&(*kind, value.meaning))
            {
                value.presence = Presence::Proved;
            }
        }
    }
}

/// What some endpoint that makes a code may not have.
fn missing(of: &Resolved<'_>, drafts: &[Draft<'_, '_>]) -> HashSet<(Id<OtpKind>, Id<Meaning>)> {
    let mut missing = HashSet::new();
    for draft in drafts {
        for step in &draft.steps {
            let makes = of.behaviours[step.of.behaviour].spec.takes.iter().any(|word| word == "bound");
            let (true, Choice::Code(kind)) = (makes, step.of.choice) else { continue };
            let otp = &of.declarations.otps[kind];
            let named = otp.binds.iter().chain(&otp.keeps).filter_map(|named| named.id.ok());
            for meaning in named.chain(of.meanings.find("user.id")) {
                let input = step.inputs.iter().find(|(input, ..)| *input == meaning);
                if input.is_none_or(|(_, _, value)| draft.values[*value].presence != Presence::Always) {
                    missing.insert((kind, meaning));
                }
            }
        }
    }
    missing
}
