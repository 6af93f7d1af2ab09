#[derive(Debug, Clone, countersign_runtime::Settings)]
pub struct Settings {
    #[setting("application.name", default = "x")]
    pub name: String,
    #[setting("show", default = true)]
    pub show: bool,
    #[setting("most", default = 5)]
    pub most: i64,
}

fn main() {
    assert_eq!(<Settings as countersign_runtime::Settings>::PATHS, ["application.name", "show", "most"]);
    let defaults = <Settings as countersign_runtime::Settings>::DEFAULTS;
    assert_eq!(defaults, [("application.name", "x"), ("show", "true"), ("most", "5")]);
}
