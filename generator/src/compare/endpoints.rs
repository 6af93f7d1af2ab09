//! Facts of what endpoints do: routes, steps with what each is given, answers; and the hooks that a bank writes.

use super::facts::Facts;
use crate::model::{Adapter, Choice, Discriminator, Endpoint};
use crate::plan::{Fill, Read, Source, Step};

/// Hooks of the bank's own, and every endpoint.
pub(super) fn write(of: &Adapter, facts: &mut Facts<'_>) {
    let name = |id: &_| of.meanings[*id].name.as_str();
    facts.below("behaviours", |facts| {
        for hook in &of.hooks {
            facts.entity(&hook.name, "", |facts| {
                facts.below("takes", |facts| {
                    for (id, may_lack) in &hook.inputs {
                        facts.put(name(id), if *may_lack { "optional" } else { "" });
                    }
                });
                facts.names("gives", hook.gives.iter().map(name));
                facts.names("fails", hook.fails.iter().map(String::as_str));
            });
        }
    });
    facts.below("endpoints", |facts| {
        for endpoint in &of.endpoints {
            facts.entity(&endpoint.name, "", |facts| self::endpoint(of, endpoint, facts));
        }
    });
}

fn endpoint(of: &Adapter, one: &Endpoint, facts: &mut Facts<'_>) {
    facts.put("about", &one.about);
    facts.put("route", format!("{} {}", one.method, one.path));
    facts.maybe(
        "when",
        one.when.as_ref().map(|when| match when {
            Discriminator::Is { field, value, .. } => format!("{field}: {value}"),
            Discriminator::Has(fields) => fields.join(", "),
        }),
    );
    facts.put("success", one.success);
    for (outcome, status) in one.plan.success_by.iter().flat_map(|by| &by.statuses) {
        facts.put(&format!("success.{outcome}"), status);
    }
    facts.maybe("request", one.request.map(|id| &of.payloads[id].name));
    facts.maybe("response", one.response.map(|id| &of.payloads[id].name));
    facts.maybe("envelope", one.failure.as_ref());
    facts.maybe("callers", one.session.map(|kind| format!("session: {}", of.sessions[kind].name)));
    let plan = &one.plan;
    let steps: Vec<String> = plan.steps.iter().map(|step| step_name(of, step)).collect();
    facts.put("does", steps.join(", "));
    for step in &plan.steps {
        facts.below(&format!("{} gets", step_name(of, step)), |facts| {
            for input in &step.inputs {
                facts.put(&of.meanings[input.meaning].name, source(of, one, input.read));
            }
        });
    }
    facts.below("answers", |facts| {
        for filled in plan.answer.iter().flat_map(|answer| answer.all()) {
            if let Fill::Read(read) = filled.fill {
                facts.put(&filled.path.join("."), source(of, one, read));
            }
        }
    });
    facts.below("errors", |facts| {
        plan.answers.iter().for_each(|answer| facts.put(&of.rows[answer.row].name, answer.faults.join(", ")));
    });
    facts.below("refusals shown", |facts| {
        plan.shown.iter().for_each(|(fault, paths)| facts.put(fault, paths.join(", ")));
    });
}

fn step_name(of: &Adapter, step: &Step) -> String {
    let name = &of.behaviours[step.behaviour].name;
    let choice = match step.choice {
        Choice::Literal => step.option.clone(),
        Choice::Code(id) => Some(of.otps[id].name.clone()),
        Choice::Session(id) => Some(of.sessions[id].name.clone()),
        Choice::Table(id) => Some(of.tables[id].name.clone()),
    };
    choice.map_or_else(|| name.clone(), |choice| format!("{name}: {choice}"))
}

/// Where a value comes from.
fn source(of: &Adapter, one: &Endpoint, read: Read) -> String {
    let name = |id: &_| of.meanings[*id].name.as_str();
    let value = &one.plan.values[read.value()];
    let from = match &value.source {
        Source::Request { path } => path.iter().map(|part| part.wire.as_str()).collect::<Vec<_>>().join("."),
        Source::InElements { list, .. } => format!("an element of {}", list.join(".")),
        Source::Conditional { path } => format!("{}, if a field beside it says so", path.join(".")),
        Source::Derived { path, from } => {
            format!("{}, worked out of {}", path.join("."), from.iter().map(name).collect::<Vec<_>>().join(" and "))
        }
        Source::Step { step, .. } | Source::Passed { step } | Source::Gone { step } => {
            let by = one.plan.steps.get(*step).map(|step| step_name(of, step));
            by.unwrap_or_else(|| "a step".to_owned())
        }
        Source::Session => "the session".to_owned(),
        Source::Caller => "the caller".to_owned(),
        Source::Setting(_) => "the settings".to_owned(),
        Source::Always => "always".to_owned(),
    };
    if value.optional { format!("{from}, if sent") } else { from }
}
