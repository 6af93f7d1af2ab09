use countersign_runtime::{Date, Row, Table};

#[derive(Debug, Clone, Row)]
#[row("apps")]
struct AppsRow {
    #[key(app.id)]
    app_id: String,
    #[key(country.code)]
    country_code: String,
    #[column(document.updated)]
    document_updated: Date,
    #[column(document.links)]
    document_links: Vec<String>,
}

#[derive(Debug, Clone, countersign_runtime::Settings)]
struct Settings {
    #[setting("mode", default = "a")]
    mode: String,
    #[table("tables.apps")]
    apps: Table<AppsRow>,
    #[table("tables.others", optional)]
    others: Table<AppsRow>,
}

fn main() {
    use countersign_runtime::Settings as _;
    assert_eq!(AppsRow::UNKNOWN, "apps.unknown");
    assert_eq!(Settings::PATHS, ["mode", "tables.apps", "tables.others"]);
    assert_eq!(Settings::TABLES, ["tables.apps"]);
    let read = |settings: Settings| (settings.mode, settings.apps.len(), settings.others.len());
    let row = |row: AppsRow| (row.app_id, row.country_code, row.document_updated, row.document_links);
    let _ = (read, row);
}
