//! `docs/settings.md` shows the table of settings as it is. `BLESS=1` puts the newest in.
#![allow(clippy::unwrap_used, reason = "a test may break")]

use std::path::Path;

use countersign_engine::settings::documentation;

#[test]
fn the_page_of_settings_is_written_from_the_table() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/settings.md");
    let text = std::fs::read_to_string(&page).unwrap();
    let (before, rest) = text.split_once("<!-- settings -->\n").unwrap();
    let (_, after) = rest.split_once("<!-- end -->").unwrap();
    let filled = format!("{before}<!-- settings -->\n{}<!-- end -->{after}", documentation());
    if std::env::var_os("BLESS").is_some() {
        return std::fs::write(&page, filled).unwrap();
    }
    assert!(text == filled, "docs/settings.md is stale: BLESS=1 cargo test -p countersign-engine --test settings_page");
}
