//! Settings files: whatever stands in one, the start either takes it or says which setting is wrong, in lines that
//! no value can break.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use countersign_runtime::settings::{Sources, load};
use countersign_runtime::testing::ADAPTER;

fn file() -> &'static PathBuf {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder").keep();
        folder.join("settings.yaml")
    })
}

pub fn run(data: &[u8]) {
    std::fs::write(file(), data).expect("a file");
    let sources = Sources { file: Some(file().clone()), environment: BTreeMap::new(), dev: true };
    if let Err(mistakes) = load::<()>(&ADAPTER, &sources) {
        assert!(!mistakes.is_empty(), "refused without a reason");
        for mistake in mistakes {
            let line = mistake.to_string();
            assert!(!line.chars().any(|letter| letter.is_control()), "a control character in {line:?}");
        }
    }
}
