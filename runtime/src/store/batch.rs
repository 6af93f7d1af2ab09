//! What is asked of a store and what it answers, in plain data.

use super::{AuditEntry, AuditHead};
use crate::values::Json;

/// Milliseconds since 1970.
pub type Millis = i64;

/// What sort of record it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A one-time code, by the id that the caller was given.
    Code,
    /// The code that is open for an operation, by the MAC of what there may be only one code of.
    Open,
    /// Failures in a row of a user and a method, by their MAC. Capped in number.
    Limiter,
    /// A consent.
    Consent,
    /// The answers that a user gave, by the MAC of the user.
    Answers,
    /// How an account's deposits were reported, by the MAC of the account.
    Deposits,
    /// A session, by the MAC of its token.
    Session,
    /// How often the sessions of a wallet or a user were revoked.
    Holder,
    /// A wallet, by its number.
    Wallet,
    /// Which wallet a phone has in an app, by their MAC.
    WalletPhone,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 10] = [
        Kind::Code,
        Kind::Open,
        Kind::Limiter,
        Kind::Consent,
        Kind::Answers,
        Kind::Deposits,
        Kind::Session,
        Kind::Holder,
        Kind::Wallet,
        Kind::WalletPhone,
    ];

    /// Its name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Code => "code",
            Kind::Open => "open",
            Kind::Limiter => "limiter",
            Kind::Consent => "consent",
            Kind::Answers => "answers",
            Kind::Deposits => "deposits",
            Kind::Session => "session",
            Kind::Holder => "holder",
            Kind::Wallet => "wallet",
            Kind::WalletPhone => "wallet_phone",
        }
    }
}

/// Where a record is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey {
    /// Its sort.
    pub kind: Kind,
    /// Its id among those of its sort.
    pub id: String,
}

impl RecordKey {
    /// The key of this kind and id.
    pub fn new(kind: Kind, id: impl Into<String>) -> Self {
        RecordKey { kind, id: id.into() }
    }
}

/// A record as it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// What it holds.
    pub value: Json,
    /// Which writing of it this is; no two writings in a store have the same.
    pub version: u64,
    /// When it is forgotten.
    pub expires: Millis,
}

/// What reading found.
#[derive(Debug, Clone, PartialEq)]
pub struct Read {
    /// The record, unless there is none or it has expired.
    pub record: Option<Record>,
    /// The store's time.
    pub now: Millis,
}

/// What is to be done at once.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// The caller's time.
    pub now: Millis,
    /// What must be so.
    pub conditions: Vec<Condition>,
    /// What is written.
    pub writes: Vec<Write>,
    /// What is counted, within limits.
    pub counts: Vec<Count>,
    /// Its audit entries.
    pub audit: Vec<AuditEntry>,
}

impl Batch {
    /// A batch that does nothing yet.
    pub fn at(now: Millis) -> Self {
        Batch { now, ..Batch::default() }
    }

    /// The same batch, if this holds too.
    pub fn only_if(mut self, condition: Condition) -> Self {
        self.conditions.push(condition);
        self
    }

    /// The same batch with one more writing of a record.
    pub fn put(mut self, key: RecordKey, value: impl Into<Json>, expires: Millis) -> Self {
        let value = value.into();
        self.writes.push(Write::Put { key, value, expires });
        self
    }

    /// The same batch with one more removal.
    pub fn delete(mut self, key: RecordKey) -> Self {
        self.writes.push(Write::Delete(key));
        self
    }

    /// The same batch with one more audit entry.
    pub fn audit(mut self, record: AuditEntry) -> Self {
        self.audit.push(record);
        self
    }
}

/// What must be so for a batch to be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// There is no such record, or it has expired.
    Absent(RecordKey),
    /// The record is still the one that was read.
    Version(RecordKey, u64),
}

impl Condition {
    /// That the record is as it was read: of that version, or absent.
    pub fn unchanged(key: RecordKey, read: Option<&Record>) -> Self {
        Condition::of_version(key, read.map(|record| record.version))
    }

    /// That the record is of this version, or absent.
    pub fn of_version(key: RecordKey, version: Option<u64>) -> Self {
        match version {
            Some(version) => Condition::Version(key, version),
            None => Condition::Absent(key),
        }
    }
}

/// A change of one record.
#[derive(Debug, Clone)]
pub enum Write {
    /// It becomes this.
    Put {
        /// Where.
        key: RecordKey,
        /// What it holds from now on.
        value: Json,
        /// When it is forgotten.
        expires: Millis,
    },
    /// It is removed; that it is not there is no mistake.
    Delete(RecordKey),
}

/// An addition to a counter, refused if one of its windows would hold more than it may.
#[derive(Debug, Clone)]
pub struct Count {
    /// What is counted, such as `sms.phone`; at most 64 characters of `[a-z0-9._-]`.
    pub family: &'static str,
    /// Whose, by MAC.
    pub key: String,
    /// How many are added. A negative number takes back the latest ones and is never refused.
    pub add: i64,
    /// Times are rounded down to this many milliseconds, so that a busy counter stays small; 1 keeps them apart.
    pub grain: Millis,
    /// How many there may be in how long.
    pub windows: Vec<Window>,
}

/// How many there may be in how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The length, in milliseconds.
    pub length: Millis,
    /// The most in any stretch of that length.
    pub most: u64,
}

/// How a commit ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Committed {
    /// All of it was done.
    Applied(Applied),
    /// Nothing was done: this condition, by its place in the batch, does not hold.
    Conflict(usize),
    /// Nothing was done: this counter, by its place in the batch, is full.
    Over(usize),
    /// Nothing was done: there is no room for another record of this kind.
    Full(Kind),
}

/// What a commit gives back.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Applied {
    /// The store's time.
    pub now: Millis,
    /// The counters after the addition, in the batch's order.
    pub counts: Vec<Counted>,
    /// The version that all records of the batch have from now on.
    pub version: u64,
    /// Where the last of its audit entries stands, if it has any.
    pub head: Option<AuditHead>,
}

/// A counter after an addition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// How many there are in each window, in the order of [`Count::windows`].
    pub in_windows: Vec<u64>,
    /// True if there was no room for a counter of its own, so that it shares one.
    pub shared: bool,
}
