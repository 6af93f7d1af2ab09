//! Reading chains again: every record is held against its MAC and the record before, and every head that is known
//! against what is there. Reads page by page, and keeps one entry for each chain. How a store is read is decided by its
//! engine.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::StoreError;
use super::audit::AuditEvent;
use super::chain::{AuditHead, AuditRow, BEGINNING, mac_of};
use crate::crypto::mac::equal;
use crate::crypto::{KeyName, Keyring};

/// How many records are read at once.
const PAGE: usize = 2_000;

/// How many flaws are reported; there may be more.
const MOST_FLAWS: usize = 100;

/// The audit entries of a store as they are at one moment, for reading only.
pub trait AuditSource {
    /// Records behind this sequence number, the oldest first; from the first one if there is none.
    ///
    /// # Errors
    /// The store cannot be read.
    fn page(&mut self, after: Option<u64>, most: usize) -> Result<Vec<AuditRow>, StoreError>;

    /// The MAC of a record of a chain, if it is there.
    ///
    /// # Errors
    /// The store cannot be read.
    fn mac(&mut self, chain: &str, number: u64) -> Result<Option<String>, StoreError>;

    /// How many changes the store has taken, each with records of its own; none where that is not known.
    ///
    /// # Errors
    /// The store cannot be read.
    fn changes(&mut self) -> Result<Option<u64>, StoreError> {
        Ok(None)
    }
}

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The record at which it shows, by its sequence number; none if it shows at the end.
    pub sequence: Option<u64>,
    /// What is wrong, in words.
    pub what: String,
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// How many records there are.
    pub records: u64,
    /// The ends of the chains.
    pub heads: Vec<AuditHead>,
    /// The first flaws, in the order of the records. There is none if all is well.
    pub flaws: Vec<Flaw>,
}

/// Checks all records of a store, and that these heads are among them.
///
/// # Errors
/// The store cannot be read.
pub fn verify(source: &mut dyn AuditSource, keys: &Keyring, heads: &[AuditHead]) -> Result<Verified, StoreError> {
    let mut reading = Reading {
        keys,
        records: 0,
        chains: BTreeMap::new(),
        removed: BTreeMap::new(),
        claims: BTreeMap::new(),
        late: Vec::new(),
        flaws: Vec::new(),
    };
    let mut after = None;
    loop {
        let page = source.page(after, PAGE)?;
        let Some(last) = page.last() else { break };
        after = Some(last.sequence);
        page.iter().for_each(|row| reading.take(row));
    }
    reading.check_beginnings();
    for head in heads {
        reading.check_head(source, head, "a given head")?;
    }
    reading.check_claims(source)?;
    let Reading { records, chains, mut flaws, .. } = reading;
    if records == 0
        && let Some(changes) = source.changes()?.filter(|changes| *changes > 0)
    {
        let what = format!("there is no record, though the store has taken {changes} changes: all were removed");
        flaws.push(Flaw { sequence: None, what });
    }
    flaws.sort_by_key(|flaw| flaw.sequence.unwrap_or(u64::MAX));
    flaws.truncate(MOST_FLAWS);
    let heads = chains.into_iter().map(|(chain, end)| AuditHead { chain, number: end.number, mac: end.mac });
    Ok(Verified { records, heads: heads.collect(), flaws })
}

/// The ends of other chains, as `audit.head` and `audit.checkpoint` record them.
#[derive(Debug, Deserialize)]
struct ChainEnds {
    detail: Detail,
}

#[derive(Debug, Deserialize)]
struct Detail {
    #[serde(default)]
    heads: Vec<AuditHead>,
    #[serde(default)]
    removed: Vec<AuditHead>,
}

struct End {
    number: u64,
    mac: String,
}

/// A chain whose first records are not there.
struct Late {
    sequence: u64,
    chain: String,
    number: u64,
    previous: String,
}

struct Reading<'k> {
    keys: &'k Keyring,
    records: u64,
    chains: BTreeMap<String, End>,
    /// Up to where records were removed by us.
    removed: BTreeMap<String, AuditHead>,
    /// Ends that must be there, and the record that says so.
    claims: BTreeMap<String, (AuditHead, u64)>,
    late: Vec<Late>,
    flaws: Vec<Flaw>,
}

impl Reading<'_> {
    fn take(&mut self, row: &AuditRow) {
        self.records += 1;
        if self.is_sealed(row) {
            self.note(row);
        }
        self.follow(row);
    }

    fn flaw(&mut self, sequence: Option<u64>, what: String) {
        // A store that is all wrong must not fill the memory; the first ones are of interest.
        if self.flaws.len() < 2 * MOST_FLAWS {
            self.flaws.push(Flaw { sequence, what });
        }
    }

    fn is_sealed(&mut self, row: &AuditRow) -> bool {
        let Some(key) = self.keys.by_id(KeyName::Audit, &row.seal.key) else {
            self.flaw(
                Some(row.sequence),
                format!("it is sealed with the key `{}`, which is not in the ring", row.seal.key),
            );
            return false;
        };
        let same = equal(mac_of(&key, row).as_bytes(), row.seal.mac.as_bytes());
        if !same {
            self.flaw(Some(row.sequence), "it was changed: its MAC is another".to_owned());
        }
        same
    }

    /// What the record says of the ends of chains.
    fn note(&mut self, row: &AuditRow) {
        if ![AuditEvent::AuditHead.name(), AuditEvent::AuditCheckpoint.name()].contains(&row.event.as_str()) {
            return;
        }
        let Ok(ChainEnds { detail }) = serde_json::from_str::<ChainEnds>(&row.text) else { return };
        for head in detail.heads {
            self.claim(head, row.sequence);
        }
        for end in detail.removed {
            let further = self.removed.get(&end.chain).is_none_or(|known| known.number < end.number);
            if further {
                self.removed.insert(end.chain.clone(), end);
            }
        }
    }

    /// Of what the store says itself the furthest end of a chain will do: the chain leads there from every other one.
    fn claim(&mut self, head: AuditHead, by: u64) {
        match self.claims.get(&head.chain) {
            Some((known, _)) if known.number > head.number => {}
            // Two heads of one place must be one head.
            Some((known, _)) if known.number == head.number && known.mac != head.mac => {
                self.flaw(Some(by), format!("the head {head} is another one than {known}"));
            }
            _ => drop(self.claims.insert(head.chain.clone(), (head, by))),
        }
    }

    /// Whether the record stands behind the one before it.
    fn follow(&mut self, row: &AuditRow) {
        let seal = &row.seal;
        let what = match self.chains.get(&seal.chain) {
            None if seal.number == 1 && seal.previous == BEGINNING => None,
            None => {
                let (chain, previous) = (seal.chain.clone(), seal.previous.clone());
                self.late.push(Late { sequence: row.sequence, chain, number: seal.number, previous });
                None
            }
            Some(end) if seal.number == end.number + 1 => {
                (seal.previous != end.mac).then(|| "it stands behind another record than the one before it".to_owned())
            }
            Some(end) if seal.number > end.number + 1 => Some(format!(
                "before it, records {} to {} of the chain `{}` are missing",
                end.number + 1,
                seal.number - 1,
                seal.chain
            )),
            Some(end) => Some(format!(
                "it has number {} of the chain `{}`, and comes behind number {}",
                seal.number, seal.chain, end.number
            )),
        };
        if let Some(what) = what {
            self.flaw(Some(row.sequence), what);
        }
        self.chains.insert(seal.chain.clone(), End { number: seal.number, mac: seal.mac.clone() });
    }

    /// A chain may begin late if we removed what was before.
    fn check_beginnings(&mut self) {
        for Late { sequence, chain, number, previous } in std::mem::take(&mut self.late) {
            let before = number.wrapping_sub(1);
            let removed = self.removed.get(&chain).filter(|end| end.number >= before);
            if !removed.is_some_and(|end| end.number > before || end.mac == previous) {
                let what = format!("before it, records 1 to {before} of the chain `{chain}` are missing");
                self.flaw(Some(sequence), what);
            }
        }
    }

    /// Every end that was recorded must be there still.
    fn check_claims(&mut self, source: &mut dyn AuditSource) -> Result<(), StoreError> {
        for (head, by) in std::mem::take(&mut self.claims).into_values() {
            self.check_head(source, &head, &format!("record {by}"))?;
        }
        Ok(())
    }

    /// The record that a head is of must be there as it was, unless we removed it.
    fn check_head(&mut self, source: &mut dyn AuditSource, head: &AuditHead, by: &str) -> Result<(), StoreError> {
        let AuditHead { chain, number, mac } = head;
        let what = match source.mac(chain, *number)? {
            Some(there) if there == *mac => return Ok(()),
            Some(_) => format!("record {number} of the chain `{chain}` is another one than {by} knows"),
            None if self.is_removed(head) => return Ok(()),
            None => {
                let end = self.chains.get(chain).map_or(0, |end| end.number);
                format!("the chain `{chain}` ends with record {end}, and {by} knows of record {number}")
            }
        };
        self.flaw(None, what);
        Ok(())
    }

    fn is_removed(&self, head: &AuditHead) -> bool {
        let end = self.removed.get(&head.chain);
        end.is_some_and(|end| end.number > head.number || (end.number == head.number && end.mac == head.mac))
    }
}
