//! The hash chain of the audit log: each entry is sealed by a MAC over itself and the MAC before it, so that none can be
//! changed, removed, moved or put in between without the key. What is in a record is the `audit` module's business;
//! reading a chain again is `verify`'s.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use super::StoreError;
use super::audit::{AuditEntry, Micros};
use super::audit_text::written;
use super::batch::Millis;
use crate::crypto::mac::{Field, mac_text};
use crate::crypto::{Key, KeyName, Keyring};

/// What stands for the MAC before the first one.
pub(super) const BEGINNING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// After how many records the head is due.
pub const RECORDS_A_HEAD: u64 = 1_000;

/// How far the machine's clock may be from the store's time and still give the microseconds, in milliseconds.
const NEAR: Millis = 1_000;

/// Where a record stands in its chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// The chain's id.
    pub chain: String,
    /// The record's number in it; the first is 1, and none is left out.
    pub number: u64,
    /// The id of the key that sealed it.
    pub key: String,
    /// The MAC of the record before, in hexadecimal digits; zeros before the first.
    pub previous: String,
    /// The MAC of this record, in hexadecimal digits.
    pub mac: String,
}

/// The end of a chain at some time: whoever keeps it sees later whether records were cut off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditHead {
    /// The chain's id.
    pub chain: String,
    /// The number of its last record.
    pub number: u64,
    /// That record's MAC.
    pub mac: String,
}

impl fmt::Display for AuditHead {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}", self.chain, self.number, self.mac)
    }
}

impl FromStr for AuditHead {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = || "a head is `CHAIN:NUMBER:MAC`, as the adapter prints it".to_owned();
        let mut parts = text.trim().split(':');
        let (Some(chain), Some(number), Some(mac), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(wanted());
        };
        let number = number.parse().map_err(|_| wanted())?;
        if chain.is_empty() || mac.len() != BEGINNING.len() {
            return Err(wanted());
        }
        Ok(AuditHead { chain: chain.to_owned(), number, mac: mac.to_owned() })
    }
}

/// Where records come from; every one of them says so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The node's name.
    pub node: Arc<str>,
    /// The adapter's name and its API's version.
    pub adapter: Arc<str>,
    /// A hash of the definition's facts.
    pub definition: Arc<str>,
    /// The version of the adapter's program.
    pub version: Arc<str>,
}

/// Who seals: what records come from, and the key, which may be exchanged while records are written.
#[derive(Debug, Clone)]
pub struct ChainSealer(Arc<Office>);

#[derive(Debug)]
struct Office {
    origin: Origin,
    key: RwLock<Key>,
    sealed: AtomicU64,
    due: Notify,
}

impl Default for ChainSealer {
    /// One with the key that every copy of countersign has: for tests.
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "the demo ring has a key for every purpose")]
        ChainSealer::new(
            Origin::default(),
            Keyring::demo().current(KeyName::Audit).expect("the demo ring has every key"),
        )
    }
}

impl ChainSealer {
    /// One that seals what comes from there with this key.
    pub fn new(origin: Origin, key: Key) -> Self {
        ChainSealer(Arc::new(Office { origin, key: RwLock::new(key), sealed: AtomicU64::new(0), due: Notify::new() }))
    }

    /// Where the records come from.
    pub fn origin(&self) -> &Origin {
        &self.0.origin
    }

    /// Seals with another key from now on. Records before stay as they are.
    pub fn exchange(&self, key: Key) {
        *self.0.key.write().unwrap_or_else(PoisonError::into_inner) = key;
    }

    /// How many records were sealed, those included that were rolled back.
    pub fn sealed(&self) -> u64 {
        self.0.sealed.load(Ordering::Relaxed)
    }

    /// Waits until so many records were sealed that the head is due.
    pub async fn due(&self) {
        self.0.due.notified().await;
    }

    pub(super) fn key(&self) -> Key {
        self.0.key.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn count(&self) {
        if (self.0.sealed.fetch_add(1, Ordering::Relaxed) + 1).is_multiple_of(RECORDS_A_HEAD) {
            self.0.due.notify_one();
        }
    }
}

/// A record as it is written, with nothing read out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number in the store.
    pub sequence: u64,
    /// When it was written.
    pub time: Micros,
    /// The event's name.
    pub event: String,
    /// The record as JSON, letter for letter.
    pub text: String,
    /// Where it stands in its chain.
    pub seal: Seal,
}

/// A chain that is written on.
#[derive(Debug, Clone)]
pub(super) struct Chain {
    id: String,
    number: u64,
    mac: String,
    time: Micros,
}

impl Chain {
    /// A new one.
    pub fn begin(id: String) -> Self {
        Chain { id, number: 0, mac: BEGINNING.to_owned(), time: 0 }
    }

    /// A new one under an id that nobody else has.
    pub fn anew() -> Self {
        Chain::begin(uuid::Uuid::new_v4().simple().to_string())
    }

    /// One that goes on behind this record.
    #[cfg(feature = "embedded")]
    pub fn behind(last: &super::StoredAudit) -> Self {
        let Seal { chain, number, mac, .. } = last.seal.clone();
        Chain { id: chain, number, mac, time: last.record.time }
    }

    /// Its end, if anything is in it.
    pub fn head(&self) -> Option<AuditHead> {
        (self.number > 0).then(|| AuditHead { chain: self.id.clone(), number: self.number, mac: self.mac.clone() })
    }

    /// When its last record was written.
    #[cfg(feature = "postgres")]
    pub fn time(&self) -> Micros {
        self.time
    }

    /// Puts a record at its end. A store with one chain numbers its records as the chain does.
    pub fn link(
        &mut self,
        sealer: &ChainSealer,
        sequence: Option<u64>,
        record: AuditEntry,
        time: Micros,
    ) -> Result<AuditRow, StoreError> {
        let time = time.max(self.time);
        let Origin { node, adapter, definition, version } = sealer.origin().clone();
        let record = AuditEntry { time, node, adapter, definition, version, ..record };
        let text = written(&record)?;
        let (key, number) = (sealer.key(), self.number + 1);
        let mut sealed = AuditRow {
            sequence: sequence.unwrap_or(number),
            time,
            event: record.event.name().to_owned(),
            text,
            seal: Seal {
                chain: self.id.clone(),
                number,
                key: key.id().to_owned(),
                previous: self.mac.clone(),
                mac: String::new(),
            },
        };
        sealed.seal.mac = mac_of(&key, &sealed);
        (self.number, self.mac, self.time) = (number, sealed.seal.mac.clone(), time);
        sealer.count();
        Ok(sealed)
    }
}

/// The MAC of everything that is written of a record, but the MAC itself.
pub(super) fn mac_of(key: &Key, sealed: &AuditRow) -> String {
    let AuditRow { sequence, time, event, text, seal } = sealed;
    let fields = [
        Field::Bytes(&sequence.to_be_bytes()),
        Field::Text(&seal.chain),
        Field::Bytes(&seal.number.to_be_bytes()),
        Field::Text(&seal.key),
        Field::Text(&seal.previous),
        Field::Bytes(&time.to_be_bytes()),
        Field::Text(event),
        Field::Text(text),
    ];
    mac_text(key, "audit entry", &fields)
}

/// The store's time to the microsecond, where the machine's clock agrees with it; else to the millisecond.
pub(super) fn exact(now: Millis) -> Micros {
    let clock = std::time::UNIX_EPOCH.elapsed().map_or(0, |since| Micros::try_from(since.as_micros()).unwrap_or(0));
    if (clock / 1000 - now).abs() < NEAR { clock } else { now.saturating_mul(1000) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{AuditEvent, AuditOutcome};

    #[test]
    fn a_record_is_bound_to_the_one_before_and_to_all_that_is_written_of_it() {
        let sealer = ChainSealer::default();
        let mut chain = Chain::begin("c".into());
        let record = AuditEntry::new(0, AuditEvent::OtpIssued, AuditOutcome::Success);
        let first = chain.link(&sealer, None, record.clone(), 5).unwrap();
        let second = chain.link(&sealer, Some(9), record, 3).unwrap();
        assert_eq!((first.sequence, first.seal.number, first.seal.previous.as_str()), (1, 1, BEGINNING));
        assert_eq!((second.sequence, second.seal.number, second.time), (9, 2, 5), "time never goes back");
        assert_eq!(second.seal.previous, first.seal.mac);
        assert_eq!(mac_of(&sealer.key(), &second), second.seal.mac);
        for changed in [
            AuditRow { sequence: 8, ..second.clone() },
            AuditRow { time: 6, ..second.clone() },
            AuditRow { event: "otp.sent".into(), ..second.clone() },
            AuditRow { text: second.text.replace("otp.issued", "otp.sent"), ..second.clone() },
            AuditRow { seal: Seal { number: 3, ..second.seal.clone() }, ..second.clone() },
            AuditRow { seal: Seal { chain: "d".into(), ..second.seal.clone() }, ..second.clone() },
            AuditRow { seal: Seal { key: "d".into(), ..second.seal.clone() }, ..second.clone() },
            AuditRow { seal: Seal { previous: second.seal.mac.clone(), ..second.seal.clone() }, ..second.clone() },
        ] {
            assert_ne!(mac_of(&sealer.key(), &changed), second.seal.mac, "{changed:?}");
        }
    }

    #[test]
    fn a_head_reads_as_it_is_printed() {
        let head = AuditHead { chain: "abc.1".into(), number: 12, mac: BEGINNING.into() };
        assert_eq!(head.to_string().parse(), Ok(head));
        for wrong in ["", "a:b", "a:x:0", "a:1:00", &format!(":1:{BEGINNING}"), &format!("a:1:{BEGINNING}:1")] {
            assert!(wrong.parse::<AuditHead>().is_err(), "{wrong}");
        }
    }
}
