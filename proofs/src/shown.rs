//! What a behaviour gives, and how the answer shows it: as required where it is always there, else as optional.

use countersign::vocabulary::{Behaviour, Natural, path_of};

use crate::fields;
use crate::rows::refused;
use crate::writer::{Open, Writer};

/// How a value that is shown is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// As required, always.
    Required,
    /// It is there whenever something answers, so both are right.
    Sure,
    /// It may be absent, so it is optional; in one of so many cases it is required all the same, which is refused.
    MayLack,
}

/// What a definition is about in which something that may be absent is required.
pub(crate) const REQUIRED: &str = "odd required field";

/// How often what may be absent is written as required.
const WRONGLY_REQUIRED: usize = 40;

impl Writer<'_> {
    /// Notes what a behaviour gives, declares errors for its refusals, or shows them, and shows some of the rest.
    pub(crate) fn give(&mut self, open: &mut Open, behaviour: &Behaviour, binds: &[String], keeps: &[String]) {
        let mut given: Vec<String> = Vec::new();
        for word in &behaviour.gives {
            match word.as_str() {
                "bound" => given.extend(binds.iter().cloned()),
                "kept" => given.extend(keeps.iter().cloned()),
                "columns" => given.extend(fields::table(self.part).1.iter().map(|one| (*one).to_owned())),
                word => given.extend(self.words.given_by(word, &[])),
            }
        }
        open.available.extend(given.iter().cloned());
        open.given.extend(given.iter().cloned());
        if !behaviour.refuses.is_empty() {
            if open.shows {
                for outcome in &behaviour.outcome {
                    self.show(open, outcome, Shown::Required);
                }
                open.available.extend(behaviour.outcome.iter().cloned());
            } else {
                open.errors.insert("REFUSED");
                open.errors.insert("SHARED");
            }
        }
        if behaviour.fails.iter().any(|fault| refused(self.words).contains(fault)) {
            open.errors.insert("SHARED");
        }
        let makes =
            given.iter().any(|meaning| meaning == "otp.id") && behaviour.takes.iter().any(|word| word == "bound");
        for meaning in given {
            let code = makes && ["otp.id", "otp.code"].contains(&meaning.as_str());
            let shown = match self.is_sure(open, behaviour, &meaning) {
                _ if code => Shown::Required,
                true => Shown::Sure,
                false => Shown::MayLack,
            };
            if code || self.tape.one_in(2) {
                self.show(open, &meaning, shown);
            }
        }
    }

    /// True for what a behaviour gives whenever it does not end with an error.
    fn is_sure(&self, open: &Open, behaviour: &Behaviour, meaning: &str) -> bool {
        let Some(output) = behaviour.rust.as_ref().and_then(|call| call.output.as_ref()) else { return false };
        let passed = output.passed.as_ref().filter(|_| !open.shows);
        let fields = passed.unwrap_or(&output.fields);
        let leads = |way: &str| path_of(way).iter().all(|(_, optional)| !optional);
        let (entity, attribute) = meaning.split_once('.').unwrap_or((meaning, ""));
        let may_lack = |attribute: &str| {
            self.words.entities.get(entity).is_some_and(|entity| entity.optional.iter().any(|one| one == attribute))
        };
        match (fields.get(meaning), fields.get(&format!("{entity}.*")), fields.get("columns")) {
            (Some(way), _, _) => leads(way),
            (None, Some(whole), _) => leads(whole) && !may_lack(attribute),
            (None, None, Some(row)) => behaviour.has_table() && leads(row),
            (None, None, None) => false,
        }
    }

    /// Shows a value in the response.
    pub fn show(&mut self, open: &mut Open, meaning: &str, shown: Shown) {
        let name = fields::wire(meaning);
        if open.silent
            || open.response.iter().any(|(other, _)| *other == name)
            || fields::is_of_the_bank(self.words, meaning)
        {
            return;
        }
        let boolean = matches!(self.words.meaning(meaning), Some(Natural::OneOf(values)) if values.iter().all(|value| value == "passed" || value == "failed"));
        let written = if boolean && self.tape.one_in(2) {
            format!("{meaning} as boolean")
        } else {
            fields::written(&mut self.draft, self.words, meaning)
        };
        let required = match shown {
            Shown::Required => true,
            Shown::Sure => self.tape.one_in(2),
            Shown::MayLack => self.tape.one_in(WRONGLY_REQUIRED),
        };
        if required && shown == Shown::MayLack {
            self.is_odd = true;
            self.about(REQUIRED);
        }
        let written = if required { written } else { fields::optional(&written) };
        open.response.push((name, written));
    }
}
