//! Rows as they are written in a settings file, and what is found in them.

use std::path::PathBuf;
use std::sync::Arc;

use super::*;
use crate::context::Core;
use crate::settings::{Place, SettingsTree};
use crate::store::memory::MemoryStore;
use crate::testing::{ADAPTER, Desk, TestBank};

#[derive(Debug, Clone, PartialEq)]
struct App {
    id: String,
    country: String,
    open: bool,
    most: i64,
    links: Vec<String>,
}

impl Row for App {
    const UNKNOWN: &'static str = "apps.unknown";

    fn read(cells: &mut Cells<'_>) -> Option<Self> {
        let (id, country) = (cells.take("app.id"), cells.take("country.code"));
        let (open, most, links) = (cells.take("app.open"), cells.take("app.most"), cells.take("app.links"));
        Some(App { id: id?, country: country?, open: open?, most: most?, links: links? })
    }

    fn key(&self) -> Vec<String> {
        vec![self.id.clone(), self.country.clone()]
    }
}

fn read(rows: &str) -> Result<Table<App>, Vec<String>> {
    let mut tree = SettingsTree::default();
    let yaml: serde_yaml::Value = serde_yaml::from_str(rows).unwrap();
    tree.set_all("tables.apps", &yaml, &Place::File(PathBuf::from("settings.yaml")), &mut Vec::new());
    tree.rows("tables.apps").map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect())
}

const GOOD: &str = "
- { app.id: a1, country.code: SG, app.open: true, app.most: 3, app.links: [x, y] }
- { app: { id: a1, open: false, most: 0, links: [] }, country.code: MY }
";

fn core() -> Core {
    Desk::new(&ADAPTER, Arc::new(MemoryStore::default()), Arc::new(TestBank::default()), |_| {}).unwrap().core()
}

fn key(id: &str, country: &str) -> [Option<String>; 2] {
    [Some(id.to_owned()), Some(country.to_owned())]
}

#[tokio::test]
async fn a_row_is_found_by_its_whole_key_letter_by_letter() {
    let table = read(GOOD).unwrap();
    let core = core();
    assert_eq!(core.find_row(&table, key("a1", "SG")).await.unwrap().links, ["x", "y"]);
    assert!(!core.find_row(&table, key("a1", "MY")).await.unwrap().open);
    for (id, country) in [("A1", "SG"), ("a1", "sg"), ("a1 ", "SG"), ("SG", "a1"), ("a1", "")] {
        let fault = core.find_row(&table, key(id, country)).await.unwrap_err();
        assert_eq!(fault.name, "apps.unknown", "{id} {country}");
    }
    assert_eq!(core.find_row(&table, [Some("a1".to_owned()), None]).await.unwrap_err().name, "apps.unknown");
}

#[tokio::test]
async fn an_optional_table_restricts_what_is_sent_once_it_has_rows() {
    let (full, empty) = (read(GOOD).unwrap(), read("[]").unwrap());
    let core = core();
    assert_eq!(core.find_row_if_any(&empty, key("b", "SG")).await.unwrap(), None);
    assert_eq!(core.find_row_if_any(&full, [Some("b".to_owned()), None]).await.unwrap(), None);
    assert_eq!(core.find_row_if_any(&full, key("a1", "SG")).await.unwrap().unwrap().most, 3);
    assert_eq!(core.find_row_if_any(&full, key("b", "SG")).await.unwrap_err().name, "apps.unknown");
}

#[test]
fn every_mistake_is_reported_with_its_row() {
    let entry = read(
        "
- { app.id: a1, country.code: SG, app.open: true, app.most: 3, app.links: [x] }
- { app.id: a1, country.code: SG, app.open: true, app.most: 3, app.links: [x] }
- { app.id: 42, country.code: SG, app.open: 1, app.most: '3', app.links: [x, 5] }
- { app.id: a4, country.cod: SG, app.open: true, app.most: 3, app.links: [] }
- { app.id: a5, app: { id: a6 }, country.code: SG, app.open: true, app.most: 3, app.links: [] }
- text
",
    );
    let expected = [
        "row 2: it has the key of row 1: a1, SG",
        "row 3: `app.id`: a text is wanted, this is an integer; put it in quotes",
        "row 3: `app.open`: `true` or `false` is wanted, this is an integer",
        "row 3: `app.most`: an integer is wanted, this is a text",
        "row 3: `app.links`: number 2: a text is wanted, this is an integer; put it in quotes",
        "row 4: `country.code` is missing",
        "row 4: there is no column `country.cod`; did you mean `country.code`?",
        "row 5: `app.id` is there twice",
        "row 6: a mapping from columns to values is wanted, this is a text",
    ];
    let expected: Vec<String> =
        expected.iter().map(|what| format!("setting `tables.apps` (settings.yaml): {what}")).collect();
    assert_eq!(entry.unwrap_err(), expected);
}
