//! The end of reading a request: asks the rules on meanings, puts what is broken in the order of declaration, and
//! decides which fault it is.

use std::borrow::Cow;

use super::data_string::{Data, canonical};
use super::decoder::{Broken, Decoder, Meant, Presence, Step, StepName};
use super::field::{Accepts, Kind, Test, Then};
use super::folding::accepted;
use super::path::quoted;
use super::payload::Unreadable;
use super::places::{Place, path};
use super::rules::Seen;
use super::tape::{Node, Tape, Token};
use super::text::{is_blank, is_white, printable, text_of};
use crate::adapter::OperationKind;
use crate::fault::{Fault, Violation};
use crate::values::RegistrationNumber;

/// What a meaning has, as rules on it look at it.
struct MeaningValue<'a> {
    meaning: &'static str,
    /// Where it stands; an absent field counts as a place.
    carriers: &'a [usize],
    seen: Option<Seen<'a>>,
    /// What the operation's data says, where nothing else does.
    derived: Option<Node<'a>>,
    /// It has the wrong type.
    wrong: bool,
    /// One of the rules is that it is there.
    must_be: bool,
    /// People are shown it, so that something must be seen of it.
    is_shown: bool,
}

impl<'j> Decoder<'j> {
    /// The value, if nothing was found wrong.
    ///
    /// # Errors
    /// `input.unknown_field` before `body.malformed` before the first broken rule; that one is `input.invalid` with
    /// all broken rules, or what it raises.
    pub fn finish<T>(&mut self, value: Result<T, Unreadable>) -> Result<T, Fault> {
        let found = std::mem::take(&mut self.found);
        if value.as_ref().err() == Some(&Unreadable::Type) {
            return Err(Fault::new("body.malformed").with_detail("the body is not of its type"));
        }
        if let Some(fault) = self.malformed(&found) {
            return Err(fault);
        }
        let mut broken = Vec::new();
        for one in found {
            match one {
                Presence::Broken(rule) => broken.push(rule),
                Presence::Ask { then, step } => self.ask(then, step, &mut broken),
                Presence::Wrong { .. } | Presence::Unprintable { .. } | Presence::UnknownMember { .. } => {}
            }
        }
        match (broken.first().map(|first| first.raises), value) {
            (Some(Some(raised)), _) => Err(Fault::new(raised)),
            (Some(None), _) => Err(self.invalid(&broken)),
            (None, Ok(value)) => Ok(value),
            (None, Err(_)) => Err(Fault::new("body.malformed")),
        }
    }

    /// The fault of a body that is not of its shape, if it is not.
    fn malformed(&self, found: &[Presence]) -> Option<Fault> {
        let unknown = found.iter().find_map(|one| match one {
            Presence::UnknownMember { step } => Some(format!("a member of `{}`", self.name(*step))),
            _ => None,
        });
        if let Some(unknown) = unknown {
            return Some(Fault::new("input.unknown_field").with_detail(unknown));
        }
        let (step, what) = found.iter().find_map(|one| match one {
            Presence::Wrong { step, meaning } if !named_by_meaning(found, *meaning) => {
                Some((*step, "has the wrong type"))
            }
            Presence::Unprintable { step } if !self.is_reported_unprintable(found, *step) => {
                Some((*step, "is no line of text"))
            }
            Presence::Broken(Broken { step, rule: "required", key: None, raises: None, .. }) => {
                Some((*step, "is missing"))
            }
            _ => None,
        })?;
        Some(Fault::new("body.malformed").with_detail(format!("`{}` {what}", self.name(step))))
    }

    /// All broken rules as one fault; a key is reported once for a field.
    fn invalid(&self, broken: &[Broken]) -> Fault {
        let mut violations: Vec<Violation> = Vec::new();
        for rule in broken.iter().filter(|rule| rule.raises.is_none()) {
            let violation = self.violation(rule);
            if !violations.iter().any(|reported| reported.path == violation.path && reported.key == violation.key) {
                violations.push(violation);
            }
        }
        Fault { violations, ..Fault::new("input.invalid") }
    }

    fn violation(&self, broken: &Broken) -> Violation {
        let types = self.adapter.validation.types;
        let named = types.iter().find(|(name, _)| *name == broken.type_name).map(|(_, name)| *name);
        Violation {
            key: broken.key.unwrap_or(broken.rule).to_owned(),
            path: self.path(broken.step),
            type_name: named.unwrap_or(broken.type_name).to_owned(),
            rule: broken.rule,
            allowed: broken.allowed,
        }
    }

    /// The same for the log, where the body itself has its name in the envelope.
    fn name(&self, step: Option<usize>) -> String {
        let path = self.path(step);
        match step.and_then(|step| self.steps.get(step)).map(|step| step.name) {
            Some(StepName::Member(name)) if path.is_empty() => name.to_owned(),
            _ => path,
        }
    }

    /// The path of a place, from the body's root.
    pub(super) fn path(&self, step: Option<usize>) -> String {
        path(&self.steps, self.body, step)
    }

    /// Asks rules on a meaning, and adds those that are broken.
    fn ask(&mut self, then: &'static Then, struct_step: Option<usize>, broken: &mut Vec<Broken>) {
        if !self.applies(then) {
            return;
        }
        let carriers: Vec<usize> = self.carriers(then.meaning);
        let first = carriers.iter().copied().find(|at| self.is_there(*at)).or(carriers.first().copied());
        let reported = first.and_then(|at| self.meant.get(at)).map(|meant| (meant.step, meant.type_name));
        let (step, type_name) = match &then.at {
            Some(at) => (Some(self.place(struct_step, at.name)), at.type_name),
            None => reported.unwrap_or((struct_step, "text")),
        };
        let meant = first.and_then(|at| self.meant.get(at));
        let derived = if first.is_some_and(|at| self.is_there(at)) { None } else { self.derived(then.meaning) };
        let derived = derived.as_ref().map(Tape::root);
        let seen = match derived {
            Some(json) => Some(Seen { kind: Kind::of(json), json, accepts: Accepts::NOTHING }),
            None => meant.and_then(|meant| meant.seen),
        };
        if seen.is_none() && self.is_reported_missing(meant, step, broken) {
            return;
        }
        let wrong = meant.is_some_and(|meant| meant.wrong);
        let must_be = then.rules.iter().any(|rule| matches!(rule.test, Test::Required));
        let is_shown = then.if_needed;
        let asked =
            MeaningValue { meaning: then.meaning, carriers: &carriers, seen, derived, wrong, must_be, is_shown };
        for rule in then.rules {
            if matches!(rule.test, Test::Fits) {
                self.places.push(Place { meaning: then.meaning, step, type_name, key: rule.key });
            }
            let country = self.country(&rule.test);
            if self.breaks(&rule.test, &asked, &country) {
                let key = rule.key.or_else(|| self.default_key(rule.test.word()));
                let meaning = Some(then.meaning);
                broken.push(Broken {
                    step,
                    type_name,
                    rule: rule.test.word(),
                    key,
                    raises: rule.raises,
                    allowed: RegistrationNumber::forms(&country),
                    meaning,
                });
            }
        }
    }

    /// True if what a meaning has breaks a rule.
    fn breaks(&self, test: &Test, asked: &MeaningValue<'_>, country: &str) -> bool {
        let several = asked.carriers.len() > 1;
        match (*test, asked.seen) {
            (Test::Type, _) => asked.wrong,
            (Test::Agrees, _) => self.disagrees(asked.meaning, asked.carriers),
            (Test::Fits, _) => false,
            (Test::Printable, _) => self.is_unprintable(asked.carriers, asked.derived),
            (Test::Required, None) => true,
            (_, None) => false,
            (_, Some(_)) if asked.wrong => false,
            (Test::Required, Some(seen)) => {
                asked.is_shown && seen.shows_nothing(self.adapter) || seen.breaks(test, self.adapter, self.moment)
            }
            // Two currencies are those of two amounts, which their own rules report.
            (_, Some(_)) if several && asked.meaning == "operation.currency" => self.some_breaks(test, asked.carriers),
            (_, Some(_)) if several => true,
            // What is reported as missing is not reported as malformed.
            (_, Some(seen)) if asked.must_be && seen.is_nothing(self.adapter) => false,
            (_, Some(seen)) if asked.must_be && asked.is_shown && seen.shows_nothing(self.adapter) => false,
            (Test::RegisteredIn(_), Some(seen)) => !seen.is_registered(country, self.adapter, self.moment.today),
            (_, Some(seen)) => seen.breaks(test, self.adapter, self.moment),
        }
    }

    /// The country of a rule on registration numbers: the one that it names, or the one that the request says.
    fn country(&self, test: &Test) -> Cow<'j, str> {
        match *test {
            Test::RegisteredIn(meaning) if meaning.contains('.') => self.value(meaning).unwrap_or_default(),
            Test::RegisteredIn(code) => Cow::Borrowed(code),
            _ => Cow::Borrowed(""),
        }
    }

    /// True if the absence of the value, or of what is around it, has been reported already.
    fn is_reported_missing(&self, meant: Option<&Meant<'j>>, step: Option<usize>, broken: &[Broken]) -> bool {
        let reported =
            |one: &Broken| one.rule == "required" && one.meaning.is_none() && one.step == step && step.is_some();
        meant.is_some_and(|meant| meant.under_missing) || (meant.is_none() && broken.iter().any(reported))
    }

    /// Amount, currency and account as the operation's data has them, where nothing else in the request does.
    fn derived(&self, meaning: &str) -> Option<Tape> {
        let there = |meaning: &str| self.carriers(meaning).iter().any(|at| self.is_there(*at));
        let money = || !there("operation.amount") && !there("operation.currency");
        match meaning {
            "operation.amount" if money() => Tape::of_own(self.data()?.amount.as_ref()?.as_str().to_owned()),
            "operation.currency" if money() => Tape::of_own(quoted(self.data()?.currency.as_ref()?)),
            "operation.account" if !there(meaning) => Tape::of_own(quoted(self.data()?.account.as_ref()?)),
            _ => None,
        }
    }

    /// What the operation's data says, if there is any.
    fn data(&self) -> Option<&Data> {
        let text = self.value("operation.data")?;
        Some(self.data.get_or_init(|| Data::read(&text)))
    }

    /// True if the places that have this meaning, or the operation's data, say different things.
    fn disagrees(&self, meaning: &str, carriers: &[usize]) -> bool {
        let seen = carriers.iter().filter_map(|at| self.meant.get(*at)?.seen);
        let texts = seen.filter_map(|seen| match seen.json.token() {
            Token::Number(literal) => Some(literal.to_owned()),
            _ => text_of(seen.json, seen.accepts, &self.adapter.wire).map(Cow::into_owned),
        });
        let mut said: Vec<String> = texts.filter(|text| !is_blank(text)).map(|text| canonical(meaning, text)).collect();
        if !self.data_may_differ
            && !said.is_empty()
            && let Some(data) = self.data()
        {
            if data.is_unclear_about(meaning) {
                return true;
            }
            said.extend(data.canonical(meaning));
        }
        said.windows(2).any(|pair| matches!(pair, [one, other] if one != other))
    }

    /// True if one of the values of a meaning breaks a rule.
    fn some_breaks(&self, test: &Test, carriers: &[usize]) -> bool {
        let mut seen = carriers.iter().filter_map(|at| self.meant.get(*at)?.seen);
        seen.any(|seen| !seen.is_nothing(self.adapter) && seen.breaks(test, self.adapter, self.moment))
    }

    /// True if a value of a meaning is no line of printable text.
    fn is_unprintable(&self, carriers: &[usize], derived: Option<Node<'_>>) -> bool {
        let seen = carriers.iter().filter_map(|at| self.meant.get(*at)?.seen);
        let texts = seen.filter_map(|seen| Some((seen.json.as_str()?, seen.accepts)));
        let derived = derived.and_then(Node::as_str).map(|text| (text, Accepts::NOTHING));
        texts.chain(derived).any(|(text, accepts)| !self.is_printable(&accepted(text, accepts), accepts))
    }

    /// A text without control and direction characters. Where white space alone is nothing, it may be any.
    fn is_printable(&self, text: &str, accepts: Accepts) -> bool {
        printable(text, accepts) || (self.adapter.validation.blank_is_empty && is_white(text))
    }

    /// True if a rule on what the field at this place means reports its unprintable text.
    fn is_reported_unprintable(&self, found: &[Presence], step: Option<usize>) -> bool {
        let means = |meaning: &str| self.meant.iter().any(|meant| meant.step == step && meant.meaning == meaning);
        let reports = |then: &Then| {
            means(then.meaning)
                && then.rules.iter().any(|rule| matches!(rule.test, Test::Printable))
                && self.applies(then)
        };
        found.iter().any(|one| matches!(one, Presence::Ask { then, .. } if reports(then)))
    }

    /// True if nothing in the request could hold an amount or a currency.
    fn has_no_money(&self) -> bool {
        let none = |meaning| self.carriers(meaning).is_empty() && self.derived(meaning).is_none();
        none("operation.amount") && none("operation.currency")
    }

    fn applies(&self, then: &Then) -> bool {
        // A currency is a quality of an amount: without an amount anywhere, its absence goes without saying.
        if then.meaning == "operation.currency" && self.has_no_money() {
            return false;
        }
        let when = then.when.is_none_or(|(meaning, value)| self.says(meaning, value));
        when && (!then.if_needed || self.operation().is_some_and(|kind| kind.needs.contains(&then.meaning)))
    }

    /// The operation whose name the request carries.
    fn operation(&self) -> Option<&'static OperationKind> {
        let name = self.value("operation.name")?;
        self.adapter.operations.iter().find(|kind| kind.name == name)
    }

    /// The value of a meaning: of its closed set if it has one, else its text.
    fn value(&self, meaning: &str) -> Option<Cow<'j, str>> {
        let meant = self.meant.iter().find(|meant| meant.meaning == meaning && meant.seen.is_some())?;
        let text = || meant.seen.and_then(|seen| text_of(seen.json, seen.accepts, &self.adapter.wire));
        meant.value.map(Into::into).or_else(text)
    }

    /// True if a meaning has this value, as it is written: of a number or a boolean its literal.
    fn says(&self, meaning: &str, value: &str) -> bool {
        let literal = || {
            let meant = self.meant.iter().find(|meant| meant.meaning == meaning && meant.seen.is_some())?;
            meant.seen.map(|seen| seen.json).filter(|json| matches!(json.token(), Token::Number(_) | Token::Bool(_)))
        };
        match self.value(meaning) {
            Some(is) => is == value,
            None => literal().is_some_and(|json| json.raw() == value),
        }
    }

    /// Where this meaning stands; an absent field counts as a place.
    fn carriers(&self, meaning: &str) -> Vec<usize> {
        let all = self.meant.iter().enumerate();
        all.filter(|(_, meant)| meant.meaning == meaning).map(|(at, _)| at).collect()
    }

    fn is_there(&self, at: usize) -> bool {
        self.meant.get(at).is_some_and(|meant| meant.seen.is_some())
    }

    /// The step of a member of the struct on which rules stand, made if it was never entered.
    fn place(&mut self, struct_step: Option<usize>, name: &'static str) -> usize {
        let is_it =
            |step: &Step| step.parent == struct_step && matches!(step.name, StepName::Member(own) if own == name);
        self.steps.iter().position(is_it).unwrap_or_else(|| {
            self.steps.push(Step { parent: struct_step, name: StepName::Member(name) });
            self.steps.len() - 1
        })
    }
}

/// True if a rule on the meaning has a message for a wrong type.
fn named_by_meaning(found: &[Presence], meaning: Option<&'static str>) -> bool {
    let asks = |then: &Then| {
        Some(then.meaning) == meaning
            && then
                .rules
                .iter()
                .any(|rule| matches!(rule.test, Test::Type) && (rule.key.is_some() || rule.raises.is_some()))
    };
    found.iter().any(|one| matches!(one, Presence::Ask { then, .. } if asks(then)))
}
