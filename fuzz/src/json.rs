//! The scan of a body before it is parsed: what it lets pass is JSON for another parser too, and comes back unchanged.

use countersign_runtime::wire::{precheck, read};

pub fn run(data: &[u8]) {
    let Ok(text) = precheck(data) else { return };
    assert_eq!(text.as_bytes(), data, "the scan changed the body");
    let value: serde_json::Value = serde_json::from_slice(data).expect("what the scan lets pass is JSON");
    assert_eq!(read(data).ok(), Some(value), "read in another way than scanned");
}
