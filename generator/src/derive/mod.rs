//! What follows for each endpoint: its plan. In order: the available values (`available_values`), what each behaviour
//! is given and gives (`steps`), how the answer is filled (`fills`), which error answers which fault (`answers`), where
//! values are in what steps leave (`access_paths`), and how each is read where it is taken (`reads`). What does not
//! follow is reported here; what is judged beyond that is asked by `check`.

mod access_paths;
mod answers;
mod available_values;
mod fills;
mod forms;
mod forwarding;
mod kinds;
mod reads;
mod shown_values;
mod steps;
mod successes;
mod texts;

use std::collections::{HashMap, HashSet};

pub(crate) use answers::{meant_by_raised, outside, row_outside};
use available_values::AvailableValues;
pub(crate) use reads::{hook_inputs, is_bindable};
pub(crate) use shown_values::can_be_shown;

use crate::arena::{Arena, Id};
use crate::model::{self, Answer};
use crate::plan::{Gathered, Plan, Role, Source, TextUse, Value};
use crate::raw::Text;
use crate::report::Report;
use crate::resolve::{Endpoint, Field, Meaning, Resolved, Step};
use crate::source::Place;

/// All that follows for an endpoint.
#[derive(Debug)]
pub(crate) struct Derived {
    pub name: String,
    pub plan: Plan,
    /// Values that checks get, by behaviour.
    pub bound: Vec<(String, Vec<Id<Meaning>>)>,
    /// A step is unknown, so what follows from it is not reported.
    pub broken: bool,
}

/// A plan in the making.
pub(crate) struct Draft<'r, 'a> {
    pub endpoint: &'r Endpoint<'a>,
    pub values: Arena<Value>,
    pub available: AvailableValues,
    pub steps: Vec<DraftStep<'r, 'a>>,
    pub fills: Vec<DraftFill>,
    /// Fault -> the outcomes that could show it; in the order in which they can occur.
    pub faults: Vec<(String, Vec<Id<Meaning>>)>,
    pub bound: Vec<(String, Vec<Id<Meaning>>)>,
    pub answers: Vec<Answer>,
    pub shown: Vec<(String, Vec<String>)>,
    pub texts: Vec<TextUse>,
    /// Values of the request that nobody gets.
    pub unread: Vec<Id<Value>>,
    pub broken: bool,
    /// Something in its request could not be bound, so what seems to be missing may be there.
    pub doubtful: bool,
}

/// A step in the making.
pub(crate) struct DraftStep<'r, 'a> {
    pub of: &'r Step<'a>,
    pub inputs: Vec<(Id<Meaning>, Role, Id<Value>)>,
    /// What its texts show that is handed over to them.
    pub shows: Vec<(Id<Meaning>, Id<Value>)>,
    pub gives: Vec<(Id<Meaning>, Id<Value>)>,
    pub raises: bool,
    pub keeps_refused: bool,
    pub apart: Vec<String>,
    pub if_known: bool,
}

/// A field of the answer in the making.
pub(crate) struct DraftFill {
    /// Wire names from the answer's root.
    pub path: Vec<String>,
    /// None for a nested payload, whose own fields follow.
    pub meaning: Option<Id<Meaning>>,
    pub value: Option<Id<Value>>,
    /// What the text shows that fills it.
    pub shows: Vec<(Id<Meaning>, Id<Value>)>,
    /// Where the field is written.
    pub place: Place,
    /// It, or something that it stands in, may be null.
    pub may_be_null: bool,
}

/// Derives every endpoint and reports everything that does not follow.
pub(crate) fn derive(of: &Resolved<'_>, report: &mut Report) -> Vec<Derived> {
    let mut drafts: Vec<Draft<'_, '_>> = of.endpoints.iter().map(|endpoint| draft(of, endpoint, report)).collect();
    drafts.iter_mut().filter(|draft| !draft.broken).for_each(|draft| access_paths::find(of, draft));
    kinds::prove(of, &mut drafts);
    let hooks = optional_inputs(of, &drafts);
    drafts.into_iter().map(|draft| finish(of, draft, &hooks, report)).collect()
}

fn draft<'r, 'a>(of: &'r Resolved<'a>, endpoint: &'r Endpoint<'a>, report: &mut Report) -> Draft<'r, 'a> {
    let mut values = Arena::default();
    let available = available_values::bind(of, endpoint, &mut values, report);
    let mut draft = Draft {
        endpoint,
        values,
        available,
        steps: Vec::new(),
        fills: Vec::new(),
        faults: answers::edge_faults(of, endpoint),
        bound: Vec::new(),
        answers: Vec::new(),
        shown: Vec::new(),
        texts: Vec::new(),
        unread: Vec::new(),
        broken: false,
        doubtful: is_doubtful(of, endpoint),
    };
    steps::take(of, &mut draft, report);
    if !draft.broken {
        fills::fill(of, &mut draft, report);
        answers::answer(of, &mut draft, report);
        access_paths::finish_steps(of, &mut draft);
        draft.unread = forwarding::forward_unused(of, &mut draft);
    }
    draft
}

/// True if the request of an endpoint is not there, or has a field whose meaning or type could not be bound.
fn is_doubtful(of: &Resolved<'_>, endpoint: &Endpoint<'_>) -> bool {
    let gone = |name: &Option<Text>| name.as_ref().is_some_and(|name| of.payload_id(&name.text).is_none());
    let payloads = endpoint.request.map(|id| of.reached_from(id)).unwrap_or_default();
    let mut fields = payloads.into_iter().flat_map(|id| &of.payloads[id].fields);
    gone(&endpoint.raw.request) || gone(&endpoint.raw.response) || fields.any(Field::is_unbound)
}

/// Inputs of hooks of the bank's own that some endpoint may leave out: behaviour and meaning.
pub(crate) type OptionalInputs = HashSet<(Id<model::Behaviour>, Id<Meaning>)>;

/// A hook is written once for all endpoints that call it, so what one of them may lack is optional for all.
fn optional_inputs(of: &Resolved<'_>, drafts: &[Draft<'_, '_>]) -> OptionalInputs {
    let mut optional = OptionalInputs::new();
    for draft in drafts {
        for step in draft.steps.iter().filter(|step| of.behaviours[step.of.behaviour].spec.rust.is_none()) {
            let given: HashMap<Id<Meaning>, &Value> =
                step.inputs.iter().map(|(meaning, _, value)| (*meaning, &draft.values[*value])).collect();
            for meaning in reads::hook_inputs(&of.behaviours[step.of.behaviour]) {
                if given.get(&meaning).is_none_or(|value| reads::may_be_left_out(value)) {
                    optional.insert((step.of.behaviour, meaning));
                }
            }
        }
    }
    optional
}

fn finish(of: &Resolved<'_>, draft: Draft<'_, '_>, hooks: &OptionalInputs, report: &mut Report) -> Derived {
    let name = draft.endpoint.name.text.clone();
    if draft.broken {
        return Derived { name, plan: Plan::default(), bound: draft.bound, broken: true };
    }
    let mut conversions = Vec::new();
    let answer = fills::answer(of, &draft, &mut conversions, report);
    let steps = draft.steps.iter().map(|step| reads::step(of, &draft, step, hooks, &mut conversions, report));
    let mut steps: Vec<crate::plan::Step> = steps.collect();
    let success_by = successes::by_outcome(of, &draft, report);
    let gathered = gathered(of, &draft);
    let entities: Vec<String> = gathered.iter().filter_map(entity_of).collect();
    let (hook_facts, after) = forwarding::hook_facts(of, &draft);
    for ((step, overlays), hook_facts) in steps.iter_mut().zip(forwarding::overlays(of, &draft, &entities)).zip(after) {
        (step.overlays, step.hook_facts) = (overlays, hook_facts);
    }
    let plan = Plan {
        gathered,
        hook_facts,
        steps,
        answer,
        answers: draft.answers,
        success_by,
        shown: draft.shown,
        conversions,
        texts: draft.texts,
        unread: draft.unread,
        values: draft.values,
    };
    Derived { name, plan, bound: draft.bound, broken: false }
}

fn entity_of(gathered: &Gathered) -> Option<String> {
    if let Gathered::Entity(entity) = gathered { Some(entity.clone()) } else { None }
}

/// What is put together from the request before anything is done: things, then values that are looked for.
fn gathered(of: &Resolved<'_>, draft: &Draft<'_, '_>) -> Vec<Gathered> {
    let inputs = draft.steps.iter().flat_map(|step| &step.inputs).map(|(meaning, _, value)| (*meaning, *value, false));
    let fills = draft.fills.iter().filter_map(|fill| Some((fill.meaning?, fill.value?, true)));
    let of_fills =
        draft.fills.iter().flat_map(|fill| fill.shows.iter().map(|(meaning, value)| (*meaning, *value, true)));
    let mut entities: Vec<&str> = Vec::new();
    let mut found: Vec<(&str, Id<Meaning>, bool)> = Vec::new();
    let shows = draft.steps.iter().flat_map(|step| &step.shows).map(|(meaning, value)| (*meaning, *value, false));
    for (id, value, is_fill) in inputs.chain(shows).chain(fills).chain(of_fills) {
        let (meaning, source) = (of.meaning(id), &draft.values[value].source);
        if meaning.is_gathered && (source.is_searched() || !is_fill && source.is_request()) {
            entities.push(&meaning.entity);
        } else if !meaning.is_gathered && source.is_searched() {
            found.push((&meaning.name, id, matches!(source, Source::Derived { .. })));
        }
    }
    entities.sort_unstable();
    entities.dedup();
    found.sort_unstable();
    found.dedup();
    let entities = entities.into_iter().map(|entity| Gathered::Entity(entity.to_owned()));
    let found = found.into_iter().map(|(_, meaning, is_derived)| {
        let is_primitive = matches!(of.meaning(meaning).natural, crate::vocabulary::Natural::Primitive(_));
        Gathered::Value { meaning, worked_out: is_derived && is_primitive }
    });
    entities.chain(found).collect()
}
