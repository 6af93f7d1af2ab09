//! Whoever may write to the store, and does not have the key, is found out.

use countersign_runtime::crypto::Keyring;
use countersign_runtime::store::{AuditHead, AuditRow, AuditSource, StoreError, Verified, verify};
use rand::RngExt;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::{Place, ring, sealer, times, write};

/// Records that anybody may change.
#[derive(Clone)]
struct Forged(Vec<AuditRow>);

impl AuditSource for Forged {
    fn page(&mut self, after: Option<u64>, most: usize) -> Result<Vec<AuditRow>, StoreError> {
        let behind = |row: &&AuditRow| after.is_none_or(|after| row.sequence > after);
        Ok(self.0.iter().filter(behind).take(most).cloned().collect())
    }

    fn mac(&mut self, chain: &str, number: u64) -> Result<Option<String>, StoreError> {
        let found = self.0.iter().find(|row| row.seal.chain == chain && row.seal.number == number);
        Ok(found.map(|row| row.seal.mac.clone()))
    }
}

/// Records of a store as it is, and the head that was kept elsewhere.
async fn honest(records: usize) -> (Forged, Keyring, AuditHead) {
    let (place, keys) = (Place::new(), ring(&["one"]));
    let store = place.open(sealer(&keys));
    let mut head = None;
    for number in 0..records {
        head = Some(write(&*store, &format!("id-{number}")).await);
    }
    let rows = place.spec.engine().audit_source().unwrap().page(None, records).unwrap();
    assert_eq!(rows.len(), records);
    (Forged(rows), keys, head.unwrap())
}

fn check(mut rows: Forged, keys: &Keyring, heads: &[AuditHead]) -> Verified {
    verify(&mut rows, keys, heads).unwrap()
}

/// One character of a text becomes another.
fn changed(text: &str, random: &mut StdRng) -> String {
    let place = random.random_range(0..text.len());
    let mut bytes = text.as_bytes().to_vec();
    bytes[place] = if bytes[place] == b'7' { b'8' } else { b'7' };
    String::from_utf8(bytes).unwrap()
}

/// Seals a row anew, as it should be, but with a key that is not ours.
fn with_a_wrong_key(row: &AuditRow, previous: &str) -> AuditRow {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"a key of somebody else").unwrap();
    mac.update(format!("{}{previous}{}", row.sequence, row.text).as_bytes());
    let mut row = row.clone();
    row.seal.previous = previous.to_owned();
    row.seal.mac = hex::encode(mac.finalize().into_bytes());
    row
}

const WAYS: [&str; 9] =
    ["text", "column", "delete", "delete many", "swap", "insert", "truncate", "wrong key", "renumber"];

/// Does one thing that nobody may do.
fn tamper(rows: &mut Vec<AuditRow>, way: &str, random: &mut StdRng) {
    let place = random.random_range(0..rows.len());
    match way {
        "text" => rows[place].text = changed(&rows[place].text.clone(), random),
        "column" => match random.random_range(0..7) {
            0 => rows[place].time += 1,
            1 => rows[place].event = changed(&rows[place].event.clone(), random),
            2 => rows[place].seal.mac = changed(&rows[place].seal.mac.clone(), random),
            3 => rows[place].seal.previous = changed(&rows[place].seal.previous.clone(), random),
            4 => rows[place].seal.key = "two".to_owned(),
            5 => rows[place].seal.chain = changed(&rows[place].seal.chain.clone(), random),
            _ => rows[place].seal.number += 1,
        },
        "delete" => drop(rows.remove(place)),
        "delete many" => {
            let end = random.random_range(place..rows.len());
            rows.drain(place..=end);
        }
        "swap" => {
            let other = (place + random.random_range(1..rows.len())) % rows.len();
            let (one, two) = (rows[place].sequence, rows[other].sequence);
            rows.swap(place, other);
            (rows[place].sequence, rows[other].sequence) = (one, two);
        }
        "insert" => {
            // A copy of another record, with all behind it moved up.
            let copy = rows[random.random_range(0..rows.len())].clone();
            rows.insert(place, copy);
            for (row, number) in rows.iter_mut().zip(1..) {
                row.sequence = number;
            }
        }
        "truncate" => rows.truncate(place),
        "wrong key" => {
            // From here on the whole chain is sealed anew.
            rows[place].text = changed(&rows[place].text.clone(), random);
            for at in place..rows.len() {
                let previous = if at == 0 { "0".repeat(64) } else { rows[at - 1].seal.mac.clone() };
                rows[at] = with_a_wrong_key(&rows[at], &previous);
            }
        }
        _ => {
            // One is taken away, and all behind it get the numbers that they would have.
            rows.remove(place);
            for (row, number) in rows.iter_mut().zip(1..) {
                (row.sequence, row.seal.number) = (number, number);
            }
        }
    }
}

#[tokio::test]
async fn every_tampering_is_found() {
    let tamperings = times("COUNTERSIGN_TAMPERINGS", 500);
    let (rows, keys, head) = honest(60).await;
    assert_eq!(check(rows.clone(), &keys, std::slice::from_ref(&head)).flaws, vec![]);
    let mut random = StdRng::seed_from_u64(1);
    let mut found = std::collections::BTreeMap::<&str, usize>::new();
    for number in 0..tamperings {
        let way = WAYS[number % WAYS.len()];
        let mut forged = rows.clone();
        tamper(&mut forged.0, way, &mut random);
        assert_ne!(forged.0, rows.0, "{way} changed nothing");
        let entry = check(forged, &keys, std::slice::from_ref(&head));
        assert!(!entry.flaws.is_empty(), "{way} was not found");
        *found.entry(way).or_default() += 1;
    }
    println!("{tamperings} tamperings, all found: {found:?}");
}

/// A head for each record, as it is or with a MAC of nobody's.
fn heads(rows: &Forged) -> (Vec<AuditHead>, Vec<AuditHead>) {
    let head = |row: &AuditRow, mac: &str| AuditHead {
        chain: row.seal.chain.clone(),
        number: row.seal.number,
        mac: mac.to_owned(),
    };
    let right = rows.0.iter().map(|row| head(row, &row.seal.mac)).collect();
    (right, rows.0.iter().map(|row| head(row, &"0".repeat(64))).collect())
}

#[tokio::test]
async fn each_head_that_is_given_is_checked_however_many_are_newer() {
    let (rows, keys, latest) = honest(9).await;
    let (right, wrong) = heads(&rows);
    assert_eq!(check(rows.clone(), &keys, &right).flaws, vec![]);
    for wrong in &wrong {
        for heads in [vec![wrong.clone(), latest.clone()], vec![latest.clone(), wrong.clone()], vec![wrong.clone()]] {
            let entry = check(rows.clone(), &keys, &heads).flaws;
            assert_eq!(entry.len(), 1, "{heads:?}: {entry:?}");
            let what =
                format!("record {} of the chain `{}` is another one than a given head", wrong.number, wrong.chain);
            assert!(entry[0].what.contains(&what), "{entry:?}");
        }
    }
    // Each by itself, also those of one place.
    assert_eq!(check(rows.clone(), &keys, &[right, wrong].concat()).flaws.len(), 9);
    let nowhere = AuditHead { chain: "elsewhere".to_owned(), number: 1, ..latest };
    assert_eq!(check(rows, &keys, &[nowhere]).flaws.len(), 1);
}

#[tokio::test]
async fn the_first_bad_record_is_named() {
    let (rows, keys, head) = honest(9).await;
    let first = |change: &dyn Fn(&mut Vec<AuditRow>)| {
        let mut forged = rows.clone();
        change(&mut forged.0);
        let entry = check(forged, &keys, std::slice::from_ref(&head));
        (entry.flaws[0].sequence, entry.flaws[0].what.clone())
    };
    let (sequence, what) = first(&|rows| rows[4].time += 1);
    assert_eq!((sequence, what.as_str()), (Some(5), "it was changed: its MAC is another"));
    let (sequence, what) = first(&|rows| drop(rows.drain(2..5)));
    assert_eq!(sequence, Some(6));
    assert!(what.contains("records 3 to 5 of the chain"), "{what}");
    let (sequence, what) = first(&|rows| drop(rows.drain(..2)));
    assert_eq!(sequence, Some(3));
    assert!(what.contains("records 1 to 2 of the chain"), "{what}");
    let (sequence, what) = first(&|rows| rows.truncate(7));
    assert_eq!(sequence, None);
    assert!(what.contains("ends with record 7") && what.contains("knows of record 9"), "{what}");
}

#[tokio::test]
async fn records_that_were_all_removed_are_found_by_what_the_store_has_taken() {
    let (place, keys) = (Place::new(), ring(&["one"]));
    let empty = verify(
        &mut *{
            place.open(sealer(&keys));
            place.spec.engine().audit_source().unwrap()
        },
        &keys,
        &[],
    )
    .unwrap();
    assert_eq!((empty.records, empty.flaws.len()), (0, 0), "a new store has none, and needs none");
    let head = {
        let store = place.open(sealer(&keys));
        write(&*store, "one").await;
        write(&*store, "two").await
    };
    rusqlite::Connection::open(place.path()).unwrap().execute("DELETE FROM audit", []).unwrap();
    let heads = [&[][..], std::slice::from_ref(&head)];
    for (heads, flaws) in heads.into_iter().zip([1, 2]) {
        let found = verify(&mut *place.spec.engine().audit_source().unwrap(), &keys, heads).unwrap();
        assert_eq!((found.records, found.flaws.len()), (0, flaws), "{found:?}");
        assert!(found.flaws.iter().any(|flaw| flaw.what.contains("all were removed")), "{found:?}");
    }
}
