//! Two at once, a thousand times: exactly one succeeds. `COUNTERSIGN_WALLET_STORE=embedded` and
//! `COUNTERSIGN_WALLET_ROUNDS` do it on a file, and more or less often.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may break")]

mod support;

use std::sync::Arc;

use countersign_runtime::{Call, Core, CreateWallet};
use support::*;

fn rounds() -> usize {
    std::env::var("COUNTERSIGN_WALLET_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000)
}

#[test]
fn of_two_who_verify_one_request_at_once_one_succeeds() {
    let programme = programme();
    for round in 0..rounds() {
        let request = programme.request(&format!("{}", 81_234_000 + round));
        let code = programme.code_of_last(&request);
        let answers = std::thread::scope(|scope| {
            let both = [0, 1].map(|_| scope.spawn(|| error(&programme.verify(&request, &*code))));
            both.map(|one| one.join().unwrap())
        });
        let won = answers.iter().filter(|error| *error == "none").count();
        assert_eq!(won, 1, "{answers:?}");
        assert!(answers.iter().any(|error| error == "invalid_request_id"), "{answers:?}");
    }
}

#[test]
fn of_two_wallets_for_one_phone_and_app_one_is_made() {
    let programme = programme();
    let shared = programme.app.shared();
    let core = || Core {
        shared: shared.clone(),
        call: Arc::new(Call::default()),
        time: countersign_runtime::Clock::now(&*programme.clock),
        message: None,
        session: None,
        shown: std::sync::Arc::default(),
    };
    for round in 0..rounds() {
        let wallet = CreateWallet {
            app: Some(APP.to_owned()),
            currency: Some("SGD".to_owned()),
            account_prefix: Some("EWCV".to_owned()),
            phone: Some(format!("+65{}", 81_234_000 + round).parse().unwrap()),
            ..CreateWallet::default()
        };
        let made = programme.runtime.block_on(async {
            let both = [0, 1].map(|_| {
                let (core, wallet) = (core(), wallet.clone());
                tokio::spawn(async move { core.create_wallet(wallet).await })
            });
            let mut made = Vec::new();
            for one in both {
                made.push(one.await.unwrap());
            }
            made
        });
        let faults: Vec<&str> = made.iter().filter_map(|one| one.as_ref().err()).map(|fault| fault.name).collect();
        assert_eq!(faults, ["wallet.exists"]);
    }
}
