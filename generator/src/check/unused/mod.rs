//! What nothing uses: declared in the definition's own files, and named by no endpoint and nothing that one reaches.
//! Almost the name of something that is there, it is a slip, and what was meant to change stays as it was; any other
//! may be work to come, so it is a warning. What an extended definition has in reserve is not reported.

mod examples;
mod keys;
mod kinds;
mod rows;
mod texts;
mod types;
mod violations;
mod words;

use super::when::check_alone;
use crate::derive::Derived;
use crate::naming::{near, typo};
use crate::raw::Text;
use crate::report::Report;
use crate::resolve::Resolved;
use crate::yaml::Node;

/// Asks of everything that has a name. `base`: what is extended.
pub(crate) fn check_unused(
    of: &Resolved<'_>,
    (document, base): (&Node, Option<&Node>),
    derived: &[Derived],
    report: &mut Report,
) {
    let used = texts::used_names(document);
    types::check(of, report);
    kinds::check(of, report);
    rows::check(of, derived, report);
    let before = base.map(texts::used_names).unwrap_or_default();
    words::check(of, (&used, &before), derived, report);
    texts::check(of, &used, report);
    keys::check(of, &before, report);
    violations::check(of, report);
    examples::check(of, report);
    check_alone(of, report);
}

/// Reports something that nothing uses, if it is of the definition itself. `among`: what may have been meant.
fn report_unused<'n>(
    of: &Resolved<'_>,
    (what, name): (&str, &Text),
    among: impl IntoIterator<Item = &'n str>,
    otherwise: &str,
    report: &mut Report,
) {
    if !of.sources.is_own(name.place) {
        return;
    }
    let among: Vec<&str> = among.into_iter().filter(|other| *other != name.text).collect();
    let text = format!("nothing uses {what} `{}`", name.text);
    if let Some(meant) = typo(&name.text, among.iter().copied()) {
        report.push_new("misspelt", name.place, text, format!("did you mean `{meant}`?"));
        return;
    }
    let help = near(&name.text, among).map(|near| format!("did you mean `{near}`? If not, {otherwise}"));
    report.push_new("unused", name.place, text, help.unwrap_or_else(|| otherwise.to_owned()));
}
