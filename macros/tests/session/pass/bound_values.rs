use countersign_runtime::Session;

#[derive(Debug, Default, Session)]
#[session(name = "wallet", idle = "7d")]
struct WalletSession {
    #[bound(app.id)]
    app_id: Option<String>,
    #[bound(wallet.id)]
    wallet_id: Option<String>,
}

fn main() {
    assert_eq!((WalletSession::KIND.name, WalletSession::KIND.idle_seconds), ("wallet", 604_800));
    let session = WalletSession { app_id: Some("a".to_owned()), wallet_id: None };
    assert_eq!(session.bound(), [("app.id", Some("a".to_owned())), ("wallet.id", None)]);
}
