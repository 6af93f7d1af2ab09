//! Security questions: which are listed and asked, what answers pass, how failures lock, and that the waiting of a code
//! ends once. Time is turned by hand. The bank's hashes are cheap ones here, so that many can be compared.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;
use std::sync::Arc;

use countersign_runtime::store::memory::MemoryStore;
use countersign_runtime::store::{AuditEvent, Store};
use countersign_runtime::testing::{ADAPTER, Desk, TestBank};
use countersign_runtime::{
    Adapter, AskQuestions, EnrolledAnswer, Fault, GivenAnswer, IssueOtp, ListQuestions, OneTimeCode, Question,
    Questions, ReplaceAnswers, Secret, SendOtp, Text, VerifyAnswers, VerifyAskedAnswers, VerifyOtp, normal_answer,
};
use tokio::task::JoinSet;

const ASKING: Adapter = Adapter {
    operations: &[],
    otps: &[DeviceOtp::KIND, SentOtp::KIND],
    texts: &[Text { language: "en", key: "sms.device", text: "Your code is {{ otp.code }}" }],
    ..ADAPTER
};
const QUARTER: i64 = 15 * 60;

#[derive(Debug, Default, Clone, OneTimeCode)]
#[code(
    name = "device",
    alphabet = "base32",
    digits = 10,
    life = "24h",
    attempts = 5,
    id = code,
    one_per(issuer.id, user.id, device.id)
)]
struct DeviceOtp {
    #[bound(issuer.id)]
    issuer: Option<String>,
    #[kept(device.id)]
    device: Option<String>,
    #[kept(device.app_id)]
    app: Option<String>,
}

/// The same by message, with an id: its attempts are counted.
#[derive(Debug, Default, Clone, OneTimeCode)]
#[code(name = "sent", digits = 8, life = "10m", attempts = 5, text = "sms.device", one_per(issuer.id, device.id))]
struct SentOtp {
    #[bound(issuer.id)]
    issuer: Option<String>,
    #[kept(device.id)]
    device: Option<String>,
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn device(name: &str) -> DeviceOtp {
    DeviceOtp { issuer: text("issuer"), device: text(name), app: text("app") }
}

fn question(id: &str, words: &str, required: bool) -> Question {
    Question { id: id.to_owned(), text: words.to_owned(), required }
}

fn pool() -> Vec<Question> {
    vec![
        question("q-street", "On which street did you grow up?", false),
        question("q-pet", "What was the name of your first pet?", true),
        question("q-teacher", "Who was your favourite teacher?", false),
        question("q-car", "What was your first car?", false),
    ]
}

/// Dana, as the bank enrolled her: a pet and a street.
fn enrolled() -> Vec<EnrolledAnswer> {
    let answer = |id: &str, answer: &str, required| EnrolledAnswer {
        question_id: id.to_owned(),
        question_text: None,
        required,
        hash: bcrypt::hash(normal_answer(answer).unwrap().as_bytes(), 4).unwrap(),
    };
    vec![answer("q-pet", "Rex", true), answer("q-street", "Elm Street", false)]
}

fn given(answers: &[(&str, &str)]) -> Vec<GivenAnswer> {
    let one = |(id, answer): &(&str, &str)| GivenAnswer {
        question_id: text(id),
        question_text: None,
        value: Secret::from(*answer),
    };
    answers.iter().map(one).collect()
}

const RIGHT: [(&str, &str); 2] = [("q-pet", "Rex"), ("q-street", "Elm Street")];
const WRONG: [(&str, &str); 2] = [("q-pet", "Tiger"), ("q-street", "Elm Street")];

struct Case {
    desk: Desk,
    bank: Arc<TestBank>,
    store: Arc<MemoryStore>,
    enrolled: Vec<EnrolledAnswer>,
}

fn case() -> Case {
    let store = Arc::new(MemoryStore::default());
    let bank = Arc::new(TestBank::default());
    let desk = Desk::new(&ASKING, store.clone(), bank.clone(), |_| {}).unwrap();
    Case { desk, bank, store, enrolled: enrolled() }
}

impl Case {
    fn list(&self) -> ListQuestions {
        ListQuestions {
            enabled: Some(true),
            show_all: Some(false),
            count: Some(2),
            pool: pool(),
            user: text("dana"),
            enrolled: self.enrolled.clone(),
            issuer: text("issuer"),
        }
    }

    async fn listed(&self, input: ListQuestions) -> Questions {
        self.desk.core().list_questions(input).await.unwrap()
    }

    fn answers(&self, user: &str, answers: &[(&str, &str)]) -> VerifyAnswers {
        VerifyAnswers {
            user: text(user),
            answers: given(answers),
            enabled: Some(true),
            count: Some(2),
            pool: pool(),
            enrolled: self.enrolled.clone(),
            locked: Some(false),
            issuer: text("issuer"),
        }
    }

    async fn entry(&self, input: VerifyAnswers) -> &'static str {
        entry(self.desk.core().verify_answers(input).await.unwrap().passed())
    }

    async fn verify(&self, answers: &[(&str, &str)]) -> &'static str {
        self.entry(self.answers("dana", answers)).await
    }

    async fn replace(&self, answers: &[(&str, &str)]) -> &'static str {
        let input = ReplaceAnswers {
            user: text("dana"),
            answers: given(answers),
            enabled: Some(true),
            count: Some(2),
            pool: pool(),
            issuer: text("issuer"),
        };
        entry(self.desk.core().replace_answers(input).await)
    }

    /// A code for a device, right and spent; gives the questions that it waits for.
    async fn waiting(&self, name: &str, count: i64) -> Vec<Question> {
        self.asked(self.spent(name).await, count).await.unwrap_or_default()
    }

    async fn spent(&self, name: &str) -> String {
        let core = self.desk.core();
        let issued =
            core.issue_otp(IssueOtp { user: text("dana"), code: device(name), ..IssueOtp::default() }).await.unwrap();
        let asked = DeviceOtp { issuer: text("issuer"), ..DeviceOtp::default() };
        let input = VerifyOtp { id: None, value: Some(issued.code), user: None, code: asked };
        core.verify_otp(input).await.unwrap().passed().unwrap().id
    }

    fn ask(&self, otp: String, count: i64) -> AskQuestions {
        AskQuestions {
            otp: Some(otp),
            user: text("dana"),
            enabled: Some(true),
            wanted: Some(2),
            count: Some(count),
            pool: pool(),
            enrolled: self.enrolled.clone(),
            issuer: text("issuer"),
        }
    }

    async fn asked(&self, otp: String, count: i64) -> Option<Vec<Question>> {
        self.desk.core().ask_questions(self.ask(otp, count)).await.unwrap().list
    }

    async fn finish_with<C: OneTimeCode>(&self, code: C, answers: &[(&str, &str)]) -> &'static str {
        let input = VerifyAskedAnswers {
            user: text("dana"),
            answers: given(answers),
            enabled: Some(true),
            pool: pool(),
            enrolled: self.enrolled.clone(),
            locked: Some(false),
            issuer: text("issuer"),
            code,
        };
        match self.desk.core().verify_asked_answers(input).await {
            Ok(verdict) => entry(verdict.passed()),
            Err(fault) => fault.name,
        }
    }

    async fn finish(&self, name: &str, answers: &[(&str, &str)]) -> &'static str {
        self.finish_with(device(name), answers).await
    }

    async fn events(&self) -> Vec<AuditEvent> {
        self.store.audit_after(0, 10_000).await.unwrap().into_iter().map(|stored| stored.record.event).collect()
    }
}

fn entry(done: Result<(), Fault>) -> &'static str {
    done.map_or_else(|fault| fault.name, |()| "passed")
}

fn ids(questions: &[Question]) -> Vec<&str> {
    questions.iter().map(|question| question.id.as_str()).collect()
}

#[tokio::test]
async fn an_issuer_without_questions_lists_none() {
    let case = case();
    for user in [None, text("dana")] {
        let listed =
            case.listed(ListQuestions { enabled: Some(false), show_all: Some(true), user, ..case.list() }).await;
        assert_eq!(listed, Questions { enabled: false, count: 0, list: Vec::new() });
    }
}

#[tokio::test]
async fn an_issuers_whole_pool_is_listed_in_its_order() {
    let case = case();
    let listed = case.listed(ListQuestions { user: None, show_all: Some(true), ..case.list() }).await;
    assert_eq!((listed.enabled, listed.count), (true, 2));
    assert_eq!(listed.list, pool());
}

#[tokio::test]
async fn of_a_pool_as_many_are_drawn_as_are_wanted_and_the_required_ones_first() {
    let case = case();
    let mut seconds = BTreeSet::new();
    for _ in 0..100 {
        let drawn = case.listed(ListQuestions { user: None, ..case.list() }).await.list;
        assert_eq!((drawn.len(), drawn[0].id.as_str()), (2, "q-pet"));
        seconds.insert(drawn[1].id.clone());
    }
    assert_eq!(seconds.into_iter().collect::<Vec<_>>(), ["q-car", "q-street", "q-teacher"]);
    for (count, length) in [(0, 0), (1, 1), (4, 4), (9, 4), (-1, 0)] {
        let drawn = case.listed(ListQuestions { user: None, count: Some(count), ..case.list() }).await.list;
        assert_eq!(drawn.len(), length, "{count}");
    }
}

#[tokio::test]
async fn a_user_without_answers_is_shown_the_pool_or_nothing() {
    let case = case();
    let list = || ListQuestions { enrolled: Vec::new(), ..case.list() };
    assert_eq!(case.listed(list()).await.list, []);
    assert_eq!(case.listed(ListQuestions { show_all: Some(true), ..list() }).await.list, pool());
}

#[tokio::test]
async fn an_enrolled_user_is_shown_what_they_answered_or_the_pool() {
    let case = case();
    let listed = case.listed(case.list()).await.list;
    assert_eq!(listed, [pool()[1].clone(), pool()[0].clone()]);
    assert_eq!(case.listed(ListQuestions { show_all: Some(true), ..case.list() }).await.list, pool());
}

#[tokio::test]
async fn after_an_update_only_its_questions_are_shown_whatever_the_issuer_shows() {
    let case = case();
    assert_eq!(case.replace(&[("q-pet", "Max"), ("q-teacher", "Ms Hill")]).await, "passed");
    for show_all in [false, true] {
        let listed = case.listed(ListQuestions { show_all: Some(show_all), ..case.list() }).await;
        assert_eq!(ids(&listed.list), ["q-pet", "q-teacher"]);
    }
    // Other users, and the same one of another issuer, keep theirs.
    let other = ListQuestions { issuer: text("other"), ..case.list() };
    assert_eq!(ids(&case.listed(other).await.list), ["q-pet", "q-street"]);
    // A question that the pool has lost is shown as it was worded.
    let lost = case.listed(ListQuestions { pool: Vec::new(), ..case.list() }).await.list;
    assert_eq!(lost[1], pool()[2]);
}

#[tokio::test]
async fn right_answers_pass_in_any_order_and_however_they_are_written() {
    let case = case();
    assert_eq!(case.verify(&RIGHT).await, "passed");
    assert_eq!(case.verify(&[("q-street", "  ELM   street "), ("q-pet", "ＲＥＸ")]).await, "passed");
    use AuditEvent::AnswersVerified;
    assert_eq!(case.events().await, [AnswersVerified, AnswersVerified]);
}

#[tokio::test]
async fn a_question_may_be_reported_by_its_text() {
    let case = case();
    let by_text = |question: &str, answer: &str| GivenAnswer {
        question_id: None,
        question_text: text(question),
        value: Secret::from(answer),
    };
    let mut input = case.answers("dana", &[("q-pet", "Rex")]);
    input.answers.push(by_text("on which street did you  grow up?", "Elm Street"));
    assert_eq!(case.entry(input.clone()).await, "passed");
    input.answers[1] = by_text("On which street did you live?", "Elm Street");
    assert_eq!(case.entry(input).await, "answers.wrong");
}

#[tokio::test]
async fn every_sort_of_wrong_answer_is_one_fault() {
    let cases: [&[(&str, &str)]; 9] = [
        &WRONG,
        &[("q-pet", "Rex"), ("q-street", "elm avenue")],
        &[("q-pet", "Rex")],
        &[("q-pet", "Rex"), ("q-pet", "Rex")],
        &[("q-pet", "Rex"), ("q-teacher", "Elm Street")],
        &[("q-pet", "Rex"), ("q-street", "Elm Street"), ("q-car", "Elm Street")],
        &[("q-pet", "Rex"), ("q-street", "Elm Street"), ("q-street", "Oak Street")],
        &[("q-pet", ""), ("q-street", " ")],
        &[],
    ];
    for answers in cases {
        assert_eq!(case().verify(answers).await, "answers.wrong", "{answers:?}");
    }
    let many: Vec<(&str, &str)> = RIGHT.into_iter().cycle().take(17).collect();
    assert_eq!(case().verify(&many).await, "answers.wrong");
    let long = "x".repeat(200_000);
    assert_eq!(case().verify(&[("q-pet", &long), ("q-street", "Elm Street")]).await, "answers.wrong");
}

#[tokio::test]
async fn more_than_are_wanted_pass_if_all_are_right_and_a_required_one_may_not_be_missing() {
    let mut case = case();
    let car = EnrolledAnswer { question_id: "q-car".into(), required: false, ..case.enrolled[0].clone() };
    case.enrolled.push(car);
    assert_eq!(case.verify(&[("q-pet", "Rex"), ("q-street", "Elm Street"), ("q-car", "Rex")]).await, "passed");
    assert_eq!(case.verify(&[("q-pet", "Rex"), ("q-car", "Rex")]).await, "passed");
    assert_eq!(case.verify(&[("q-street", "Elm Street"), ("q-car", "Rex")]).await, "answers.wrong");
}

#[tokio::test]
async fn without_questions_or_answers_nothing_is_compared() {
    let case = case();
    let input = VerifyAnswers { enabled: Some(false), ..case.answers("dana", &RIGHT) };
    assert_eq!(case.entry(input).await, "questions.disabled");
    let input = VerifyAnswers { enrolled: Vec::new(), ..case.answers("dana", &RIGHT) };
    assert_eq!(case.entry(input).await, "questions.not_enrolled");
    let input = VerifyAnswers { locked: Some(true), ..case.answers("dana", &RIGHT) };
    assert_eq!(case.entry(input).await, "answers.locked");
    assert_eq!(case.events().await, [AuditEvent::AnswersBlocked]);
}

#[tokio::test]
async fn the_fifth_failure_locks_until_the_lock_ends() {
    let case = case();
    for _ in 0..4 {
        assert_eq!(case.verify(&WRONG).await, "answers.wrong");
    }
    assert_eq!(case.verify(&WRONG).await, "answers.locked");
    assert_eq!(case.verify(&RIGHT).await, "answers.locked");
    // Others are not, and another issuer gives no further attempts.
    assert_eq!(case.entry(case.answers("jane", &RIGHT)).await, "passed");
    let elsewhere = VerifyAnswers { issuer: text("other"), ..case.answers("dana", &RIGHT) };
    assert_eq!(case.entry(elsewhere).await, "answers.locked");
    case.desk.clock.turn(QUARTER - 1);
    assert_eq!(case.verify(&RIGHT).await, "answers.locked");
    case.desk.clock.turn(1);
    assert_eq!(case.verify(&RIGHT).await, "passed");
}

#[tokio::test]
async fn a_success_begins_the_row_of_failures_anew() {
    let case = case();
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(case.verify(&WRONG).await, "answers.wrong");
        }
        assert_eq!(case.verify(&RIGHT).await, "passed");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_wrong_answers_at_once_four_are_reported_so_and_one_locks() {
    for _ in 0..20 {
        let case = Arc::new(case());
        let mut tasks = JoinSet::new();
        for _ in 0..20 {
            let case = case.clone();
            tasks.spawn(async move { case.verify(&WRONG).await });
        }
        let answers = tasks.join_all().await;
        assert_eq!(answers.iter().filter(|answer| **answer == "answers.wrong").count(), 4);
        let failed = case.events().await.into_iter().filter(|event| *event == AuditEvent::AnswersFailed).count();
        assert_eq!(failed, 5);
        assert_eq!(case.verify(&RIGHT).await, "answers.locked");
    }
}

#[tokio::test]
async fn new_answers_take_the_place_of_all_others() {
    let case = case();
    assert_eq!(case.replace(&[("q-pet", "Max"), ("q-teacher", "Ms Hill")]).await, "passed");
    assert_eq!(case.verify(&RIGHT).await, "answers.wrong");
    assert_eq!(case.verify(&[("q-pet", "max"), ("q-teacher", "MS  HILL")]).await, "passed");
    assert_eq!(case.replace(&[("q-pet", "Rex"), ("q-car", "Skoda")]).await, "passed");
    assert_eq!(case.verify(&[("q-pet", "max"), ("q-teacher", "ms hill")]).await, "answers.wrong");
    assert_eq!(case.verify(&[("q-pet", "rex"), ("q-car", "skoda")]).await, "passed");
    case.desk.clock.turn(10 * 365 * 24 * 3600);
    assert_eq!(case.verify(&[("q-pet", "rex"), ("q-car", "skoda")]).await, "passed");
}

#[tokio::test]
async fn the_store_holds_a_hash_of_each_answer_for_its_user_and_question_alone() {
    let case = case();
    assert_eq!(case.replace(&[("q-pet", "Rexington"), ("q-car", "Rexington")]).await, "passed");
    let dump = format!("{:?}", case.store);
    assert!(dump.contains("$argon2id$v=19$m=19456,t=2,p=1$"), "{dump}");
    assert!(!dump.to_lowercase().contains("rexington"));
    assert!(!format!("{:?}", given(&[("q-pet", "Rexington")])).contains("Rexington"));
}

#[tokio::test]
async fn replaced_answers_are_as_many_as_are_wanted_all_of_the_pool_and_with_the_required_one() {
    let case = case();
    assert_eq!(case.replace(&[("q-pet", "Rex")]).await, "answers.count");
    assert_eq!(case.replace(&[("q-pet", "Rex"), ("q-car", "x"), ("q-street", "y")]).await, "answers.count");
    assert_eq!(case.replace(&[]).await, "answers.count");
    assert_eq!(case.replace(&[("q-pet", "Rex"), ("q-horse", "x")]).await, "question.unknown");
    assert_eq!(case.replace(&[("q-pet", "Rex"), ("q-pet", "Rex")]).await, "question.unknown");
    assert_eq!(case.replace(&[("q-street", "Elm"), ("q-car", "x")]).await, "question.unknown");
    assert_eq!(case.replace(&[("q-pet", "Rex"), ("q-car", " ")]).await, "input.invalid");
    assert_eq!(case.replace(&[("q-pet", "Rex"), ("q-car", &"x".repeat(129))]).await, "input.invalid");
    let off = ReplaceAnswers { enabled: Some(false), ..ReplaceAnswers::default() };
    assert_eq!(entry(case.desk.core().replace_answers(off).await), "questions.disabled");
    assert_eq!(ids(&case.listed(case.list()).await.list), ["q-pet", "q-street"]);
}

#[tokio::test]
async fn a_code_waits_for_its_answers_and_is_done_with_them() {
    let case = case();
    let asked = case.waiting("phone", 2).await;
    assert_eq!(asked[0], pool()[1]);
    assert_eq!(ids(&asked), ["q-pet", "q-street"]);
    assert_eq!(case.finish("phone", &RIGHT).await, "passed");
    assert_eq!(case.finish("phone", &RIGHT).await, "otp.none_pending");
    use AuditEvent::{AnswersVerified, OtpIssued, OtpVerified, QuestionsAsked};
    assert_eq!(case.events().await, [OtpIssued, OtpVerified, QuestionsAsked, AnswersVerified]);
}

#[tokio::test]
async fn one_question_is_the_required_one() {
    let case = case();
    assert_eq!(ids(&case.waiting("phone", 1).await), ["q-pet"]);
    assert_eq!(case.finish("phone", &RIGHT).await, "answers.count");
    assert_eq!(case.finish("phone", &[]).await, "answers.count");
    assert_eq!(case.finish("phone", &[("q-street", "Elm Street")]).await, "answers.wrong");
    assert_eq!(case.finish("phone", &[("q-pet", "Rex")]).await, "passed");
}

#[tokio::test]
async fn a_code_is_done_at_once_without_questions_or_for_who_has_answered_none() {
    let case = case();
    let off = AskQuestions { enabled: Some(false), ..case.ask(case.spent("one").await, 2) };
    assert_eq!(case.desk.core().ask_questions(off).await.unwrap().list, None);
    let nobody = AskQuestions { enrolled: Vec::new(), ..case.ask(case.spent("two").await, 2) };
    assert_eq!(case.desk.core().ask_questions(nobody).await.unwrap().list, None);
    for name in ["one", "two", "never"] {
        assert_eq!(case.finish(name, &RIGHT).await, "otp.none_pending");
    }
}

#[tokio::test]
async fn only_a_code_that_was_just_spent_can_be_asked_for() {
    let case = case();
    let issued = case
        .desk
        .core()
        .issue_otp(IssueOtp { user: text("dana"), code: device("phone"), ..IssueOtp::default() })
        .await
        .unwrap();
    let fault = case.desk.core().ask_questions(case.ask(issued.id, 2)).await.unwrap_err();
    assert_eq!(fault.name, "unexpected");
    assert_eq!(case.finish("phone", &RIGHT).await, "otp.none_pending");
}

#[tokio::test]
async fn the_waiting_ends_for_the_same_user_device_application_and_issuer_alone() {
    let case = case();
    case.waiting("phone", 2).await;
    assert_eq!(case.finish("tablet", &RIGHT).await, "otp.none_pending");
    let other_app = DeviceOtp { app: text("other"), ..device("phone") };
    assert_eq!(case.finish_with(other_app, &RIGHT).await, "otp.none_pending");
    assert_eq!(case.finish_with(DeviceOtp { app: None, ..device("phone") }, &RIGHT).await, "otp.none_pending");
    let elsewhere = DeviceOtp { issuer: text("other"), ..device("phone") };
    assert_eq!(case.finish_with(elsewhere, &RIGHT).await, "otp.none_pending");
    assert_eq!(case.finish("phone", &RIGHT).await, "passed");
}

#[tokio::test]
async fn a_code_that_waits_is_used_and_a_newer_one_ends_the_waiting() {
    let case = case();
    let core = case.desk.core();
    let issued =
        core.issue_otp(IssueOtp { user: text("dana"), code: device("phone"), ..IssueOtp::default() }).await.unwrap();
    let verify = |code: Secret<String>| {
        let asked = DeviceOtp { issuer: text("issuer"), ..DeviceOtp::default() };
        core.verify_otp(VerifyOtp { id: None, value: Some(code), user: None, code: asked })
    };
    let id = verify(issued.code.clone()).await.unwrap().passed().unwrap().id;
    case.asked(id, 2).await.unwrap();
    assert_eq!(verify(issued.code.clone()).await.unwrap().passed().unwrap_err().name, "otp.used");
    core.issue_otp(IssueOtp { user: text("dana"), code: device("phone"), ..IssueOtp::default() }).await.unwrap();
    assert_eq!(case.finish("phone", &RIGHT).await, "otp.none_pending");
    assert_eq!(verify(issued.code).await.unwrap().passed().unwrap_err().name, "otp.unknown");
}

#[tokio::test]
async fn waiting_ends_with_the_codes_time() {
    let case = case();
    case.waiting("phone", 2).await;
    case.desk.clock.turn(24 * 3600);
    assert_eq!(case.finish("phone", &WRONG).await, "answers.wrong");
    case.desk.clock.turn_millis(1);
    assert_eq!(case.finish("phone", &RIGHT).await, "otp.none_pending");
}

#[tokio::test]
async fn after_five_wrong_answers_the_user_is_locked_and_the_code_is_gone() {
    let case = case();
    case.waiting("phone", 2).await;
    for _ in 0..4 {
        assert_eq!(case.finish("phone", &WRONG).await, "answers.wrong");
    }
    assert_eq!(case.finish("phone", &WRONG).await, "answers.locked");
    assert_eq!(case.finish("phone", &RIGHT).await, "answers.locked");
    assert_eq!(case.verify(&RIGHT).await, "answers.locked");
    case.desk.clock.turn(QUARTER);
    assert_eq!(case.finish("phone", &RIGHT).await, "otp.none_pending");
}

#[tokio::test]
async fn a_code_whose_answers_locked_the_user_is_gone_however_often_it_was_tried() {
    let case = case();
    case.waiting("phone", 2).await;
    for _ in 0..3 {
        assert_eq!(case.verify(&WRONG).await, "answers.wrong");
    }
    assert_eq!(case.finish("phone", &WRONG).await, "answers.wrong");
    assert_eq!(case.finish("phone", &WRONG).await, "answers.locked");
    case.desk.clock.turn(QUARTER);
    assert_eq!(case.finish("phone", &RIGHT).await, "otp.none_pending");
}

#[tokio::test]
async fn attempts_of_a_code_are_none_of_its_answers() {
    let case = case();
    let code = || SentOtp { issuer: text("issuer"), device: text("phone") };
    let phone = "+420601234567".parse().ok();
    let input = SendOtp { user: text("dana"), phone, code: code(), ..SendOtp::default() };
    let id = case.desk.core().send_otp(input).await.unwrap().passed().unwrap().id;
    let right = case.bank.latest_code();
    for typed in ["x", "x", "x", "x", &right] {
        let input = VerifyOtp { id: text(&id), value: Some(Secret::from(typed)), user: None, code: code() };
        let passed = case.desk.core().verify_otp(input).await.unwrap().passed().is_ok();
        assert_eq!(passed, typed == right);
    }
    assert_eq!(case.asked(id, 2).await.map(|asked| asked.len()), Some(2));
    for _ in 0..4 {
        assert_eq!(case.finish_with(code(), &WRONG).await, "answers.wrong");
    }
    assert_eq!(case.finish_with(code(), &RIGHT).await, "passed");
}

#[tokio::test]
async fn a_codes_own_failures_outlive_a_success_elsewhere() {
    let case = case();
    case.waiting("phone", 2).await;
    for _ in 0..4 {
        assert_eq!(case.finish("phone", &WRONG).await, "answers.wrong");
    }
    assert_eq!(case.verify(&RIGHT).await, "passed");
    assert_eq!(case.finish("phone", &WRONG).await, "answers.wrong");
    assert_eq!(case.finish("phone", &RIGHT).await, "otp.none_pending");
}

#[tokio::test]
async fn a_wrong_count_is_no_try() {
    let case = case();
    case.waiting("phone", 2).await;
    for _ in 0..10 {
        assert_eq!(case.finish("phone", &[("q-pet", "Rex")]).await, "answers.count");
    }
    assert_eq!(case.finish("phone", &RIGHT).await, "passed");
}

#[tokio::test]
async fn the_fault_of_a_locked_user_or_a_missing_set_is_reported_before_anything_is_compared() {
    let case = case();
    case.waiting("phone", 2).await;
    let input = |enabled, locked, enrolled| VerifyAskedAnswers {
        user: text("dana"),
        answers: given(&RIGHT),
        enabled: Some(enabled),
        pool: pool(),
        enrolled,
        locked: Some(locked),
        issuer: text("issuer"),
        code: device("phone"),
    };
    let core = case.desk.core();
    for (input, fault) in [
        (input(false, false, enrolled()), "questions.disabled"),
        (input(true, true, enrolled()), "answers.locked"),
        (input(true, false, Vec::new()), "questions.not_enrolled"),
    ] {
        assert_eq!(entry(core.verify_asked_answers(input).await.unwrap().passed()), fault);
    }
    assert_eq!(case.finish("phone", &RIGHT).await, "passed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_give_right_answers_at_once_one_passes() {
    let case = Arc::new(case());
    for round in 0..200 {
        let name = format!("device {round}");
        case.waiting(&name, 2).await;
        let mut tasks = JoinSet::new();
        for _ in 0..2 {
            let (case, name) = (case.clone(), name.clone());
            tasks.spawn(async move { case.finish(&name, &RIGHT).await });
        }
        let mut answers = tasks.join_all().await;
        answers.sort_unstable();
        assert_eq!(answers, ["otp.none_pending", "passed"], "round {round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_wrong_answers_to_a_code_at_once_five_are_compared() {
    for _ in 0..10 {
        let case = Arc::new(case());
        case.waiting("phone", 2).await;
        let mut tasks = JoinSet::new();
        for _ in 0..20 {
            let case = case.clone();
            tasks.spawn(async move { case.finish("phone", &WRONG).await });
        }
        let answers = tasks.join_all().await;
        assert_eq!(answers.iter().filter(|answer| **answer == "answers.wrong").count(), 4, "{answers:?}");
        let failed = case.events().await.into_iter().filter(|event| *event == AuditEvent::AnswersFailed).count();
        assert_eq!(failed, 5);
    }
}
