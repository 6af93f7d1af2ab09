//! What the bank is asked: the shipped hooks that endpoints may call, and those that the definition adds.

use super::section;
use crate::markdown::{code, codes, table};
use crate::model::{Adapter, OwnHook};
use crate::plan::{Role, Step};

/// All hooks, each with the endpoints that call it.
pub fn all(of: &Adapter) -> String {
    let mut names: Vec<&str> = Vec::new();
    for step in of.endpoints.iter().flat_map(|endpoint| &endpoint.plan.steps) {
        for hook in &of.behaviours[step.behaviour].spec.calls {
            if !names.contains(&hook.as_str()) {
                names.push(hook);
            }
        }
    }
    let rows: Vec<Vec<String>> = names.iter().map(|name| shipped(of, name)).collect();
    let own: Vec<Vec<String>> = of.hooks.iter().map(|hook| self::own(of, hook)).collect();
    let below = [
        section(3, "Of the runtime", &table(&["Hook", "Called by", "What it gets of yours"], &rows)),
        section(3, "Of this definition", &table(&["Hook", "Called by", "Is given", "Gives", "May fail with"], &own)),
    ];
    section(2, "Hooks", &below.concat())
}

fn shipped(of: &Adapter, name: &str) -> Vec<String> {
    let calls = |step: &&Step| of.behaviours[step.behaviour].spec.calls.iter().any(|hook| hook == name);
    let endpoints = of.endpoints.iter().filter(|endpoint| endpoint.plan.steps.iter().any(|step| calls(&step)));
    let mut given: Vec<&str> = Vec::new();
    for endpoint in endpoints.clone() {
        let facts = endpoint.plan.steps.iter().flat_map(|step| &step.inputs).filter(|input| input.role == Role::Fact);
        for input in facts.chain(&endpoint.plan.hook_facts) {
            let meaning = of.meanings[input.meaning].name.as_str();
            if !given.contains(&meaning) {
                given.push(meaning);
            }
        }
    }
    vec![code(name), codes(endpoints.map(|endpoint| endpoint.name.as_str())), codes(given)]
}

fn own(of: &Adapter, hook: &OwnHook) -> Vec<String> {
    let inputs = hook.inputs.iter().map(|(id, may_lack)| {
        let name = code(&of.meanings[*id].name);
        if *may_lack { format!("{name}, if it is there") } else { name }
    });
    let mut faults: Vec<&str> = hook.fails.iter().map(String::as_str).collect();
    faults.push("hook.failed");
    vec![
        code(&hook.name),
        codes(hook.endpoints.iter().map(String::as_str)),
        inputs.collect::<Vec<_>>().join("; "),
        codes(hook.gives.iter().map(|id| of.meanings[*id].name.as_str())),
        codes(faults),
    ]
}
