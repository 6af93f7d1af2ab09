//! A body after it has been read: one pass over its bytes checks everything that is asked of JSON (`scan`) and notes where
//! each value stands. The notes point into the body: no text is copied but those with escapes, and all of it is wiped
//! when the tape goes.

mod scan;

use std::fmt;
use std::sync::LazyLock;

use crate::budget::BudgetShare;
use crate::crypto::wipe::{WipedText, wipe};
use crate::fault::Fault;
use crate::telemetry::HasTexts;

use scan::{Limits, Nul, scan};
pub use scan::{Refused, precheck};

/// What a value takes in memory once it is read, with its place in a list that has grown, in bytes; and what an object
/// takes more.
const BYTES_OF_VALUE: usize = 256;
const BYTES_OF_OBJECT: usize = 768;

/// A body that has passed the check.
#[derive(Default)]
pub struct Tape {
    text: WipedText,
    /// The texts with escapes, one after the other, with their escapes resolved.
    unescaped: WipedText,
    entries: Vec<Entry>,
    values: usize,
    objects: usize,
}

/// A value, or the name of a member. A list's elements follow it; an object's members do, each as name and value.
#[derive(Debug, Clone, Copy)]
struct Entry {
    shape: Shape,
    /// Where it stands in the body.
    start: u32,
    end: u32,
    /// Of a list or an object, what comes after all that is inside; of a text with escapes, where it stands resolved.
    from: u32,
    /// Of a list or an object, how many elements or members it has; of a text with escapes, where it ends resolved.
    to: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Null,
    True,
    False,
    Number,
    Text,
    EscapedText,
    List,
    Object,
}

/// A value of a body.
#[derive(Clone, Copy)]
pub struct Node<'j> {
    tape: &'j Tape,
    at: usize,
}

/// What a value is. Numbers are literals, as they were written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'j> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number's literal.
    Number(&'j str),
    /// A text, its escapes resolved.
    Text(&'j str),
    /// A list.
    List,
    /// An object.
    Object,
}

impl Tape {
    /// Reads a body.
    ///
    /// # Errors
    /// `body.malformed`, with the place for the log and nothing of the body.
    pub fn read(body: &[u8]) -> Result<Tape, Fault> {
        Tape::of(body.to_vec(), Limits::NONE, None).map_err(malformed)
    }

    /// The same for a body of many that share a budget, which is asked for its values while they are found.
    ///
    /// # Errors
    /// As [`Tape::read`]; `body.too_large` if it holds more values than it may, `overloaded` if the budget has no room for
    /// them.
    pub(crate) fn read_within(body: Vec<u8>, most_values: usize, held: &mut BudgetShare) -> Result<Tape, Fault> {
        let limits = Limits { values: most_values, ..Limits::NONE };
        Tape::of(body, limits, Some(held)).map_err(|refused| match refused {
            Refused::TooMany(_) => Fault::new("body.too_large").with_detail(refused),
            Refused::OverBudget => Fault::overloaded(refused),
            _ => malformed(refused),
        })
    }

    /// What this program wrote itself; its texts may hold any character. Nothing if it is no JSON.
    pub(crate) fn of_own(text: String) -> Option<Tape> {
        Tape::of(text.into_bytes(), Limits { nul: Nul::Taken, ..Limits::NONE }, None).ok()
    }

    fn of(body: Vec<u8>, limits: Limits, held: Option<&mut BudgetShare>) -> Result<Tape, Refused> {
        let text = String::from_utf8(body).map(WipedText::new).map_err(|wrong| {
            wipe(&mut wrong.into_bytes());
            Refused::NotUtf8
        })?;
        let (unescaped, entries, values, objects) = scan(&text, limits, held)?;
        Ok(Tape { text, unescaped, entries, values, objects })
    }

    /// The whole body.
    pub fn root(&self) -> Node<'_> {
        Node { tape: self, at: 0 }
    }

    /// How many values it holds: itself, and every element and member at every level.
    pub fn values(&self) -> usize {
        self.values
    }

    /// How many of them are objects.
    pub fn objects(&self) -> usize {
        self.objects
    }

    /// The texts in it, without the names of members.
    pub(crate) fn texts(&self) -> Vec<&str> {
        self.root().texts()
    }
}

impl HasTexts for Tape {
    fn texts(&self) -> Vec<&str> {
        Tape::texts(self)
    }
}

fn collect<'j>(node: Node<'j>, texts: &mut Vec<&'j str>) {
    texts.extend(node.as_str());
    node.elements().into_iter().flatten().for_each(|element| collect(element, texts));
    node.members().into_iter().flatten().for_each(|member| collect(member.value(), texts));
}

/// What is in it stays in it.
impl fmt::Debug for Tape {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Tape of {} values", self.values)
    }
}

/// As the tape.
impl fmt::Debug for Node<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:?}", self.entry().shape)
    }
}

fn malformed(refused: Refused) -> Fault {
    Fault::new("body.malformed").with_detail(refused)
}

/// What so many values, some of them objects, take in memory once they are read, in bytes; rather too much than too
/// little.
fn bytes_when_read(bytes: usize, values: usize, objects: usize) -> usize {
    bytes + values * BYTES_OF_VALUE + objects * BYTES_OF_OBJECT
}

/// What a body of so many bytes and values may take in memory once it is read, half of its values objects, since each of
/// those has a member.
pub(crate) fn most_when_read(bytes: usize, values: usize) -> usize {
    bytes_when_read(0, values, values / 2).saturating_add(bytes.saturating_mul(2))
}

impl<'j> Node<'j> {
    fn entry(self) -> Entry {
        const NOTHING: Entry = Entry { shape: Shape::Null, start: 0, end: 0, from: 0, to: 0 };
        self.tape.entries.get(self.at).copied().unwrap_or(NOTHING)
    }

    /// What it is.
    pub fn token(self) -> Token<'j> {
        let Entry { shape, start, end, from, to } = self.entry();
        let inside = |text: &'j str, from: u32, to: u32| text.get(from as usize..to as usize).unwrap_or_default();
        match shape {
            Shape::Null => Token::Null,
            Shape::True => Token::Bool(true),
            Shape::False => Token::Bool(false),
            Shape::Number => Token::Number(inside(&self.tape.text, start, end)),
            Shape::Text => Token::Text(inside(&self.tape.text, start + 1, end - 1)),
            Shape::EscapedText => Token::Text(inside(&self.tape.unescaped, from, to)),
            Shape::List => Token::List,
            Shape::Object => Token::Object,
        }
    }

    /// The value as it was written.
    pub fn raw(self) -> &'j str {
        let Entry { start, end, .. } = self.entry();
        self.tape.text.get(start as usize..end as usize).unwrap_or_default()
    }

    /// True for `null`.
    pub fn is_null(self) -> bool {
        self.entry().shape == Shape::Null
    }

    /// True for a number.
    pub fn is_number(self) -> bool {
        self.entry().shape == Shape::Number
    }

    /// The text, if it is one.
    pub fn as_str(self) -> Option<&'j str> {
        match self.token() {
            Token::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The literal of a number.
    pub fn as_number(self) -> Option<&'j str> {
        match self.token() {
            Token::Number(literal) => Some(literal),
            _ => None,
        }
    }

    /// The elements of a list.
    pub fn elements(self) -> Option<Elements<'j>> {
        self.inside(Shape::List).map(Elements)
    }

    /// The members of an object.
    pub fn members(self) -> Option<Members<'j>> {
        self.inside(Shape::Object).map(Members)
    }

    /// The value of a member of this very name.
    pub fn get(self, name: &str) -> Option<Node<'j>> {
        self.members()?.find(|member| member.is_named(name)).map(Member::value)
    }

    /// The texts in it, without the names of members.
    pub(crate) fn texts(self) -> Vec<&'j str> {
        let mut texts = Vec::new();
        collect(self, &mut texts);
        texts
    }

    /// How many elements or members a list or an object has.
    pub fn count(self) -> usize {
        let Entry { shape, to, .. } = self.entry();
        if matches!(shape, Shape::List | Shape::Object) { to as usize } else { 0 }
    }

    /// The value on its own.
    pub fn value(self) -> serde_json::Value {
        use serde_json::Value;
        match self.token() {
            Token::Null => Value::Null,
            Token::Bool(value) => Value::Bool(value),
            Token::Number(literal) => literal.parse().map_or(Value::Null, Value::Number),
            Token::Text(text) => Value::String(text.to_owned()),
            Token::List => Value::Array(self.elements().into_iter().flatten().map(Node::value).collect()),
            Token::Object => {
                let members = self.members().into_iter().flatten();
                Value::Object(members.map(|member| (member.name().to_owned(), member.value().value())).collect())
            }
        }
    }

    fn inside(self, shape: Shape) -> Option<Inside<'j>> {
        let entry = self.entry();
        (entry.shape == shape).then_some(Inside { tape: self.tape, at: self.at + 1, end: entry.from as usize })
    }

    /// The entry after it and all that is inside.
    fn next(self) -> usize {
        let Entry { shape, from, .. } = self.entry();
        if matches!(shape, Shape::List | Shape::Object) { from as usize } else { self.at + 1 }
    }
}

/// The entries of a list or an object that are still to come.
#[derive(Debug, Clone, Copy)]
struct Inside<'j> {
    tape: &'j Tape,
    at: usize,
    end: usize,
}

/// The elements of a list.
#[derive(Debug, Clone, Copy)]
pub struct Elements<'j>(Inside<'j>);

/// The members of an object.
#[derive(Debug, Clone, Copy)]
pub struct Members<'j>(Inside<'j>);

/// A member of an object.
#[derive(Debug, Clone, Copy)]
pub struct Member<'j>(Node<'j>);

impl Members<'_> {
    /// Those of nothing.
    pub(super) fn none() -> Self {
        static NOTHING: LazyLock<Tape> = LazyLock::new(Tape::default);
        Members(Inside { tape: &NOTHING, at: 0, end: 0 })
    }
}

impl<'j> Iterator for Elements<'j> {
    type Item = Node<'j>;

    fn next(&mut self) -> Option<Node<'j>> {
        let Inside { tape, at, end } = self.0;
        let node = (at < end).then_some(Node { tape, at })?;
        self.0.at = node.next();
        Some(node)
    }
}

impl<'j> Iterator for Members<'j> {
    type Item = Member<'j>;

    fn next(&mut self) -> Option<Member<'j>> {
        let Inside { tape, at, end } = self.0;
        let name = (at < end).then_some(Node { tape, at })?;
        self.0.at = Node { tape, at: at + 1 }.next();
        Some(Member(name))
    }
}

impl<'j> Member<'j> {
    /// Its name.
    pub fn name(self) -> &'j str {
        self.0.as_str().unwrap_or_default()
    }

    /// True if that is its very name.
    pub(super) fn is_named(self, name: &str) -> bool {
        let Entry { shape, start, end, .. } = self.0.entry();
        if shape != Shape::Text {
            return self.name() == name;
        }
        // Both quotes are part of what stands there.
        (end - start) as usize == name.len() + 2
            && self.0.tape.text.as_bytes().get(start as usize + 1..end as usize - 1) == Some(name.as_bytes())
    }

    /// Its value.
    pub fn value(self) -> Node<'j> {
        Node { tape: self.0.tape, at: self.0.at + 1 }
    }

    /// Name and value as they were written.
    pub fn raw(self) -> &'j str {
        let (start, end) = (self.0.entry().start, self.value().entry().end);
        self.0.tape.text.get(start as usize..end as usize).unwrap_or_default()
    }
}
