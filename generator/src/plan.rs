//! What follows for one endpoint: every value with the one place that it comes from, what each behaviour is given, how
//! the answer is filled, which faults can occur and what texts may show. `derive` makes it; the emitted Rust, what
//! `explain` prints and the checks of texts read it, and none of them derives again.

#![expect(missing_docs, reason = "fields are named for what they hold; what needs more has a line")]

use crate::arena::{Arena, Id};
use crate::model::declarations::{Behaviour, Choice, Setting};
use crate::model::errors::Answer;
use crate::model::meanings::Meaning;
use crate::model::types::{Payload, Type};

/// The plan of an endpoint.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// Every value that is available at some time.
    pub values: Arena<Value>,
    /// Put together from the request before anything is done.
    pub gathered: Vec<Gathered>,
    /// The facts that hooks get and that no step gives.
    pub hook_facts: Vec<Input>,
    pub steps: Vec<Step>,
    /// How the answer is filled; none if it has no body of its own.
    pub answer: Option<Record>,
    /// Which row answers which faults.
    pub answers: Vec<Answer>,
    /// The statuses of successes by an outcome, where they are not all the same.
    pub success_by: Option<SuccessBy>,
    /// Faults that no row answers, because fields of the answer show them: fault, wire paths.
    pub shown: Vec<(String, Vec<String>)>,
    /// Payloads that are made from things, or become one.
    pub conversions: Vec<PayloadConversion>,
    /// Texts that are made here, with the values that are available when they are.
    pub texts: Vec<TextUse>,
    /// Values of the request that nothing here gets.
    pub unread: Vec<Id<Value>>,
}

/// The statuses of successes, by what an outcome is.
#[derive(Debug, Clone, PartialEq)]
pub struct SuccessBy {
    pub outcome: Read,
    /// `failed`, 422
    pub statuses: Vec<(String, u16)>,
}

/// An available value.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    pub meaning: Id<Meaning>,
    /// The wire type of a request's value, the meaning's own of every other.
    pub ty: Type,
    pub source: Source,
    /// The request may leave it out.
    pub optional: bool,
    pub presence: Presence,
}

/// Where a value comes from: exactly one place.
#[derive(Debug, Clone, PartialEq)]
pub enum Source {
    /// A field of the request.
    Request {
        path: Vec<Part>,
    },
    /// Carried by elements of a list in the request, such as a form's attributes; where none is, from others.
    InElements {
        list: Vec<String>,
        else_from: Vec<Id<Meaning>>,
    },
    /// A field of the request, if another beside it says that it has this meaning.
    Conditional {
        path: Vec<String>,
    },
    /// Worked out of other meanings, the first of which stands at this path.
    Derived {
        path: Vec<String>,
        from: Vec<Id<Meaning>>,
    },
    /// Given by a step, at this access path in what it leaves: `bound` where it is what a code binds or keeps, `hook`
    /// where it is what a hook of the bank's own gives.
    Step {
        step: usize,
        access_path: AccessPath,
        bound: bool,
        hook: bool,
    },
    /// A step gives it only where its refusals are shown, and here they are raised.
    Gone {
        step: usize,
    },
    /// The outcome of a step whose refusals were raised: whoever comes after it has passed.
    Passed {
        step: usize,
    },
    /// What the session binds whose token was shown.
    Session,
    /// Who calls, by the credential that was shown.
    Caller,
    Setting(Id<Setting>),
    /// Available everywhere: `build.version`, `request.time`.
    Always,
}

impl Source {
    /// True for what the request says, be it in a list or worked out.
    pub fn is_request(&self) -> bool {
        matches!(self, Source::Request { .. }) || self.is_searched()
    }

    /// True for what is looked for in the request by its meaning.
    pub fn is_searched(&self) -> bool {
        matches!(self, Source::InElements { .. } | Source::Conditional { .. } | Source::Derived { .. })
    }

    /// The step that gives it.
    pub fn step(&self) -> Option<usize> {
        match self {
            Source::Step { step, .. } | Source::Passed { step } | Source::Gone { step } => Some(*step),
            _ => None,
        }
    }
}

/// A field on the way to a value of the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its wire name.
    pub wire: String,
    /// Its name in Rust.
    pub rust: String,
    pub may_lack: bool,
}

/// Whether a value is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Always,
    /// It was proved to be there, though the types do not say so.
    Proved,
    Maybe(Lack),
}

/// Why a value may be absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// The request may leave it out.
    OptionalField,
    /// It stands in some elements of a list, or can be worked out of some values.
    Searched,
    /// A thing may lack it.
    Attribute,
    /// Only a check that passes gives it.
    Refused,
    /// What is looked up may be nobody, or no row.
    Nobody,
    /// A code may have been made without it.
    Code,
    /// What a definition adds to a thing, a hook may leave out.
    Fact,
    /// A refusal that would show it is raised.
    Raised,
}

/// An access path: the fields that lead into a value. Empty for the value itself.
pub type AccessPath = Vec<FieldAccess>;

/// One access of an access path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldAccess {
    /// The field, or the variable that the path starts from.
    pub name: String,
    /// Whether what stands there is an `Option`.
    pub optional: bool,
}

impl FieldAccess {
    /// An access to this field.
    pub fn new(name: &str, optional: bool) -> Self {
        FieldAccess { name: name.to_owned(), optional }
    }
}

/// What is put together from the request.
#[derive(Debug, Clone, PartialEq)]
pub enum Gathered {
    /// A thing, from whatever means one of its qualities.
    Entity(String),
    /// A value that is looked for by its meaning, or worked out by its type.
    Value { meaning: Id<Meaning>, worked_out: bool },
}

/// One behaviour of an endpoint, with everything it is given.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub behaviour: Id<Behaviour>,
    pub option: Option<String>,
    pub choice: Choice,
    /// In the vocabulary's order.
    pub inputs: Vec<Input>,
    /// A refusal is turned into an error here (`.passed()?`) rather than shown by the response.
    pub raises: bool,
    /// The response shows the outcome: what could not be sent stays valid.
    pub keeps_refused: bool,
    /// Refusals that are errors all the same, where the response shows the others.
    pub apart: Vec<String>,
    /// What was not found is no fault: an operation of this API hides unknown users and the response can show nobody,
    /// or the table is optional.
    pub if_known: bool,
    /// What its texts show that it does not take.
    pub shows: Vec<Input>,
    /// What it gives goes into entities that were put together from the request.
    pub overlays: Vec<Overlay>,
    /// What it gives that hooks of later steps get.
    pub hook_facts: Vec<Input>,
    /// Where it stands in `does`.
    pub trace: String,
}

/// Qualities of a gathered thing that a step gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlay {
    pub entity: String,
    pub attributes: Vec<(Id<Meaning>, Read)>,
    /// There is such a thing already: from the request, or from an earlier step.
    pub is_there: bool,
}

/// A value that a behaviour is given.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    pub meaning: Id<Meaning>,
    pub role: Role,
    pub read: Read,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Needs,
    Expects,
    Takes,
    /// Bound or kept by the kind of code.
    Bound,
    /// A value that goes to the hooks.
    Fact,
    /// A value that a text shows.
    Shown,
}

/// A value on its way into the place that takes it. Only [`crate::derive`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    pub(crate) value: Id<Value>,
    pub(crate) conversion: Conversion,
    pub(crate) want: Want,
}

impl Read {
    /// What is read.
    pub fn value(&self) -> Id<Value> {
        self.value
    }

    /// What is done with it on the way.
    pub fn conversion(&self) -> Conversion {
        self.conversion
    }

    /// The shape in which it is wanted.
    pub fn want(&self) -> Want {
        self.want
    }
}

/// What is done with a value on its way from one type to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    /// Nothing: the types are the same.
    Keep,
    /// `From`.
    Into,
    /// `From`, for each element of a list.
    IntoEach,
    /// An outcome becomes true or false.
    Passed,
    /// Anything becomes text.
    Text,
    /// A phone becomes text, which it does on purpose alone.
    Exposed,
    /// A text becomes the member of an enum that is called so.
    Member,
}

/// The shape that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// An `Option`.
    Option,
    /// The value itself.
    Plain,
    /// The value itself, which was proved to be there where the types do not say so.
    Sure,
}

/// A payload of the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub payload: Id<Payload>,
    pub making: Making,
    pub fields: Vec<Filled>,
    pub want: Want,
}

/// How a payload of the answer is made.
#[derive(Debug, Clone, PartialEq)]
pub enum Making {
    /// Field by field.
    Fields,
    /// It is always the same.
    Default,
    /// It is sent back as it came: this thing.
    Echoed(String),
    /// Of a whole thing that a step gives.
    Whole { step: usize, access_path: AccessPath },
}

/// A field of the answer that is no constant.
#[derive(Debug, Clone, PartialEq)]
pub struct Filled {
    /// Its number in the payload.
    pub field: usize,
    /// Wire names from the answer's root.
    pub path: Vec<String>,
    /// None for a nested payload, whose own fields follow.
    pub meaning: Option<Id<Meaning>>,
    pub fill: Fill,
}

/// What fills a field of the answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Fill {
    Read(Read),
    Record(Record),
    /// A list of this one.
    Only(Record),
    /// A text of the definition with these values; in a link they are escaped.
    Text {
        key: String,
        is_link: bool,
        values: Vec<(Id<Meaning>, Read)>,
    },
    /// Nothing gives it: an optional field is null, another has its default.
    Nothing,
}

impl Fill {
    /// True for a text that is not made where a value of it is absent.
    pub fn may_lack(&self) -> bool {
        matches!(self, Fill::Text { values, .. } if values.iter().any(|(_, read)| read.want == Want::Option))
    }

    /// What is read for the field itself.
    pub fn reads(&self) -> Vec<Read> {
        match self {
            Fill::Read(read) => vec![*read],
            Fill::Text { values, .. } => values.iter().map(|(_, read)| *read).collect(),
            Fill::Record(_) | Fill::Only(_) | Fill::Nothing => Vec::new(),
        }
    }
}

impl Record {
    /// All fields, nested ones after what they stand in.
    pub fn all(&self) -> Vec<&Filled> {
        let mut all = Vec::new();
        for filled in &self.fields {
            all.push(filled);
            if let Fill::Record(inner) | Fill::Only(inner) = &filled.fill {
                all.extend(inner.all());
            }
        }
        all
    }
}

/// What a payload must be able to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayloadConversion {
    /// Be made from a thing.
    From(Id<Payload>, String),
    /// Become a thing.
    Into(Id<Payload>, String),
    /// Stand in where there is none.
    Default(Id<Payload>),
}

/// A text that is made at a step, with the values that are available there.
#[derive(Debug, Clone, PartialEq)]
pub struct TextUse {
    pub step: usize,
    pub kind: TextKind,
    pub available: Vec<(Id<Meaning>, Id<Value>)>,
}

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    Sms,
    Consent,
    /// A consent that was shown before, for the record: what cannot be filled in is kept as it was written.
    SavedConsent,
}
