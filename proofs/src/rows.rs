//! The end of a definition: makers of codes that are only checked, rows for all faults, texts.

use std::collections::BTreeSet;

use countersign::vocabulary::Vocabulary;

use crate::draft::Draft;
use crate::tape::Tape;
use crate::writer::Writer;

impl Writer<'_> {
    /// Adds what is still missing, and hands the definition over.
    pub fn finish(mut self) -> (Draft, Tape) {
        let unmade: Vec<String> = self.made.iter().filter(|(_, made)| !**made).map(|(kind, _)| kind.clone()).collect();
        for kind in unmade {
            self.part = kind.trim_start_matches(|letter: char| !letter.is_ascii_digit()).parse().unwrap_or_default();
            let mut open = self.open();
            self.step(&mut open, if kind.starts_with("letters") { "issue_otp" } else { "waive_otp" });
            self.close(open);
        }
        if self.is_odd {
            self.draft.features.retain(|feature| feature.starts_with("odd "));
        }
        let refused = refused(self.words);
        let shared: Vec<String> = shared(self.words, &refused);
        let ours = ["body", "content_type", "input", "hook", "store", "caller", "route", "method"];
        let others = self.words.faults.names().filter(|fault| {
            let noun = fault.split('.').next().unwrap_or_default();
            !ours.contains(&noun) && !["overloaded", "unexpected"].contains(fault) && !refused.contains(*fault)
        });
        let failed: Vec<String> = others.map(str::to_owned).chain(self.own_faults.clone()).collect();
        let only: Vec<String> = refused.into_iter().filter(|fault| !shared.contains(fault)).collect();
        let row = |status: u16, faults: &[String]| format!("{{ status: {status}, for: [{}] }}", faults.join(", "));
        let draft = &mut self.draft;
        draft.line("errors", "BAD", "{ status: 400, for: [body.*, content_type.wrong, input.*] }");
        draft.line("errors", "LOST", "{ status: 404, for: [route.unknown, method.wrong] }");
        draft.line("errors", "CRASH", "{ status: 500, for: [unexpected] }");
        draft.line("errors", "OVER", "{ status: 503, for: [store.unavailable, overloaded] }");
        draft.line("errors", "HOOK", "{ status: 502, for: [hook.*] }");
        draft.line("errors", "CALLER", "{ status: 401, for: [caller.*] }");
        draft.line("errors", "REFUSED", row(409, &only));
        draft.line("errors", "SHARED", row(410, &shared));
        draft.line("errors", "FAILED", row(422, &failed));
        for fault in ["consent.incomplete", "option.unchecked"] {
            draft.line("says", fault, "REFUSED");
        }
        let base = [("adapter", "written"), ("title", "Written"), ("version", "1.0.0")];
        base.into_iter().for_each(|(key, value)| draft.set(key, value));
        let usual = [("callers", "{ none: a test }"), ("envelope", "{ failure: Failure }")];
        for (key, value) in usual {
            if !draft.top.iter().any(|(other, _)| other == key) {
                draft.set(key, value);
            }
        }
        draft.set("every_endpoint", "{ errors: [BAD, CRASH, OVER, HOOK, CALLER, FAILED] }");
        draft.payload("Failure", vec![("code".to_owned(), "error.code".to_owned())]);
        let texts = ["BAD", "LOST", "CRASH", "OVER", "HOOK", "CALLER", "REFUSED", "SHARED", "FAILED"];
        let mut english: Vec<String> = texts.iter().map(|key| format!("{key}: said")).collect();
        english.push("code.text: \"Code {{ otp.code }}\"".to_owned());
        let further = draft.sections.iter().find(|(section, _)| *section == "texts").map(|(_, lines)| lines.clone());
        draft.sections.retain(|(section, _)| *section != "texts");
        english.extend(further.unwrap_or_default().into_iter().map(|(key, text)| format!("{key}: {text}")));
        draft.line("messages", "en", format!("{{ {} }}", english.join(", ")));
        (self.draft, self.tape)
    }
}

/// Faults by which some behaviour refuses.
pub(crate) fn refused(words: &Vocabulary) -> BTreeSet<String> {
    words.behaviours.iter().flat_map(|(_, behaviour)| behaviour.refuses.clone()).collect()
}

/// Those of them by which another one fails.
fn shared(words: &Vocabulary, refused: &BTreeSet<String>) -> Vec<String> {
    let fails: BTreeSet<String> = words.behaviours.iter().flat_map(|(_, behaviour)| behaviour.fails.clone()).collect();
    refused.intersection(&fails).cloned().collect()
}
