#[derive(countersign_runtime::Settings)]
pub struct Settings {
    pub name: String,
    #[setting("rate", default = 0.5)]
    pub rate: String,
    #[setting("most", 5)]
    pub most: i64,
}

fn main() {}
