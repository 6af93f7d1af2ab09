use countersign_runtime::Row;

#[derive(Debug, Clone, Row)]
struct AppsRow {
    app_id: String,
    #[column(app.currency)]
    app_currency: String,
}

fn main() {}
