//! One pass over a request: reads members, asks their rules, and remembers what means what, so that rules on meanings
//! can be asked at the end. What comes of it is decided in `finish`.

use std::cell::OnceCell;

use super::data_string::Data;
use super::encoder::Encoder;
use super::field::{Accepts, Conditional, Field, Rule, Test, Then};
use super::names::{Given, Search, member};
use super::payload::{Payload, Unreadable};
use super::places::Place;
use super::rules::{Moment, Seen};
use super::tape::{Member, Members, Node, Tape, Token};
use super::text::text_of;
use crate::adapter::{Adapter, Case, UnknownFields};
use crate::values::{Const, Date, Decimal, Json, Rest, Time};

/// For how many steps and meanings there is room at first: enough for most requests.
const USUAL_STEPS: usize = 64;
const USUAL_MEANINGS: usize = 16;

/// An object, and the tag that a union has read of it.
#[derive(Debug)]
pub struct Object<'j> {
    members: Search<'j>,
    /// How many there are.
    count: usize,
    tag: Option<&'static str>,
    /// Its members are texts of a head.
    is_head: bool,
}

impl<'j> Object<'j> {
    /// Those that are none of these names, nor the tag. Most objects have none: each of their members was looked for before.
    fn unknown(&self, known: &[&str], case: Case) -> impl Iterator<Item = Member<'j>> {
        let members = if self.members.has_found_all(self.count) { Members::none() } else { self.members.all() };
        members.filter(move |member| !self.knows(*member, known, case))
    }

    /// True if a member is one of these names, or the tag.
    fn knows(&self, member: Member<'j>, known: &[&str], case: Case) -> bool {
        known.iter().chain(&self.tag).any(|known| match case {
            Case::Exact => member.is_named(known),
            case => case.same(known, member.name()),
        })
    }
}

/// Reads one request.
#[derive(Debug)]
pub struct Decoder<'j> {
    pub(super) adapter: &'static Adapter,
    pub(super) moment: Moment,
    /// A form may say something else than the operation's data.
    pub(super) data_may_differ: bool,
    /// What the operation's data says, once it was asked for.
    pub(super) data: OnceCell<Data>,
    pub(super) steps: Vec<Step>,
    pub(super) at: Option<usize>,
    pub(super) body: Option<usize>,
    pub(super) meant: Vec<Meant<'j>>,
    pub(super) found: Vec<Presence>,
    /// What is sent back as it came, if it could be read.
    pub(super) header: Option<Json>,
    /// Where a value is reported that is too long for the message that shows it.
    pub(super) places: Vec<Place>,
    /// What the head of the request says.
    head: Option<&'j Tape>,
    tag: Option<&'static str>,
    under_missing: bool,
}

/// A step of a path; paths share their beginnings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    pub parent: Option<usize>,
    pub name: StepName,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum StepName {
    Member(&'static str),
    Element(usize),
}

/// A place that has a meaning.
#[derive(Debug)]
pub(super) struct Meant<'j> {
    pub meaning: &'static str,
    pub step: Option<usize>,
    pub type_name: &'static str,
    /// None if there is nothing.
    pub seen: Option<Seen<'j>>,
    /// The value of the meaning, where it is one of a closed set.
    pub value: Option<&'static str>,
    /// It has the wrong type.
    pub wrong: bool,
    /// It is absent because a payload around it is, and that has been reported.
    pub under_missing: bool,
}

/// What was found wrong, or must be asked at the end, in the order of declaration.
#[derive(Debug)]
pub(super) enum Presence {
    Broken(Broken),
    /// A wrong type that nobody has a message for, unless a rule on the meaning has.
    Wrong {
        step: Option<usize>,
        meaning: Option<&'static str>,
    },
    /// A text with line breaks or control characters that nobody has a message for, unless a rule on a meaning has.
    Unprintable {
        step: Option<usize>,
    },
    UnknownMember {
        step: Option<usize>,
    },
    Ask {
        then: &'static Then,
        step: Option<usize>,
    },
}

#[derive(Debug)]
pub(super) struct Broken {
    pub step: Option<usize>,
    pub type_name: &'static str,
    pub rule: &'static str,
    pub key: Option<&'static str>,
    pub raises: Option<&'static str>,
    pub allowed: &'static str,
    /// The meaning on which the rule is, if it is not the field's own.
    pub meaning: Option<&'static str>,
}

impl<'j> Decoder<'j> {
    /// A decoder for one request to this adapter.
    pub fn new(adapter: &'static Adapter, now: Time) -> Self {
        Decoder {
            adapter,
            moment: now.into(),
            data_may_differ: false,
            data: OnceCell::new(),
            steps: Vec::with_capacity(USUAL_STEPS),
            at: None,
            body: None,
            meant: Vec::with_capacity(USUAL_MEANINGS),
            found: Vec::new(),
            header: None,
            places: Vec::new(),
            head: None,
            tag: None,
            under_missing: false,
        }
    }

    /// The same, on this day where ages are counted.
    pub fn on(self, today: Date) -> Self {
        Decoder { moment: Moment { today, ..self.moment }, ..self }
    }

    /// The same, where a form may say something else than the operation's data.
    pub fn data_may_differ(self, data_may_differ: bool) -> Self {
        Decoder { data_may_differ, ..self }
    }

    /// The same with what the head of the request says.
    pub fn beside(self, head: Option<&'j Tape>) -> Self {
        Decoder { head, ..self }
    }

    /// The fields that stand in the head of the request, as an object.
    pub fn head(&self) -> Object<'j> {
        let members = self.head.and_then(|head| head.root().members()).unwrap_or_else(Members::none);
        let count = self.head.map_or(0, |head| head.root().count());
        Object { members: Search::among(members), count, tag: None, is_head: true }
    }

    /// The adapter's facts.
    pub fn adapter(&self) -> &'static Adapter {
        self.adapter
    }

    /// The members of an object.
    ///
    /// # Errors
    /// If it is none.
    pub fn object(&mut self, json: Node<'j>) -> Result<Object<'j>, Unreadable> {
        let tag = self.tag.take();
        json.members()
            .map(|members| {
                let members = Search::among(members);
                // It was read by whoever chose the payload.
                tag.inspect(|tag| members.pass(tag));
                Object { members, count: json.count(), tag, is_head: false }
            })
            .ok_or(Unreadable::Type)
    }

    /// The text of a union's tag; the variant that is read next takes the tag for known.
    ///
    /// # Errors
    /// If the value is no object. An object without tag has an empty one.
    pub fn tag(&mut self, json: Node<'j>, tag: &'static str) -> Result<&'j str, Unreadable> {
        let members = json.members().ok_or(Unreadable::Type)?;
        self.tag = Some(tag);
        Ok(member(members, tag, self.adapter.wire.field_names).and_then(Node::as_str).unwrap_or_default())
    }

    /// Forgets a tag that no variant took.
    pub fn untagged(&mut self) {
        self.tag = None;
    }

    /// Reads a member and asks its rules.
    pub fn field<T: Payload>(&mut self, object: &Object<'j>, field: &'static Field) -> Option<T> {
        self.read(object, field, T::missing)
    }

    /// Reads a member that has a default.
    pub fn field_or<T: Payload>(
        &mut self,
        object: &Object<'j>,
        field: &'static Field,
        default: impl FnOnce() -> T,
    ) -> Option<T> {
        self.read(object, field, || Some(default()))
    }

    /// Asks that a member is what it always is, written as JSON. It must be there, unless it is `optional` or always null.
    pub fn constant(&mut self, object: &Object<'j>, field: &'static Field, always: &str, optional: bool) {
        let Given { value, torn, .. } = Given::of(&object.members, field, self.adapter.wire.field_names);
        let outside = self.enter(StepName::Member(field.name));
        let broken = match value {
            Some(_) if torn => {
                self.found.push(Presence::Wrong { step: self.at, meaning: None });
                None
            }
            Some(json) if object.is_head => (json.as_str() != Some(text(always).as_str())).then_some(Test::Const),
            Some(json) => (!is_same(json, always)).then_some(Test::Const),
            None => (!optional && always != "null").then_some(Test::Required),
        };
        if let Some(test) = broken {
            let declared = field.rules.iter().find(|rule| rule.test.word() == test.word());
            self.broken::<Const>(declared.unwrap_or(&Rule { test, key: None, raises: None }));
        }
        self.at = outside;
    }

    /// Notes rules on a meaning; they are asked at the end.
    pub fn then(&mut self, then: &'static Then) {
        self.found.push(Presence::Ask { then, step: self.at });
    }

    /// Notes members that the payload does not have, if the definition refuses them.
    pub fn check_members(&mut self, object: &Object<'j>, known: &[&str]) {
        if self.adapter.wire.unknown_fields != UnknownFields::Reject {
            return;
        }
        if object.unknown(known, self.adapter.wire.field_names).next().is_some() {
            self.found.push(Presence::UnknownMember { step: self.at });
        }
    }

    /// The members that the payload does not have, to be sent back.
    pub fn rest(&mut self, object: &Object<'j>, known: &[&str]) -> Rest {
        let case = self.adapter.wire.field_names;
        let mut kept = String::new();
        for member in object.unknown(known, case) {
            if !kept.is_empty() {
                kept.push(',');
            }
            kept.push_str(member.raw());
        }
        Rest::written(kept)
    }

    /// Reads the elements of a list.
    ///
    /// # Errors
    /// If one of them cannot be read.
    pub fn elements<T: Payload>(&mut self, list: Node<'j>, accepts: Accepts) -> Result<Vec<T>, Unreadable> {
        let elements = list.elements().ok_or(Unreadable::Type)?;
        let mut read = Vec::with_capacity(list.count());
        let mut failed = None;
        for (at, json) in elements.enumerate() {
            let outside = self.enter(StepName::Element(at));
            match T::decode(json, accepts, self) {
                Ok(value) => read.push(value),
                Err(why) => failed = Some(if failed == Some(Unreadable::Type) { Unreadable::Type } else { why }),
            }
            self.at = outside;
        }
        failed.map_or(Ok(read), Err)
    }

    /// Notes that a member is absent, and with it whatever has a meaning inside.
    pub fn absent<T: Payload>(&mut self, field: &'static Field) {
        let outside = self.enter(StepName::Member(field.name));
        self.remember::<T>(field, None, None);
        T::absent(self);
        self.at = outside;
    }

    fn read<T: Payload>(
        &mut self,
        object: &Object<'j>,
        field: &'static Field,
        default: impl FnOnce() -> Option<T>,
    ) -> Option<T> {
        let Given { value, named, torn } = Given::of(&object.members, field, self.adapter.wire.field_names);
        let outside = self.enter(StepName::Member(field.name));
        if field.body {
            self.body = self.at;
        }
        let read = match value {
            Some(_) if torn => {
                self.found.push(Presence::Wrong { step: self.at, meaning: None });
                None
            }
            Some(json) => self.given(object, field, json),
            None => self.missing(field, named, default),
        };
        self.at = outside;
        read
    }

    fn given<T: Payload>(&mut self, object: &Object<'j>, field: &'static Field, json: Node<'j>) -> Option<T> {
        let seen = Seen { kind: T::KIND, json, accepts: field.accepts };
        let read = T::decode(json, field.accepts, self);
        self.means(object, field, seen, &read);
        if let (true, Ok(value)) = (field.echo, &read) {
            let mut encoder = Encoder::answer(self.adapter);
            value.encode(&mut encoder);
            self.header = Some(encoder.into_json());
        }
        match read {
            Ok(value) => {
                let (adapter, moment) = (self.adapter, self.moment);
                for rule in field.rules.iter().filter(|rule| seen.breaks(&rule.test, adapter, moment)) {
                    self.broken::<T>(rule);
                }
                if !field.carried && !value.is_printable(field.accepts) && !seen.is_white(adapter) {
                    self.unprintable::<T>(field);
                }
                self.remember_place::<T>(field);
                Some(value)
            }
            Err(Unreadable::Inside) => None,
            Err(Unreadable::Type) => {
                self.wrong::<T>(field);
                None
            }
        }
    }

    /// Remembers what a member means.
    fn means<T: Payload>(
        &mut self,
        object: &Object<'j>,
        field: &'static Field,
        seen: Seen<'j>,
        read: &Result<T, Unreadable>,
    ) {
        let wire = &self.adapter.wire;
        let means = |other: &&Conditional| {
            let sibling = member(object.members.all(), other.sibling, wire.field_names);
            sibling.is_some_and(|it| text_of(it, Accepts::NOTHING, wire).as_deref() == Some(other.value))
        };
        let conditional = field.conditional.iter().filter(means).map(|other| other.meaning);
        let value = read.as_ref().ok().and_then(Payload::meant);
        for meaning in field.meaning.into_iter().chain(conditional) {
            self.meant.push(Meant {
                meaning,
                step: self.at,
                type_name: T::TYPE,
                seen: Some(seen),
                value,
                wrong: read.as_ref().err() == Some(&Unreadable::Type),
                under_missing: false,
            });
        }
    }

    fn missing<T: Payload>(
        &mut self,
        field: &'static Field,
        named: bool,
        default: impl FnOnce() -> Option<T>,
    ) -> Option<T> {
        if let Some(rule) = field.rules.iter().find(|rule| matches!(rule.test, Test::Present)).filter(|_| !named) {
            self.broken::<T>(rule);
        }
        let required = field.rules.iter().find(|rule| matches!(rule.test, Test::Required));
        let value = if required.is_some() { None } else { default() };
        if value.is_none() {
            match required {
                Some(rule) => self.broken::<T>(rule),
                None => self.broken::<T>(&Rule { test: Test::Required, key: None, raises: None }),
            }
        }
        let outside = self.under_missing;
        self.under_missing |= value.is_none();
        self.remember::<T>(field, None, None);
        // The member itself is reported; what is inside it need not be.
        T::absent(self);
        self.under_missing = outside;
        value
    }

    fn remember<T: Payload>(&mut self, field: &'static Field, seen: Option<Seen<'j>>, value: Option<&'static str>) {
        if let Some(meaning) = field.meaning {
            let (step, under_missing) = (self.at, self.under_missing);
            self.meant.push(Meant { meaning, step, type_name: T::TYPE, seen, value, wrong: false, under_missing });
        }
    }

    /// Goes one step down; gives the place to come back to.
    fn enter(&mut self, name: StepName) -> Option<usize> {
        let outside = self.at;
        self.steps.push(Step { parent: outside, name });
        self.at = Some(self.steps.len() - 1);
        outside
    }
}

/// A constant as a head says it.
fn text(always: &str) -> String {
    serde_json::from_str(always).unwrap_or_else(|_| always.to_owned())
}

/// Whether two values are the same; numbers are, however they are written.
fn is_same(json: Node<'_>, always: &str) -> bool {
    let same_number = |literal: &str| match (Decimal::parse(literal), Decimal::parse(always)) {
        (Some(one), Some(other)) => one.cmp(&other).is_eq(),
        _ => false,
    };
    match json.token() {
        _ if json.raw() == always => true,
        Token::Number(literal) => same_number(literal),
        Token::Null | Token::Bool(_) => false,
        Token::Text(_) | Token::List | Token::Object => serde_json::from_str(always).ok() == Some(json.value()),
    }
}
