//! Kinds of sessions: what they bind, for how long they may rest, and which endpoints ask for one.

use crate::raw::{Callers, Endpoint, Text, seconds};
use crate::report::Report;
use crate::resolve::Resolved;
use crate::vocabulary::Natural;

/// The longest that a session may rest, in seconds: 30 days.
const LONGEST_IDLE: u64 = 30 * 86_400;

pub(super) fn check_sessions(of: &Resolved<'_>, report: &mut Report) {
    let definition = of.raw;
    for (name, kind) in definition.sessions.iter() {
        match &kind.idle {
            Some((idle, text)) if !(60..=LONGEST_IDLE).contains(idle) && seconds(&text.text).is_some() => {
                let message = format!("an idle time of {} is outside 1m to 30d", text.text);
                report.push_new("below-floor", text.place, message, "a token that was lost is good for that long");
            }
            Some(_) => {}
            None => {
                let text = format!("the session `{}` does not say its `idle`", name.text);
                report.push_new("missing-key", kind.place, text, "add `idle: 1h`: how long it may rest");
            }
        }
    }
    for kind in &of.declarations.sessions {
        for named in &kind.binds {
            let meaning = named.id.ok().map(|id| of.meaning(id));
            let natural = meaning.map(|meaning| &meaning.natural);
            if natural.is_some_and(|natural| !matches!(natural, Natural::Primitive(word) if *word == "text")) {
                let (name, meaning) = (&kind.name.text, &named.text.text);
                let text = format!("the session `{name}` cannot bind `{meaning}`, which is no text");
                report.push_new("wrong-value", named.text.place, text, "bind what names a user, a wallet or an app");
            }
        }
    }
    for (name, endpoint) in definition.endpoints.iter() {
        check_endpoint_callers(of, name, endpoint, report);
    }
}

/// An endpoint says nothing of its callers, or that they show a session.
fn check_endpoint_callers(of: &Resolved<'_>, name: &Text, endpoint: &Endpoint, report: &mut Report) {
    match &endpoint.callers {
        None => {}
        Some((Callers::Session(kind), _)) => {
            let shares = |other: &Endpoint| {
                let route = |one: &Endpoint| one.route.as_ref().map(|route| route.text.clone());
                route(other) == route(endpoint)
            };
            let other = of.raw.endpoints.iter().find(|(other, one)| other.text != name.text && shares(one));
            if let Some((other, _)) = other {
                let text = format!("`{}` asks for a session and shares its route with `{}`", name.text, other.text);
                report.push_new(
                    "wrong-value",
                    kind.place,
                    text,
                    "give it a route of its own: the session is asked for before the body shows which endpoint it is",
                );
            }
        }
        Some((_, at)) => {
            let text = format!("`{}` has callers of its own that are no session", name.text);
            report.push_new("not-yet", *at, text, "`callers: { session: <kind> }` is served at single endpoints");
        }
    }
}
