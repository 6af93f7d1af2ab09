use std::time::Duration;

use countersign_runtime::Secret;

#[derive(Debug, countersign_runtime::Settings)]
pub struct BankSettings {
    #[setting("core.url")]
    pub url: String,
    #[setting("core.password")]
    pub password: Secret,
    #[setting("core.timeout", default = "2s")]
    pub timeout: Duration,
    #[setting("core.connections", default = 8)]
    pub connections: u16,
    #[setting("core.nodes")]
    pub nodes: Vec<String>,
    #[setting("core.realm")]
    pub realm: Option<String>,
}

fn main() {
    let paths = <BankSettings as countersign_runtime::Settings>::PATHS;
    assert_eq!(paths, ["core.url", "core.password", "core.timeout", "core.connections", "core.nodes", "core.realm"]);
    let defaults = <BankSettings as countersign_runtime::Settings>::DEFAULTS;
    assert_eq!(defaults, [("core.timeout", "2s"), ("core.connections", "8")]);
}
