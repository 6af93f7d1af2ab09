//! The facts of an adapter that its definition fixes: name, wire rules, catalogues. Generated code holds one
//! [`Adapter`] constant; nothing here is read at run time from a file.

/// Everything that a definition fixes beside payloads, errors and endpoints.
#[derive(Debug)]
pub struct Adapter {
    /// The definition's name, in kebab case.
    pub name: &'static str,
    /// The name for people.
    pub title: &'static str,
    /// The API's version.
    pub version: &'static str,
    /// A path prefix; every route is served with and without it. Empty for none.
    pub base: &'static str,
    /// Who may call.
    pub callers: Callers,
    /// How JSON is read and written.
    pub wire: Wire,
    /// How broken rules are reported.
    pub validation: Validation,
    /// The message key of a fault, before its row's.
    pub says: &'static [(&'static str, &'static str)],
    /// The operations that users authorize.
    pub operations: &'static [OperationKind],
    /// The kinds of one-time codes.
    pub otps: &'static [OtpKind],
    /// The kinds of sessions.
    pub sessions: &'static [SessionKind],
    /// The texts, one line a language and key.
    pub texts: &'static [Text],
}

/// Who may call an adapter.
#[derive(Debug)]
pub enum Callers {
    /// Anybody who reaches the port; the reason says why that is right.
    None(&'static str),
    /// Whoever shows one of the tokens that the settings name: `Authorization: Bearer <token>`.
    Bearer,
    /// Whoever shows an access id and its key, which the settings name: `Authorization: Basic base64(id:key)`. Holds
    /// the realm.
    Basic(&'static str),
}

/// How JSON is read and written.
#[derive(Debug, Clone, Copy)]
pub struct Wire {
    /// What happens to members that a payload does not have.
    pub unknown_fields: UnknownFields,
    /// Whether null members are sent.
    pub nulls: Nulls,
    /// JSON kinds that are also read as text.
    pub text_accepts: &'static [JsonKind],
    /// JSON kinds that are also read as a decimal.
    pub decimal_accepts: &'static [JsonKind],
    /// How the length of a text is counted.
    pub length: Length,
    /// How times are written.
    pub times: Times,
    /// How phone numbers are written.
    pub phones: Phones,
    /// The largest body, in bytes.
    pub body_limit: usize,
    /// Whether the case of members' names counts.
    pub field_names: Case,
    /// Whether the case of enums' names counts.
    pub enum_names: Case,
    /// What an empty body, or one without a media type, is.
    pub empty_body: EmptyBody,
    /// Whether passwords may come encrypted, so that a key is needed to compare them.
    pub encrypted_passwords: bool,
}

impl Wire {
    /// What holds where a definition says nothing.
    pub const DEFAULT: Wire = Wire {
        unknown_fields: UnknownFields::Ignore,
        nulls: Nulls::Send,
        text_accepts: &[],
        decimal_accepts: &[],
        length: Length::Chars,
        times: Times::Pattern("%Y-%m-%dT%H:%M:%S%.3fZ"),
        phones: Phones::International,
        body_limit: 64 * 1024,
        field_names: Case::Exact,
        enum_names: Case::Exact,
        empty_body: EmptyBody::Refused,
        encrypted_passwords: false,
    };
}

/// Whether the case of ASCII letters counts in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// It does.
    Exact,
    /// It does not.
    Any,
}

impl Case {
    /// True if two names are the same.
    pub fn same(self, one: &str, other: &str) -> bool {
        match self {
            Case::Exact => one == other,
            Case::Any => one.eq_ignore_ascii_case(other),
        }
    }
}

/// What an empty body, or one without a media type, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmptyBody {
    /// Malformed.
    Refused,
    /// An object without members; a body without a media type is JSON.
    Allowed,
}

/// What happens to members that a payload does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownFields {
    /// They are passed over.
    Ignore,
    /// They are refused.
    Reject,
}

/// Whether null members are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// As `null`.
    Send,
    /// Not at all.
    Omit,
}

/// A kind of JSON value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonKind {
    /// `12`
    Number,
    /// `true`
    Boolean,
    /// `"12"`
    Text,
}

/// How the length of a text is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// In Unicode scalar values.
    Chars,
    /// In UTF-16 code units, as Java does.
    Utf16,
}

/// How times are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// By a strftime pattern, in UTC.
    Pattern(&'static str),
    /// As milliseconds since 1970.
    EpochMs,
    /// As seconds since 1970.
    EpochS,
}

/// How phone numbers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phones {
    /// With `+`.
    International,
    /// With the calling code and without `+`; they are read with it, too.
    Digits,
}

/// How broken rules are reported.
#[derive(Debug, Clone, Copy)]
pub struct Validation {
    /// White space alone counts as nothing.
    pub blank_is_empty: bool,
    /// The key of a rule that has no message of its own, by the rule's word.
    pub says: &'static [(&'static str, &'static str)],
    /// The codes of a field's violation, with `{key} {path} {name} {type}`.
    pub field_codes: &'static [&'static str],
    /// The codes of a violation of the whole body, with `{key}`.
    pub body_codes: &'static [&'static str],
    /// What stands for a wire type in `{type}`; a type that is not here stands for itself.
    pub types: &'static [(&'static str, &'static str)],
}

impl Validation {
    /// What holds where a definition says nothing.
    pub const DEFAULT: Validation =
        Validation { blank_is_empty: false, says: &[], field_codes: &["{key}"], body_codes: &["{key}"], types: &[] };
}

/// An operation that users authorize.
#[derive(Debug, Clone, Copy)]
pub struct OperationKind {
    /// Its name on the wire.
    pub name: &'static str,
    /// The meanings that a request must carry for it.
    pub needs: &'static [&'static str],
    /// The key of its SMS text.
    pub sms: Option<&'static str>,
    /// The id of the form attribute in which accounts are offered.
    pub accounts: Option<&'static str>,
    /// Its consent form.
    pub consent: Option<Consent>,
    /// What an unknown user is answered.
    pub unknown_user: UnknownUser,
}

/// What an unknown user is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownUser {
    /// The fault `user.unknown`.
    Error,
    /// An answer that looks like any other, and a decoy code.
    Silent,
}

/// A consent form.
#[derive(Debug, Clone, Copy)]
pub struct Consent {
    /// The key of its text.
    pub html: &'static str,
    /// Its lines.
    pub options: &'static [ConsentLine],
}

/// A line of a consent form.
#[derive(Debug, Clone, Copy)]
pub struct ConsentLine {
    /// Its id.
    pub id: &'static str,
    /// The key of its text.
    pub html: &'static str,
    /// Whether it must be ticked.
    pub required: bool,
}

/// A kind of one-time code; the numbers are defaults of settings.
#[derive(Debug, Clone, Copy)]
pub struct OtpKind {
    /// Its name.
    pub name: &'static str,
    /// What it is made of.
    pub alphabet: Alphabet,
    /// How many characters it has.
    pub digits: u32,
    /// How long it is good, in seconds.
    pub life_seconds: u64,
    /// How often it may be tried.
    pub attempts: u32,
    /// The key of its SMS text, where no operation has one.
    pub text: Option<&'static str>,
    /// What stands for the code in a caller's words.
    pub code_mark: Option<&'static str>,
    /// A new code voids the older one with the same values of these meanings.
    pub one_per: &'static [&'static str],
    /// What it is found by where a request has no id of it.
    pub find_by: &'static [&'static str],
    /// How long its id is known after it was made, in seconds.
    pub id_life_seconds: Option<u64>,
    /// What its id is.
    pub id: IdForm,
    /// It may come as a number, so that its leading zeros may be missing.
    pub numbers: bool,
    /// How many may be sent to one phone, in place of the usual limits.
    pub per_phone: Option<SendWindow>,
}

/// A kind of session; the number is the default of a setting.
#[derive(Debug, Clone, Copy)]
pub struct SessionKind {
    /// Its name.
    pub name: &'static str,
    /// For how long it may not be used and is still good, in seconds.
    pub idle_seconds: u64,
}

impl OtpKind {
    /// True if its id is known for longer than the code is good: as long as it is, it says what became of its code.
    pub const fn outlives_its_code(&self) -> bool {
        self.id_life_seconds.is_some() && !matches!(self.id, IdForm::Code)
    }
}

/// What the id of a code is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdForm {
    /// A UUID, of use while the code is.
    Uuid,
    /// A token of 22 characters that the caller keeps: for as long as it is known, it says what became of its code,
    /// and asking without a code is no attempt.
    Token,
    /// There is none: the code itself identifies it, so it is long enough not to be guessed among all others.
    Code,
}

/// How many in how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SendWindow {
    /// How long, in seconds.
    pub seconds: u64,
    /// How many.
    pub most: u64,
}

/// What a code is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alphabet {
    /// `0` to `9`.
    Digits,
    /// `0` to `9` and `A` to `Z` without `I`, `L`, `O` and `U`, which look like others.
    Base32,
}

/// A text in a language.
#[derive(Debug, Clone, Copy)]
pub struct Text {
    /// The language, such as `en`.
    pub language: &'static str,
    /// The message key.
    pub key: &'static str,
    /// The text, a minijinja template whose variables are meanings.
    pub text: &'static str,
}
