//! Kinds of sessions: what they bind, for how long they may rest, and which endpoints ask for one.

use super::Cx;
use crate::diagnostic::Diagnostic;
use crate::model;
use crate::naming::near;
use crate::raw::{Callers, Endpoint, SessionKind, Text};
use crate::vocabulary::Natural;

/// The longest that a session may rest, in seconds: 30 days.
const LONGEST_IDLE: u64 = 30 * 86_400;

impl<'a> Cx<'a> {
    pub(super) fn check_sessions(&mut self) {
        let definition = self.definition;
        for (name, kind) in definition.sessions.iter() {
            match &kind.idle {
                Some((idle, text)) if !(60..=LONGEST_IDLE).contains(idle) => {
                    let said = format!("an idle time of {} is outside 1m to 30d", text.text);
                    self.tell("below-floor", text.place, said, "a token that was lost is good for that long");
                }
                Some(_) => {}
                None => {
                    let text = format!("the session `{}` does not say its `idle`", name.text);
                    self.tell("missing-key", kind.place, text, "add `idle: 1h`: how long it may rest");
                }
            }
            for meaning in &kind.binds {
                self.known_meaning(meaning);
                let natural = self.words.all.meaning(&meaning.text);
                if natural.is_some_and(|natural| !matches!(natural, Natural::Primitive(word) if word == "text")) {
                    let text = format!("the session `{}` cannot bind `{}`, which is no text", name.text, meaning.text);
                    self.tell("wrong-value", meaning.place, text, "bind what names a user, a wallet or an app");
                }
            }
        }
        for (name, endpoint) in definition.endpoints.iter() {
            self.check_endpoint_callers(name, endpoint);
        }
    }

    /// An endpoint says nothing of its callers, or that they show a session.
    fn check_endpoint_callers(&mut self, name: &Text, endpoint: &'a Endpoint) {
        match &endpoint.callers {
            None => {}
            Some((Callers::Session(kind), _)) => {
                self.known_session(kind);
                let shares = |other: &Endpoint| {
                    let route = |one: &Endpoint| one.route.as_ref().map(|route| route.text.clone());
                    route(other) == route(endpoint)
                };
                let other =
                    self.definition.endpoints.iter().find(|(other, one)| other.text != name.text && shares(one));
                if let Some((other, _)) = other {
                    let text = format!("`{}` asks for a session and shares its route with `{}`", name.text, other.text);
                    self.tell("wrong-value", kind.place, text, "give it a route of its own: the session is asked for before the body tells which endpoint it is");
                }
            }
            Some((_, at)) => {
                let text = format!("`{}` has callers of its own that are no session", name.text);
                self.tell("not-yet", *at, text, "`callers: { session: <kind> }` is served at single endpoints");
            }
        }
    }

    fn known_session(&mut self, kind: &Text) -> Option<&'a SessionKind> {
        let kinds = &self.definition.sessions;
        let found = kinds.get(&kind.text);
        if found.is_none() {
            let near = near(&kind.text, kinds.names()).map(|near| format!("did you mean `{near}`?"));
            let told = Diagnostic::new("unknown-option", kind.place, format!("no kind of session `{}`", kind.text));
            self.push(told.help("declare it under `sessions:`").help_if(near));
        }
        found
    }

    /// The kind of session that a behaviour opens.
    pub(super) fn session_kind(&mut self, name: &Text, option: Option<&Text>) -> Option<&'a SessionKind> {
        match (option, self.definition.sessions.as_slice()) {
            (Some(option), _) => self.known_session(option),
            (None, [(_, only)]) => Some(only),
            (None, kinds) => {
                let text = format!("`{}` does not say which of {} kinds of sessions", name.text, kinds.len());
                let help = format!("write `{}: <kind>`, a kind under `sessions:`", name.text);
                self.tell("unknown-option", name.place, text, help);
                None
            }
        }
    }

    /// The session that an endpoint asks for.
    pub(super) fn session_of(&self, endpoint: &Endpoint) -> Option<&'a SessionKind> {
        match &endpoint.callers {
            Some((Callers::Session(kind), _)) => self.definition.sessions.get(&kind.text),
            _ => None,
        }
    }

    pub(super) fn model_sessions(&self) -> Vec<model::SessionKind> {
        let kinds = self.definition.sessions.iter();
        kinds
            .map(|(name, kind)| model::SessionKind {
                name: name.text.clone(),
                idle: kind.idle.as_ref().map(|(_, text)| text.text.clone()).unwrap_or_default(),
                binds: kind.binds.iter().map(|meaning| meaning.text.clone()).collect(),
            })
            .collect()
    }
}
