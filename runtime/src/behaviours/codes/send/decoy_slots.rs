//! Decoy codes beyond as many as are stored in an hour. Each takes the place of an older one: so names that are made
//! up do not make the store grow without end, and whoever makes them up gets no other answer than for users that exist.

use rand::RngExt;
use serde::{Deserialize, Serialize};

use super::draft::Draft;
use crate::adapter::OtpKind;
use crate::behaviours::codes::record::{CodeRecord, OpenRecord, code_key, parse, value};
use crate::context::Core;
use crate::fault::Fault;
use crate::store::{Batch, Condition, Kind, Millis, Record, RecordKey};

/// How many places there are for each kind of code.
const PLACES: u32 = 8_192;

/// How many of them are looked at, to take the one that has been taken for the longest time.
const LOOKED_AT: usize = 4;

/// The place of a decoy code, and what has it.
pub(super) struct Place {
    key: RecordKey,
    taken: Option<(Taken, Record)>,
    /// The record which says that the code that has it is open, if that still is so.
    pointer: Option<(RecordKey, Record)>,
}

/// The code that has a place.
#[derive(Debug, Serialize, Deserialize)]
struct Taken {
    code: String,
    made: Millis,
    /// Where it is stored that it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
}

/// A free place for a decoy code, or the one of a code that was made long ago.
pub(super) async fn choose_decoy_slot(core: &Core, kind: &OtpKind) -> Result<Place, Fault> {
    let mut oldest = read_decoy_slot(core, kind, any()).await?;
    for _ in 1..LOOKED_AT {
        let place = read_decoy_slot(core, kind, any()).await?;
        if place.made() < oldest.made() {
            oldest = place;
        }
    }
    find_pointer(core, &mut oldest).await?;
    Ok(oldest)
}

/// Reads the record which says that the code that has a place is open.
async fn find_pointer(core: &Core, place: &mut Place) -> Result<(), Fault> {
    let taken = place.taken.as_ref().and_then(|(taken, _)| Some((taken.pointer.clone()?, taken.code.clone())));
    let Some((pointer, code)) = taken else { return Ok(()) };
    let key = RecordKey::new(Kind::Open, pointer);
    let record = core.store().read(&key).await?.record;
    let open = record.as_ref().map(parse::<OpenRecord>).transpose()?;
    place.pointer = record.filter(|_| open.is_some_and(|open| open.code == code)).map(|record| (key, record));
    Ok(())
}

async fn read_decoy_slot(core: &Core, kind: &OtpKind, number: u32) -> Result<Place, Fault> {
    let key = RecordKey::new(Kind::Open, format!("nobody {} {number}", kind.name));
    let read = core.store().read(&key).await?.record;
    let taken = read.map(|read| Ok::<_, Fault>((parse(&read)?, read))).transpose()?;
    Ok(Place { key, taken, pointer: None })
}

impl Place {
    fn made(&self) -> Option<Millis> {
        self.taken.as_ref().map(|(taken, _)| taken.made)
    }

    /// Adds to the batch that a draft's code has the place from now on, and that nothing is left of the one before.
    pub fn take(self, batch: Batch, draft: &Draft, record: &CodeRecord) -> Result<Batch, Fault> {
        let pointer = draft.open.as_ref().map(|open| open.id.clone());
        let taken = Taken { code: draft.id.clone(), made: record.made, pointer };
        let before = self.taken.as_ref();
        let mut batch = batch.only_if(Condition::unchanged(self.key.clone(), before.map(|(_, read)| read)));
        if let Some((taken, _)) = before {
            batch = batch.delete(code_key(&taken.code));
        }
        if let Some((pointer, read)) = self.pointer.filter(|(pointer, _)| draft.open.as_ref() != Some(pointer)) {
            batch = batch.only_if(Condition::Version(pointer.clone(), read.version)).delete(pointer);
        }
        Ok(batch.put(self.key, value(&taken)?, record.retained_until()))
    }
}

fn any() -> u32 {
    rand::rng().random_range(0..PLACES)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::behaviours::codes::send::draft::otp_draft;
    use crate::behaviours::codes::send::issue::draft_record;
    use crate::behaviours::codes::{OneTimeCode, SendOtp};
    use crate::store::Committed;
    use crate::store::memory::MemoryStore;
    use crate::testing::{ADAPTER, Desk, TestBank, TestOtp};

    /// Stores a decoy code in a place; gives where it and what points to it are.
    async fn taken(core: &Core, place: Place, operation: &str) -> [RecordKey; 2] {
        let code = TestOtp::payment(operation, "nobody");
        let draft = otp_draft(core, SendOtp { code, ..SendOtp::default() }).await.unwrap();
        let now = core.store().read(&code_key(&draft.id)).await.unwrap().now;
        let record = draft_record(core, &draft, now).unwrap();
        let open = OpenRecord { code: draft.id.clone(), made: now, sent: 1, refused: false };
        let pointer = draft.open.clone().unwrap();
        let batch = Batch::at(now).put(code_key(&draft.id), record.written().unwrap(), record.retained_until());
        let batch = batch.put(pointer.clone(), value(&open).unwrap(), open.retained_until());
        assert!(matches!(
            core.store().commit(place.take(batch, &draft, &record).unwrap()).await.unwrap(),
            Committed::Applied(_)
        ));
        [code_key(&draft.id), pointer]
    }

    #[tokio::test]
    async fn nothing_is_left_of_the_code_that_had_a_place_before() {
        let desk = Desk::new(&ADAPTER, Arc::new(MemoryStore::default()), Arc::new(TestBank::with([])), |_| {}).unwrap();
        let core = desk.core();
        let first = taken(&core, read_decoy_slot(&core, &TestOtp::KIND, 7).await.unwrap(), "op-1").await;
        let mut place = read_decoy_slot(&core, &TestOtp::KIND, 7).await.unwrap();
        find_pointer(&core, &mut place).await.unwrap();
        let second = taken(&core, place, "op-2").await;
        for (keys, there) in [(first, false), (second, true)] {
            for key in keys {
                assert_eq!(core.store().read(&key).await.unwrap().record.is_some(), there, "{key:?}");
            }
        }
    }

    #[tokio::test]
    async fn a_free_place_is_preferred() {
        let desk = Desk::new(&ADAPTER, Arc::new(MemoryStore::default()), Arc::new(TestBank::with([])), |_| {}).unwrap();
        let core = desk.core();
        for number in 0..200 {
            let place = choose_decoy_slot(&core, &TestOtp::KIND).await.unwrap();
            assert!(place.taken.is_none(), "200 places of {PLACES} are never all of {LOOKED_AT}");
            taken(&core, place, &format!("op-{number}")).await;
        }
    }
}
