//! From a document to the model, or to every mistake at once: the stages, one after the other.

use crate::check;
use crate::derive::{self, Derived};
use crate::diagnostic::{Diagnostic, tidy};
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
    /// Every mistake, in the order of the files.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks a definition.
pub fn check(loaded: &Loaded) -> Checked {
    let wrong = |diagnostics| Checked { adapter: None, diagnostics };
    let shipped = match Vocabulary::shipped() {
        Ok(shipped) => shipped,
        Err(error) => return wrong(vec![Diagnostic::new("broken-vocabulary", None, error.to_string())]),
    };
    let (definition, mistakes) = raw::definition(&loaded.document);
    let mut report = Report::with(mistakes);
    let proved = prove(&definition, &loaded.sources, &shipped, &mut report);
    // A definition that adds nothing loses nothing either.
    if let Some(base) = loaded.base.as_ref().filter(|base| base.to_json() != loaded.document.to_json()) {
        let (base, mistakes) = raw::definition(base);
        let mut of_base = Report::with(mistakes);
        let before = derived_of(&base, &loaded.sources, &shipped, &mut of_base);
        if let Some((of, derived)) = &proved {
            check::base(of, (&loaded.document, &base), &before, derived, &mut report);
        }
    }
    match (report.finish(), proved) {
        (Ok(clean), Some((of, derived))) => match lower(&of, loaded, derived, &clean) {
            Ok(adapter) => Checked { adapter: Some(adapter), diagnostics: Vec::new() },
            Err(_) => wrong(vec![Diagnostic::new("broken-proof", None, "what was proved has a hole")]),
        },
        (Err(diagnostics), _) => wrong(tidy(diagnostics)),
        (Ok(_), None) => wrong(vec![Diagnostic::new("broken-proof", None, "what was proved has a hole")]),
    }
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
