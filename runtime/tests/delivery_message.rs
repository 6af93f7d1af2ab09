//! The message that tells a caller that a code was not sent: none where nothing is set, as contracts show it; else the key
//! that the settings name, for messages that were refused and for those that were one too many.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use countersign_runtime::hooks::HookError;
use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::testing::{ADAPTER, Desk, TestBank, TestOtp};
use countersign_runtime::{Adapter, Outcome, SendOtp, SentOtp, User};

const KEY: &str = "code.notDelivered";

/// A definition that has a message for one of the two itself.
static TELLS_LIMITS: Adapter = Adapter { says: &[("sms.limited", "code.limited")], ..ADAPTER };

struct Case {
    desk: Desk,
    bank: Arc<TestBank>,
}

fn case(adapter: &'static Adapter, message: Option<&str>) -> Case {
    let phone = "+420601234567".parse().ok();
    let users = [User { id: "1".into(), phone, ..User::default() }, User { id: "2".into(), ..User::default() }];
    let bank = Arc::new(TestBank::with(users));
    let desk = Desk::new(adapter, Arc::new(MemoryStore::default()), bank.clone(), |options| {
        options.delivery_failed_message = message.map(str::to_owned);
    });
    Case { desk: desk.unwrap(), bank }
}

impl Case {
    async fn send(&self, operation: &str, user: &str) -> SentOtp {
        let code = TestOtp::payment(operation, user);
        self.desk.core().send_otp(SendOtp { user: Some(user.into()), code, ..SendOtp::default() }).await.unwrap()
    }

    /// What is told of a refused message, of a phone that there is none of, and of one message too many.
    async fn entry(&self) -> [Option<String>; 3] {
        self.bank.gateway_says(Some(HookError::Refused("not to this number".into())));
        let refused = self.send("a", "1").await;
        let impossible = self.send("b", "2").await;
        self.bank.gateway_says(None);
        let mut last = self.send("c0", "1").await;
        for number in 1..8 {
            assert!(last.outcome == Outcome::Failed || last.error_key.is_none());
            last = self.send(&format!("c{number}"), "1").await;
        }
        assert_eq!(refused.refusal.unwrap().name, "sms.refused");
        assert_eq!(last.refusal.unwrap().name, "sms.limited");
        [refused.error_key, impossible.error_key, last.error_key].map(|key| key.map(|key| key.into_owned()))
    }
}

#[tokio::test]
async fn where_nothing_is_set_no_message_is_named() {
    assert_eq!(case(&ADAPTER, None).entry().await, [None, None, None]);
}

#[tokio::test]
async fn where_a_key_is_set_refused_and_limited_messages_have_it() {
    let key = || Some(KEY.to_owned());
    assert_eq!(case(&ADAPTER, Some(KEY)).entry().await, [key(), key(), key()]);
    assert_eq!(case(&ADAPTER, Some(KEY)).send("a", "1").await.error_key, None, "it was sent");
}

#[tokio::test]
async fn what_the_definition_says_of_one_of_them_goes_first() {
    let key = || Some(KEY.to_owned());
    assert_eq!(case(&TELLS_LIMITS, Some(KEY)).entry().await, [key(), key(), Some("code.limited".to_owned())]);
}
