//! Judges a definition whose names are bound and whose plans are derived: each file asks one question, with free
//! functions over what was resolved, and give a report. They know `resolve` and not each other, and no template.

mod declarations;
mod document;
mod envelopes;
mod examples;
mod ids;
mod impossible_rules;
mod keys;
mod lost_bindings;
mod names;
mod no_content;
mod operations;
mod placement;
mod recipients;
mod routes;
mod rows;
mod rules;
mod sessions;
mod settings;
mod sizes;
mod tables;
mod texts;
mod types;
mod unmatched_calls;
mod unused;
mod when;
mod wire_names;
mod without;

pub(crate) use document::top_level;
pub(crate) use examples::expanded;
pub(crate) use lost_bindings::{Bound, bound_names, lost_bindings};
pub(crate) use settings::settings_keep_their_kind;
pub(crate) use sizes::check_sizes;
pub(crate) use unused::check_unused;

pub use crate::prove::{Checked, check};

use crate::derive::Derived;
use crate::report::Report;
use crate::resolve::Resolved;

/// Asks what is asked of names and types alone.
pub(crate) fn of_resolved(of: &Resolved<'_>, report: &mut Report) {
    types::check_types(of, report);
    names::check_names(of, report);
    wire_names::check_wire_names(of, report);
    declarations::check_declarations(of, report);
    tables::check_tables(of, report);
    sessions::check_sessions(of, report);
    settings::check_settings(of, report);
    routes::check_routes(of, report);
    envelopes::check_applied_envelopes(of, report);
    envelopes::check_envelopes(of, report);
    rows::check_rows(of, report);
    no_content::check_no_content(of, report);
    placement::check_placement(of, report);
    operations::check_operations(of, report);
}

/// Asks what is asked of plans, and of what they would send.
pub(crate) fn of_plans(of: &Resolved<'_>, derived: &[Derived], report: &mut Report) {
    without::check_without(of, derived, report);
    rules::check_rules(of, report);
    impossible_rules::check_times(&of.raw.wire, report);
    ids::check_ids(of, derived, report);
    recipients::check_recipients(of, derived, report);
    texts::check_texts(of, derived, report);
    examples::check_examples(of, derived, report);
}
