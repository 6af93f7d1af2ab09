//! From a document to the model, or to every mistake at once: the stages, one after the other.

use crate::blame;
use crate::check;
use crate::derive::{self, Derived};
use crate::diagnostic::Diagnostic;
use crate::load::Loaded;
use crate::lower::lower;
use crate::model::Adapter;
use crate::raw::{self, Definition};
use crate::report::Report;
use crate::resolve::{Resolved, resolve};
use crate::source::Sources;
use crate::vocabulary::Vocabulary;

/// What a proof found.
#[derive(Debug)]
pub struct Checked {
    /// The model; none if anything is wrong.
    pub adapter: Option<Adapter>,
    /// Every mistake, in the order of the files: warnings too, which a model has beside it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks a definition. What a tailoring breaks in the lines that it extends is reported at its own.
pub fn check(loaded: &Loaded) -> Checked {
    let before = bound_by_base(loaded);
    let mut checked = judge(loaded, &before);
    if checked.adapter.is_none() {
        // What is not used may only seem so while something is wrong.
        checked.diagnostics.retain(Diagnostic::is_error);
        let diagnostics = blame::without_cascading(&loaded.document, checked.diagnostics);
        checked.diagnostics = blame::at_their_causes(loaded, &before, diagnostics);
    }
    checked
}

/// What the checks of the extended definition get. A definition that adds nothing loses nothing.
fn bound_by_base(loaded: &Loaded) -> Vec<check::Bound> {
    let base = loaded.base.as_ref().filter(|_| !loaded.changes_nothing());
    let (Some(base), Ok(shipped)) = (base, Vocabulary::shipped()) else { return Vec::new() };
    let (base, diagnostics) = raw::definition(base);
    derived_of(&base, &loaded.sources, shipped, &mut Report::with(diagnostics))
}

/// Checks a definition, and reports each mistake where it shows. `before`: what the checks of its base get.
pub(crate) fn judge(loaded: &Loaded, before: &[check::Bound]) -> Checked {
    let shipped = match Vocabulary::shipped() {
        Ok(shipped) => shipped,
        Err(error) => {
            let diagnostic = Diagnostic::new("broken-vocabulary", None, error.to_string());
            return Checked { adapter: None, diagnostics: vec![diagnostic] };
        }
    };
    let (definition, mut diagnostics) = raw::definition(&loaded.document);
    diagnostics.extend(loaded.old_names.iter().cloned());
    let mut report = Report::with(diagnostics);
    let proved = prove(&definition, &loaded.sources, shipped, &mut report);
    if let Some((of, derived)) = &proved {
        check::lost_bindings(of, before, derived, &mut report);
        check::check_unused(of, (&loaded.document, loaded.base.as_ref()), derived, &mut report);
    }
    if let Some(base) = &loaded.base {
        check::settings_keep_their_kind(&loaded.document, base, &mut report);
    }
    let (clean, mut diagnostics) = report.finish();
    let adapter = match (clean, proved) {
        (Some(clean), Some((of, derived))) => match lower(&of, loaded, derived, &clean) {
            Ok(adapter) => Some(adapter),
            Err(error) => {
                let text = format!("what was proved has a hole: {}", error.0);
                diagnostics.push(Diagnostic::new("broken-proof", None, text));
                None
            }
        },
        _ => None,
    };
    Checked { adapter, diagnostics }
}

/// Binds, derives and judges a definition; nothing if its payloads have no end.
fn prove<'a>(
    definition: &'a Definition,
    sources: &'a Sources,
    shipped: &Vocabulary,
    report: &mut Report,
) -> Option<(Resolved<'a>, Vec<Derived>)> {
    check::top_level(definition, report);
    // Going through payloads that have no end would have none either.
    if !check::check_sizes(definition, report) {
        return None;
    }
    let of = resolve(definition, sources, shipped.clone(), report);
    check::of_resolved(&of, report);
    let derived = derive::derive(&of, report);
    check::of_plans(&of, &derived, report);
    Some((of, derived))
}

/// The same without a judgement, for what a tailoring may not lose of its base.
fn derived_of(
    definition: &Definition,
    sources: &Sources,
    shipped: &Vocabulary,
    report: &mut Report,
) -> Vec<check::Bound> {
    if !check::check_sizes(definition, report) {
        return Vec::new();
    }
    let of = resolve(definition, sources, shipped.clone(), report);
    let derived = derive::derive(&of, report);
    derived.into_iter().map(|one| (one.name.clone(), check::bound_names(&of, &one))).collect()
}
