//! `hooks.rs`: the hooks that a definition adds, if it adds some.

use serde::Serialize;

use super::escaping::{doc, enumerate, meaning};
use super::scope::{Scope, type_name};
use crate::arena::Id;
use crate::model::{Home, Meaning, OwnHook};
use crate::naming;

/// What the template receives.
#[derive(Serialize)]
pub struct View {
    source: String,
    hooks: Vec<Hook>,
}

#[derive(Serialize)]
struct Hook {
    docs: String,
    name: String,
    input: String,
    output: String,
    fault: String,
    inputs: Vec<Field>,
    outputs: Vec<Field>,
    faults: Vec<Fault>,
}

#[derive(Serialize)]
struct Field {
    name: String,
    r#type: String,
}

#[derive(Serialize)]
struct Fault {
    fault: String,
    name: String,
}

/// Builds the view.
pub fn view(scope: &Scope<'_>) -> View {
    let hooks = scope.adapter.hooks.iter().map(|hook| hook_view(scope, hook)).collect();
    View { source: doc(&scope.adapter.source), hooks }
}

/// True for what the definition says that a hook may leave out.
fn is_optional(scope: &Scope<'_>, id: Id<Meaning>) -> bool {
    let meaning = scope.meaning(id);
    meaning.home == Home::Own && meaning.may_lack
}

fn hook_view(scope: &Scope<'_>, hook: &OwnHook) -> Hook {
    let name = type_name(&hook.name);
    let field = |id: Id<Meaning>, may_lack: bool| {
        let meaning = scope.meaning(id);
        let inner = scope.in_hooks(meaning);
        let ty = if may_lack { format!("Option<{inner}>") } else { inner };
        Field { name: naming::variable(&meaning.name), r#type: ty }
    };
    let output = if hook.gives.is_empty() { "()".to_owned() } else { format!("{name}Gives") };
    Hook {
        docs: format!("Called by {}.", enumerate(&hook.endpoints)),
        name: hook.name.clone(),
        input: name.clone(),
        output,
        fault: format!("{name}Fault"),
        inputs: hook.inputs.iter().map(|(id, may_lack)| field(*id, *may_lack)).collect(),
        outputs: hook.gives.iter().map(|id| field(*id, is_optional(scope, *id))).collect(),
        faults: hook.fails.iter().map(|fault| Fault { fault: meaning(fault), name: naming::pascal(fault) }).collect(),
    }
}
