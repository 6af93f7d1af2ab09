//! The life of a code beside its check: an id before there is a code, another code under the same id, what became of it,
//! its end, and how it is found without its id. Time is turned by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::sync::Arc;

use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::testing::{ADAPTER, Desk, TestBank};
use countersign_runtime::{
    Adapter, AskOtp, Fault, OneTimeCode, OtpStatus, Outcome, Phone, ResendOtp, ResentOtp, Secret, SendOtp, Text,
    UnsentOtp, User, VerifyOtp,
};
use tokio::task::JoinSet;

const CODES: Adapter = Adapter {
    operations: &[],
    otps: &[LifeOtp::KIND, KeptOtp::KIND],
    sessions: &[],
    texts: &[Text { language: "en", key: "sms", text: "Your code is {{ otp.code }}" }],
    ..ADAPTER
};

#[derive(Debug, Default, Clone, OneTimeCode)]
#[code(
    name = "life",
    digits = 8,
    life = "5m",
    attempts = 3,
    text = "sms",
    id_life = "1h",
    one_per(user.phone),
    find_by(user.phone)
)]
struct LifeOtp {
    #[bound(user.phone)]
    phone: Option<Phone>,
    #[bound(country.code)]
    country: Option<String>,
    #[kept(document.name)]
    document: Option<String>,
}

#[derive(Debug, Default, Clone, OneTimeCode)]
#[code(name = "kept", digits = 8, life = "5m", attempts = 3, text = "sms", id_life = "1h")]
struct KeptOtp {
    #[kept(user.phone)]
    phone: Option<Phone>,
}

const JANE: &str = "+46731234567";
const JACK: &str = "+46731000001";

fn to(phone: &str) -> LifeOtp {
    LifeOtp { phone: phone.parse().ok(), country: Some("SE".to_owned()), document: Some("lease".to_owned()) }
}

/// What a request says that has an id and nothing else.
fn silent() -> LifeOtp {
    LifeOtp { country: Some("SE".to_owned()), ..LifeOtp::default() }
}

struct Case {
    desk: Desk,
    bank: Arc<TestBank>,
}

fn case() -> Case {
    let jane = User { id: "jane".to_owned(), phone: JANE.parse().ok(), ..User::default() };
    let bank = Arc::new(TestBank::with([jane]));
    let store = Arc::new(MemoryStore::default());
    let desk = Desk::new(&CODES, store, bank.clone(), |options| options.limits.dev_limits_off = true).unwrap();
    Case { desk, bank }
}

fn name<T>(done: Result<T, Fault>) -> &'static str {
    done.map_or_else(|fault| fault.name, |_| "done")
}

impl Case {
    async fn sent(&self, phone: &str) -> (String, String) {
        let input = SendOtp { phone: phone.parse().ok(), code: to(phone), ..SendOtp::default() };
        let sent = self.desk.core().send_otp(input).await.unwrap();
        assert_eq!(sent.outcome, Outcome::Passed, "{:?}", sent.refusal);
        (sent.id, self.bank.latest_code())
    }

    /// How a check ends.
    async fn checked(&self, id: Option<&str>, typed: &str, code: LifeOtp) -> &'static str {
        let input = VerifyOtp { id: id.map(str::to_owned), value: Some(Secret::from(typed)), user: None, code };
        name(self.desk.core().verify_otp(input).await.unwrap().passed())
    }

    fn asked(id: &str, code: LifeOtp) -> AskOtp<LifeOtp> {
        AskOtp { id: Some(id.to_owned()), user: None, code }
    }

    async fn status(&self, id: &str) -> OtpStatus {
        self.desk.core().show_otp(Case::asked(id, silent())).await.unwrap().status
    }

    async fn resent(&self, id: &str) -> Result<ResentOtp<LifeOtp>, Fault> {
        let input = ResendOtp { id: Some(id.to_owned()), code: to(JANE), ..ResendOtp::default() };
        self.desk.core().resend_otp(input).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_found_by_what_it_was_sent_to_and_by_its_id() {
    let case = case();
    let (id, code) = case.sent(JANE).await;
    assert_eq!(case.checked(None, "no code", to(JANE)).await, "otp.wrong");
    assert_eq!(case.checked(None, &code, to(JACK)).await, "otp.unknown");
    assert_eq!(
        case.checked(Some(&id), &code, to(JACK)).await,
        "otp.exhausted",
        "by its id it is found; a changed value ends it"
    );
    let (id, code) = case.sent(JANE).await;
    assert_eq!(case.checked(Some(&id), &code, silent()).await, "done", "its id is enough");
    assert_eq!(case.checked(None, &code, to(JANE)).await, "otp.used");
    let elsewhere = LifeOtp { country: Some("NO".to_owned()), ..to(JANE) };
    let (_, code) = case.sent(JANE).await;
    assert_eq!(case.checked(None, &code, elsewhere).await, "otp.mismatch", "what is bound beside it is asked for");
    assert_eq!(case.checked(None, &code, LifeOtp::default()).await, "otp.unknown", "nothing says which one");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_a_code_is_shown_without_trying_it() {
    let case = case();
    let (id, code) = case.sent(JANE).await;
    let shown = case.desk.core().show_otp(Case::asked(&id, silent())).await.unwrap();
    assert_eq!((shown.status, shown.attempts, shown.attempts_left), (OtpStatus::Open, 0, 3));
    assert_eq!((shown.id.as_str(), shown.code.document.as_deref()), (id.as_str(), Some("lease")));
    assert_eq!(case.checked(Some(&id), &code, silent()).await, "done");
    assert_eq!(case.status(&id).await, OtpStatus::Passed);
    let (other, _) = case.sent(JACK).await;
    case.desk.clock.turn(301);
    assert_eq!(case.status(&other).await, OtpStatus::Expired);
    assert_eq!(case.status(&id).await, OtpStatus::Passed);
    case.desk.clock.turn(3601);
    assert_eq!(name(case.desk.core().show_otp(Case::asked(&id, silent())).await), "otp.unknown");
    assert_eq!(name(case.desk.core().show_otp(Case::asked("none", silent())).await), "otp.unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_may_be_there_before_its_code() {
    let case = case();
    let input = UnsentOtp { user: Some("jane".to_owned()), code: to(JANE), ..UnsentOtp::default() };
    let id = case.desk.core().open_otp(input).await.unwrap().id;
    assert_eq!(case.status(&id).await, OtpStatus::New);
    assert!(case.bank.sent().is_empty());
    assert_eq!(case.checked(Some(&id), "12345678", silent()).await, "otp.unknown");
    case.desk.clock.turn(1800);
    assert_eq!(case.resent(&id).await.unwrap().id, id);
    assert_eq!(case.status(&id).await, OtpStatus::Open);
    assert_eq!(case.checked(Some(&id), &case.bank.latest_code(), silent()).await, "done");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_code_under_the_same_id_has_the_attempts_that_are_left() {
    let case = case();
    let (id, old) = case.sent(JANE).await;
    assert_eq!(case.checked(Some(&id), "no code", silent()).await, "otp.wrong");
    case.desk.clock.turn(600);
    assert_eq!(case.status(&id).await, OtpStatus::Expired);
    let again = case.resent(&id).await.unwrap();
    assert_eq!(again.outcome, Outcome::Passed, "{:?}", again.refusal);
    assert_eq!((again.id.as_str(), case.bank.sent().len()), (id.as_str(), 2));
    assert_eq!(again.code.document.as_deref(), Some("lease"), "it gives what the older one kept");
    assert_eq!(again.code.phone, to(JANE).phone);
    let new = case.bank.latest_code();
    let wrong = if old == new { "no code".to_owned() } else { old };
    assert_eq!(case.checked(Some(&id), &wrong, silent()).await, "otp.wrong", "the older one is good no longer");
    assert_eq!(case.desk.core().show_otp(Case::asked(&id, silent())).await.unwrap().attempts_left, 1);
    assert_eq!(case.checked(None, &new, to(JANE)).await, "done", "it is found as before");
    assert_eq!(name(case.resent(&id).await), "otp.used");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_again_says_the_phone_that_it_went_to() {
    let case = case();
    let core = case.desk.core();
    let phone = |phone: &str| phone.parse::<Phone>().ok();
    let first = SendOtp { phone: phone(JANE), code: KeptOtp { phone: phone(JANE) }, ..SendOtp::default() };
    let id = core.send_otp(first).await.unwrap().id;
    let again = async |to: Option<Phone>| {
        let input = ResendOtp { id: Some(id.clone()), phone: to, code: KeptOtp::default(), ..ResendOtp::default() };
        core.resend_otp(input).await.unwrap().code.phone
    };
    assert_eq!(again(None).await, phone(JANE), "it goes where the older one went");
    assert_eq!(again(phone(JACK)).await, phone(JACK));
    assert_eq!(again(None).await, phone(JACK), "the code keeps where it went last");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_was_ended_is_good_no_longer() {
    let case = case();
    let (id, code) = case.sent(JANE).await;
    let core = case.desk.core();
    let end = async |id: &str| core.cancel_otp(Case::asked(id, silent())).await;
    let other = LifeOtp { country: Some("NO".to_owned()), ..silent() };
    assert_eq!(name(case.desk.core().cancel_otp(Case::asked(&id, other)).await), "otp.mismatch");
    assert_eq!(end(&id).await.unwrap().status, OtpStatus::Cancelled);
    assert_eq!(end(&id).await.unwrap().status, OtpStatus::Cancelled, "once more changes nothing");
    assert_eq!(case.checked(Some(&id), &code, silent()).await, "otp.expired");
    assert_eq!(name(case.resent(&id).await), "otp.expired");
    let (id, code) = case.sent(JANE).await;
    assert_eq!(case.checked(Some(&id), &code, silent()).await, "done");
    assert_eq!(name(end(&id).await), "otp.used");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_check_and_an_end_at_once_one_wins() {
    for _ in 0..20 {
        let case = Arc::new(case());
        let (id, code) = case.sent(JANE).await;
        let mut tasks = JoinSet::new();
        let (one, two, ours) = (case.clone(), case.clone(), id.clone());
        let theirs = id.clone();
        tasks.spawn(async move { one.checked(Some(&ours), &code, silent()).await });
        tasks.spawn(async move { name(two.desk.core().cancel_otp(Case::asked(&theirs, silent())).await) });
        let ended = tasks.join_all().await;
        assert_eq!(ended.iter().filter(|end| **end == "done").count(), 1, "{ended:?}");
    }
}
