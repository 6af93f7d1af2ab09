use countersign_runtime::Session;

#[derive(Debug, Default, Session)]
#[session(name = "wallet")]
struct WalletSession {
    #[bound(app.id)]
    app_id: Option<String>,
}

fn main() {}
