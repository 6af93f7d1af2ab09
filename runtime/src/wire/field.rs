//! What the derive writes down of a field: names, meanings and rules. Plain data; `decoder` acts on it.

/// A member of a payload.
#[derive(Debug)]
pub struct Field {
    /// Its name on the wire.
    pub name: &'static str,
    /// Other names under which it is read.
    pub also: &'static [&'static str],
    /// Other JSON forms that are read.
    pub accepts: Accepts,
    /// The body slot of an envelope: paths begin here.
    pub body: bool,
    /// It is sent back as it came, into failures too.
    pub echo: bool,
    /// What it means, whatever its siblings are.
    pub meaning: Option<&'static str>,
    /// What it means where a sibling has a value.
    pub conditional: &'static [Conditional],
    /// Its payload sends back what it does not know: texts are carried as they came, unless a rule on what they mean
    /// asks for more.
    pub carried: bool,
    /// What must hold of it.
    pub rules: &'static [Rule],
}

impl Field {
    /// A member of which nothing is said.
    pub const DEFAULT: Field = Field {
        name: "",
        also: &[],
        accepts: Accepts::NOTHING,
        body: false,
        echo: false,
        meaning: None,
        conditional: &[],
        carried: false,
        rules: &[],
    };
}

/// Other JSON forms in which a member is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepts {
    /// A number where a text is expected.
    pub number: bool,
    /// A text where a number or a boolean is expected.
    pub text: bool,
    /// One element where a list is expected.
    pub single: bool,
    /// Blanks around a text and inside a number in groups, which are dropped.
    pub blanks: bool,
    /// A leading `+`, blanks, dashes, points, slashes and brackets in a number or a code, which are dropped.
    pub separators: bool,
    /// A leading `+`, which stays where separators are dropped.
    pub plus: bool,
    /// Line breaks and tabs in a text.
    pub lines: bool,
    /// Control and direction characters in a text.
    pub controls: bool,
}

impl Accepts {
    /// No other form.
    pub const NOTHING: Accepts = Accepts {
        number: false,
        text: false,
        single: false,
        blanks: false,
        separators: false,
        plus: false,
        lines: false,
        controls: false,
    };
}

/// A meaning that a member has only where a sibling has a value.
#[derive(Debug)]
pub struct Conditional {
    /// What it means then.
    pub meaning: &'static str,
    /// The sibling's name on the wire.
    pub sibling: &'static str,
    /// The sibling's value.
    pub value: &'static str,
}

/// What must hold, and what is reported if it does not.
#[derive(Debug)]
pub struct Rule {
    /// What must hold.
    pub test: Test,
    /// The message key; without one, `validation.says` has it.
    pub key: Option<&'static str>,
    /// The fault that is raised in place of `input.invalid`.
    pub raises: Option<&'static str>,
}

/// What must hold of a member. Numbers are written as JSON writes them.
#[derive(Debug, Clone, Copy)]
pub enum Test {
    /// It is there, and not blank where blank is nothing.
    Required,
    /// It has the right JSON kind, and is a member of its enum.
    Type,
    /// It is what it always is.
    Const,
    /// The key is there, even if null.
    Present,
    /// At least so long, so many, so much.
    Min(&'static str),
    /// At most so long, so many, so much.
    Max(&'static str),
    /// The whole text matches.
    Pattern(&'static str),
    /// It is one of these texts.
    OneOf(&'static [&'static str]),
    /// Wherever it stands, it is the same; asked of meanings alone.
    Agrees,
    /// It is a line of text without control and direction characters, as every text is that no field accepts others
    /// in. The rule says how that is reported.
    Printable,
    /// The message that shows it is not too long. The rule says how that is reported, once the message was made.
    Fits,
    /// It begins with this text.
    StartsWith(&'static str),
    /// More than this.
    Above(&'static str),
    /// At most so many places after the point.
    Scale(u32),
    /// At most so many seconds ahead.
    Latest(i64),
    /// A date at least so many years ago.
    MinAge(i32),
    /// A registration number of this country, by its code of two letters, or of the country that this meaning has in the
    /// request. A country whose numbers are not known takes any.
    RegisteredIn(&'static str),
}

impl Test {
    /// The rule's word.
    pub fn word(&self) -> &'static str {
        match self {
            Test::Required => "required",
            Test::Type => "type",
            Test::Const => "const",
            Test::Present => "present",
            Test::Min(_) => "min",
            Test::Max(_) => "max",
            Test::Pattern(_) => "pattern",
            Test::OneOf(_) => "one_of",
            Test::Agrees => "agrees",
            Test::Printable => "printable",
            Test::Fits => "fits",
            Test::StartsWith(_) => "starts_with",
            Test::Above(_) => "above",
            Test::Scale(_) => "scale",
            Test::Latest(_) => "latest",
            Test::MinAge(_) => "min_age",
            Test::RegisteredIn(_) => "registered_in",
        }
    }
}

/// Rules on whatever has a meaning, wherever in the request it stands.
#[derive(Debug)]
pub struct Then {
    /// The meaning.
    pub meaning: &'static str,
    /// The member at which it is reported, if not at the one that has the meaning.
    pub at: Option<At>,
    /// Asked only of operations that need the meaning.
    pub if_needed: bool,
    /// Asked only while another meaning has this value.
    pub when: Option<(&'static str, &'static str)>,
    /// What must hold.
    pub rules: &'static [Rule],
}

/// The member at which a rule is reported.
#[derive(Debug)]
pub struct At {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its wire type.
    pub type_name: &'static str,
}

/// How rules look at a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text: rules look at its length.
    Text,
    /// A number: rules look at its value.
    Number,
    /// A list or a map: rules look at its size.
    List,
    /// A moment.
    Time,
    /// A day.
    Date,
    /// Something of which only presence is asked.
    Other,
}

impl Kind {
    /// How rules look at a value of which only the JSON is known.
    pub fn of(json: super::tape::Node<'_>) -> Kind {
        if json.is_number() { Kind::Number } else { Kind::Text }
    }
}
