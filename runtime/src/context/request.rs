//! One request as behaviours see it: its id, language, time and facts, and by which parts of the adapter it is answered.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::audit_writer::AuditWriter;
use super::hook_caller::HookCaller;
use super::keys::KeyAccess;
use super::shared::{Build, Shared};
use super::store_session::StoreSession;
use crate::adapter::Adapter;
use crate::entities::Message;
use crate::fault::{Fault, Key};
use crate::hooks::Call;
use crate::session::CallSession;
use crate::settings::{Caller, ErrorDetail};
use crate::shown::Shown;
use crate::store::Millis;
use crate::values::{Date, Time};
use crate::wire::{Notes, Unfit};

/// One request, without the adapter's own settings and hooks: what behaviours work with.
#[derive(Clone)]
pub struct Core {
    /// What all requests share.
    pub shared: Arc<Shared>,
    /// Id, endpoint, language and facts of this one.
    pub call: Arc<Call>,
    /// When it came.
    pub time: Time,
    /// What it says of itself and where its meanings stand, once it was read.
    pub message: Option<Arc<Notes>>,
    /// The session in which it came, if it is one that needs a session.
    pub session: Option<Arc<CallSession>>,
    /// What its texts show that generated code handed over, by meaning.
    pub shown: Arc<BTreeMap<&'static str, Shown>>,
}

impl Core {
    /// What the request says of itself, to be sent back as it came.
    pub fn message(&self) -> Message {
        self.message.as_ref().map(|notes| notes.message.clone()).unwrap_or_default()
    }

    /// The broken rule of a value that was found unfit once the request was read; none if the request does not have it.
    pub(crate) fn broken(&self, meaning: &str, why: Unfit) -> Option<Fault> {
        let violation = self.message.as_ref()?.places.violation(meaning, why, self.adapter())?;
        Some(Fault { violations: vec![violation], ..Fault::new("input.invalid") })
    }

    /// The adapter's facts.
    pub fn adapter(&self) -> &'static Adapter {
        self.shared.adapter
    }

    /// When the request came.
    pub fn time(&self) -> Time {
        self.time
    }

    /// The day on which it came, in the zone where ages are counted.
    pub fn today(&self) -> Date {
        self.time.day_in(&self.shared.options.time_zone)
    }

    /// Name, version and time of the build.
    pub fn build(&self) -> &Build {
        &self.shared.build
    }

    /// Who calls; empty where nobody has to say who they are.
    pub fn caller(&self) -> &str {
        self.call.caller.as_deref().unwrap_or_default()
    }

    /// What the settings say of who calls.
    pub(crate) fn known_caller(&self) -> Option<&Caller> {
        let name = self.call.caller.as_deref()?;
        self.shared.options.callers.iter().find(|caller| caller.name == name)
    }

    /// What the request's session is bound to; empty without one.
    pub fn session(&self, meaning: &str) -> &str {
        self.session.as_ref().and_then(|session| session.bound.get(meaning)).map_or("", String::as_str)
    }

    /// The same, whose hooks also get a value of this meaning.
    pub(crate) fn with_fact(&self, meaning: &'static str, value: String) -> Core {
        let mut core = self.clone();
        Arc::make_mut(&mut core.call).facts.insert(meaning, value);
        core
    }

    /// The status of a success, where it is not the endpoint's usual one.
    pub(crate) fn status(&self) -> Option<u16> {
        Some(self.call.notes.status.load(Ordering::Relaxed)).filter(|status| *status != 0)
    }

    /// The message key that the definition gives a fault, if it does.
    pub fn key_of(&self, fault: &str) -> Option<Key> {
        self.adapter().says.iter().find(|(name, _)| *name == fault).map(|(_, key)| *key)
    }

    /// What a failure of ours shows the caller so that it is found in the log: the request's id, or the time if the
    /// settings say so.
    pub fn error_reference(&self) -> String {
        match self.shared.options.error_detail {
            ErrorDetail::RequestId => self.call.request_id.clone(),
            ErrorDetail::Time => self.time.to_string(),
        }
    }

    /// The store, as this request uses it.
    pub(crate) fn store(&self) -> StoreSession<'_> {
        StoreSession { shared: &self.shared, call: &self.call }
    }

    /// The audit log, as this request writes it.
    pub(crate) fn audit(&self) -> AuditWriter<'_> {
        AuditWriter { store: self.store(), call: &self.call }
    }

    /// The bank's hooks, as this request calls them.
    pub(crate) fn hooks(&self) -> HookCaller<'_> {
        HookCaller { executor: &self.shared.guard, hooks: &self.shared.hooks, call: &self.call }
    }

    /// The keys of the adapter.
    pub(crate) fn keys(&self) -> KeyAccess<'_> {
        KeyAccess(&self.shared.keys)
    }

    /// The clock's time in milliseconds since 1970; later than [`Core::time`], which is when the request came.
    pub(crate) fn now_millis(&self) -> Millis {
        self.shared.clock.now().millis()
    }

    /// The value of a meaning for the texts of this call: what was handed over, or what is at hand everywhere.
    pub(crate) fn shown_value(&self, meaning: &str) -> Option<Shown> {
        let text = |text: String| Some(Shown::Text(text));
        match (self.shown.get(meaning), meaning) {
            (Some(value), _) => Some(value.clone()),
            (None, "request.id") => text(self.call.request_id.clone()),
            (None, "request.language") => text(self.call.language.clone()),
            (None, "request.time") => text(self.time.to_string()),
            (None, "build.version") => text(self.shared.build.version.to_owned()),
            (None, "build.time") => text(self.shared.build.time.to_string()),
            (None, _) => None,
        }
    }

    /// A text in the given language, else the caller's, else the default one. It may also show what is at hand everywhere.
    ///
    /// # Errors
    /// `unexpected`, if there is no such text or it needs a value that is not there.
    pub fn text(&self, language: Option<&str>, key: &str, values: &BTreeMap<String, String>) -> Result<String, Fault> {
        self.text_of_values(language, key, |meaning| values.get(meaning).cloned().map(Shown::Text))
    }

    /// A text of the definition with values by meaning, in the caller's language: a field of an answer.
    ///
    /// # Errors
    /// As [`Core::text`].
    pub fn says<const N: usize>(&self, key: &str, values: [(&str, String); N]) -> Result<String, Fault> {
        self.says_shown(key, values.map(|(meaning, value)| (meaning, value.into())))
    }

    /// The same with numbers and flags among its values.
    ///
    /// # Errors
    /// As [`Core::text`].
    pub fn says_shown<const N: usize>(&self, key: &str, values: [(&str, Shown); N]) -> Result<String, Fault> {
        let of = |meaning: &str| values.iter().find(|(other, _)| *other == meaning).map(|(_, value)| value.clone());
        self.text_of_values(None, key, of)
    }

    /// The same for a link: what would end a part of a path or of a query is escaped in the values.
    ///
    /// # Errors
    /// As [`Core::text`].
    pub fn link<const N: usize>(&self, key: &str, values: [(&str, String); N]) -> Result<String, Fault> {
        self.says(key, values.map(|(meaning, value)| (meaning, crate::wire::escaped(&value))))
    }

    /// A text of the definition if every value of it is there.
    ///
    /// # Errors
    /// As [`Core::text`].
    pub fn says_if<const N: usize>(
        &self,
        key: &str,
        values: [(&str, Option<String>); N],
    ) -> Result<Option<String>, Fault> {
        self.says_shown_if(key, values.map(|(meaning, value)| (meaning, value.map(Into::into))))
    }

    /// The same with numbers and flags among its values.
    ///
    /// # Errors
    /// As [`Core::text`].
    pub fn says_shown_if<const N: usize>(
        &self,
        key: &str,
        values: [(&str, Option<Shown>); N],
    ) -> Result<Option<String>, Fault> {
        let is_whole = values.iter().all(|(_, value)| value.is_some());
        let of =
            |meaning: &str| values.iter().find(|(other, _)| *other == meaning).and_then(|(_, value)| value.clone());
        is_whole.then(|| self.text_of_values(None, key, of)).transpose()
    }

    /// The same for a link.
    ///
    /// # Errors
    /// As [`Core::text`].
    pub fn link_if<const N: usize>(
        &self,
        key: &str,
        values: [(&str, Option<String>); N],
    ) -> Result<Option<String>, Fault> {
        self.says_if(key, values.map(|(meaning, value)| (meaning, value.map(|value| crate::wire::escaped(&value)))))
    }

    /// The same with numbers and flags among its values.
    pub(crate) fn text_of_values(
        &self,
        language: Option<&str>,
        key: &str,
        value: impl Fn(&str) -> Option<Shown>,
    ) -> Result<String, Fault> {
        let value = |meaning: &str| value(meaning).or_else(|| self.shown_value(meaning));
        self.shared.texts.render(language.unwrap_or(&self.call.language), key, value)
    }

    /// The same for a text that is HTML: the values are escaped.
    ///
    /// # Errors
    /// As [`Core::text`].
    pub fn html(&self, language: Option<&str>, key: &str, values: &BTreeMap<String, String>) -> Result<String, Fault> {
        let value = |meaning: &str| values.get(meaning).cloned().map(Shown::Text);
        let value = |meaning: &str| value(meaning).or_else(|| self.shown_value(meaning));
        self.shared.texts.render_html(language.unwrap_or(&self.call.language), key, value)
    }
}
