//! The scan of a body before it is parsed: what it lets pass is JSON for another parser too, and comes back unchanged.

use countersign_runtime::wire::{Tape, precheck};

pub fn run(data: &[u8]) {
    let Ok(text) = precheck(data) else { return };
    assert_eq!(text.as_bytes(), data, "the scan changed the body");
    // RFC 8259, section 8.1: a reader may pass over a byte order mark, and this one does.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let value: serde_json::Value = serde_json::from_str(text).expect("what the scan lets pass is JSON");
    let tape = Tape::read(data).expect("what the scan lets pass is read");
    assert_eq!(tape.root().value(), value, "read in another way than others read it");
    assert_eq!(tape.root().raw(), text.trim_matches([' ', '\t', '\n', '\r']), "kept in another way than written");
}
