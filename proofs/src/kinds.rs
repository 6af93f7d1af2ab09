//! What the option of a behaviour names: a kind of code or session, a table, an event.

use countersign::vocabulary::{Behaviour, Kinds, MaySay};

use crate::fields;
use crate::writer::Writer;

impl Writer<'_> {
    pub(crate) fn option(&mut self, name: &str, behaviour: &Behaviour) -> Option<String> {
        if behaviour.has_session() {
            let kind = self.own("visit");
            let binds = if self.tape.one_in(2) { "[wallet.id]" } else { "[user.id]" };
            self.draft.line("sessions", &kind, format!("{{ idle: 1h, binds: {binds} }}"));
            return Some(kind);
        }
        if behaviour.has_table() {
            let table = self.own("rows");
            let (key, gives) = fields::table(self.part);
            self.draft.line("tables", &table, format!("{{ key: [{key}], gives: [{}] }}", gives.join(", ")));
            self.own_faults.push(format!("{table}.unknown"));
            return Some(table);
        }
        if behaviour.has_kind() {
            return Some(self.kind(name, behaviour));
        }
        match &behaviour.option {
            Some(_) => Some("something_happened".to_owned()),
            None => match &behaviour.may_say {
                Some(MaySay::Word { word }) if self.tape.one_in(3) => Some(word.clone()),
                Some(MaySay::Number { .. }) if self.tape.one_in(3) => Some("1".to_owned()),
                _ => None,
            },
        }
    }

    fn kind(&mut self, name: &str, behaviour: &Behaviour) -> String {
        let by_code = match behaviour.kinds {
            Some(Kinds::WithId) => false,
            Some(_) => true,
            None => self.draft.has("otps", &self.own("letters")) || self.tape.one_in(3),
        };
        let kind = self.own(if by_code { "letters" } else { "code" });
        if !self.draft.has("otps", &kind) {
            let bound = [vec![], vec!["user.id"], vec!["organization.id"], vec!["user.id", "device.id"]];
            let bound = self.tape.pick(&bound).cloned().unwrap_or_default();
            let keeps = if self.tape.one_in(3) { ", keeps: [app.id]" } else { "" };
            let binds = format!("binds: [{}]{keeps}", bound.join(", "));
            let line = if by_code {
                format!("{{ id: code, alphabet: base32, digits: 10, life: 1h, one_per: [user.id], {binds} }}")
            } else {
                let life = self.tape.pick(&["5m", "10m", "90s"]).copied().unwrap_or("5m");
                let digits = 6 + self.tape.below(4);
                format!("{{ digits: {digits}, life: {life}, attempts: 3, text: code.text, {binds} }}")
            };
            self.draft.line("otps", &kind, line);
        }
        let makes = behaviour.takes.iter().any(|word| word == "bound") && name != "verify_asked_answers";
        let before = self.made.entry(kind.clone()).or_default();
        *before |= makes;
        kind
    }

    /// What the kind that an option names binds and keeps, as it is written.
    pub(crate) fn bound(&self, behaviour: &Behaviour, option: Option<&str>) -> (Vec<String>, Vec<String>) {
        let (false, false, Some(option)) =
            (behaviour.has_table(), !behaviour.has_kind() && !behaviour.has_session(), option)
        else {
            return (Vec::new(), Vec::new());
        };
        let section = if behaviour.has_session() { "sessions" } else { "otps" };
        let lines = self.draft.sections.iter().find(|(is, _)| *is == section).map(|(_, lines)| lines.as_slice());
        let line = lines.unwrap_or_default().iter().find(|(name, _)| name == option).map_or("", |(_, line)| line);
        let list = |key: &str| -> Vec<String> {
            let after = line.split_once(&format!("{key}: [")).and_then(|(_, rest)| rest.split_once(']'));
            let words = after.map_or("", |(words, _)| words).split(", ").filter(|word| !word.is_empty());
            words.map(str::to_owned).collect()
        };
        (list("binds"), list("keeps"))
    }
}
