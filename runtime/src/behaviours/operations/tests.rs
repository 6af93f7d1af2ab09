//! Operations over a bank that does as the test wants: consents by id, records before the hook, accounts into forms.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use super::consent::consent_id;
use super::*;
use crate::adapter::{Adapter, Consent, ConsentLine, OperationKind, Text, UnknownUser};
use crate::entities::{AccountChoice, BankAccount, CheckState, ConsentOption, FieldConfig, Operation, User};
use crate::fault::{Fault, Outcome};
use crate::hooks::{Call, Event, HookError, Hooks, Lookup, SavedConsent, Sms, UserKey};
use crate::store::memory::MemoryStore;
use crate::store::{self, AuditEvent, RecordKey, Store};
use crate::testing::{ADAPTER, Desk};
use crate::values::Decimal;
use crate::wire::{Accepts, Decoder, Encoder, Form, Kind, Node, Payload, Unreadable};

const PAYMENT: OperationKind = OperationKind {
    name: "pay",
    needs: &[],
    sms: None,
    accounts: Some("choice"),
    consent: Some(Consent {
        html: "pay.consent",
        options: &[
            ConsentLine { id: "INIT", html: "pay.init", required: true },
            ConsentLine { id: "PAY", html: "pay.pay", required: true },
            ConsentLine { id: "NEWS", html: "pay.news", required: false },
        ],
    }),
    unknown_user: UnknownUser::Error,
};

static OPERATIONS: Adapter = Adapter {
    operations: &[PAYMENT, OperationKind { name: "login", accounts: None, consent: None, ..PAYMENT }],
    says: &[("consent.incomplete", "consent.incomplete"), ("option.unchecked", "consent.unchecked")],
    texts: &[
        Text { language: "en", key: "pay.consent", text: "I, {{ user.id }}, consent.<br/>" },
        Text { language: "en", key: "pay.init", text: "I began." },
        Text { language: "en", key: "pay.pay", text: "I pay." },
        Text { language: "en", key: "pay.news", text: "Send me news." },
        Text { language: "cs", key: "pay.init", text: "Začal jsem." },
        Text { language: "en", key: "consent.incomplete", text: "Fill in the form." },
        Text { language: "cs", key: "consent.incomplete", text: "Vyplňte formulář." },
        Text { language: "en", key: "consent.unchecked", text: "Tick this." },
        Text { language: "en", key: "low", text: "Low balance" },
        Text { language: "cs", key: "low", text: "Nízký zůstatek" },
    ],
    ..ADAPTER
};

#[derive(Default)]
struct Bank {
    accounts: Mutex<Vec<BankAccount>>,
    consents: Mutex<Vec<SavedConsent>>,
    events: Mutex<Vec<Event>>,
    cannot_save: AtomicBool,
}

impl Hooks for Bank {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        let known = lookup.key == UserKey::Id("1".to_owned());
        Ok(known.then(|| User { id: "1".to_owned(), ..User::default() }))
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Ok(())
    }

    async fn bank_accounts(&self, call: &Call, _user_id: &str) -> Result<Vec<BankAccount>, HookError> {
        let mut accounts = self.accounts.lock().unwrap().clone();
        accounts.iter_mut().for_each(|account| account.unusable_reason = Some(call.text("low")));
        Ok(accounts)
    }

    async fn save_consent(&self, _call: &Call, consent: &SavedConsent) -> Result<bool, HookError> {
        self.consents.lock().unwrap().push(consent.clone());
        Ok(!self.cannot_save.load(Ordering::SeqCst))
    }

    async fn notify(&self, _call: &Call, event: &Event) -> Result<(), HookError> {
        self.events.lock().unwrap().push(event.clone());
        Ok(())
    }
}

struct Office {
    desk: Desk,
    bank: Arc<Bank>,
    store: Arc<MemoryStore>,
}

fn office() -> Office {
    let (bank, store) = (Arc::new(Bank::default()), Arc::new(MemoryStore::default()));
    let desk = Desk::new(&OPERATIONS, store.clone(), bank.clone(), |_| ()).unwrap();
    Office { desk, bank, store }
}

fn option(id: &str, ticked: bool) -> ConsentOption {
    ConsentOption {
        id: Some(id.to_owned()),
        html: None,
        required: false,
        default: CheckState::Unchecked,
        value: Some(if ticked { CheckState::Checked } else { CheckState::Unchecked }),
    }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn a_form_is_made_in_the_callers_language_with_values_escaped() {
    let input =
        CreateConsent { operation: text("pay"), user: text("<b>1"), language: text("cs"), ..Default::default() };
    let form = office().desk.core().create_consent(input).await.unwrap();
    assert_eq!((form.needed, form.html.as_str()), (true, "I, &lt;b&gt;1, consent.<br/>"));
    let lines: Vec<_> = form
        .options
        .iter()
        .map(|line| (line.id.as_deref().unwrap(), line.html.as_deref().unwrap(), line.required))
        .collect();
    assert_eq!(lines, [("INIT", "Začal jsem.", true), ("PAY", "I pay.", true), ("NEWS", "Send me news.", false)]);
    assert!(form.options.iter().all(|line| line.value.is_none() && line.default == CheckState::Unchecked));
}

#[tokio::test]
async fn an_operation_may_need_no_form_and_must_be_known() {
    let core = office().desk.core();
    let form = core.create_consent(CreateConsent { operation: text("login"), ..Default::default() }).await.unwrap();
    assert_eq!((form.needed, form.options.len()), (false, 0));
    for operation in [None, text("nothing")] {
        let input = CreateConsent { operation: operation.clone(), ..Default::default() };
        assert_eq!(core.create_consent(input).await.unwrap_err().name, "operation.unknown");
        let input = ValidateConsent { operation: operation.clone(), ..Default::default() };
        assert_eq!(core.validate_consent(input).await.unwrap_err().name, "operation.unknown");
        let input =
            SaveConsent { operation: Operation { name: operation, ..Default::default() }, ..Default::default() };
        assert_eq!(core.save_consent(input).await.unwrap_err().name, "operation.unknown");
    }
}

async fn validate(options: Vec<ConsentOption>) -> Result<ConsentVerdict, Fault> {
    let input = ValidateConsent { operation: text("pay"), options, language: text("cs-CZ") };
    office().desk.core().validate_consent(input).await
}

#[tokio::test]
async fn only_lines_that_must_be_ticked_must_be() {
    let verdict = validate(vec![option("NEWS", false), option("PAY", true), option("INIT", true)]).await.unwrap();
    assert_eq!((verdict.outcome, &verdict.error_text, verdict.results.len()), (Outcome::Passed, &None, 0));
    assert!(verdict.passed().is_ok());
}

#[tokio::test]
async fn only_failing_lines_are_reported() {
    let verdict = validate(vec![option("NEWS", false), option("PAY", false), option("INIT", true)]).await.unwrap();
    assert_eq!((verdict.outcome, verdict.error_text.as_deref()), (Outcome::Failed, Some("Vyplňte formulář.")));
    let results: Vec<_> = verdict
        .results
        .iter()
        .map(|result| (result.id.as_str(), result.passed, result.error_text.as_deref()))
        .collect();
    assert_eq!(results, [("PAY", false, Some("Tick this."))]);
    assert_eq!(verdict.passed().unwrap_err().name, "consent.incomplete");
}

#[tokio::test]
async fn lines_that_are_not_the_forms_are_refused() {
    let all = || vec![option("INIT", true), option("PAY", true), option("NEWS", true)];
    let mut unknown = all();
    unknown.push(option("OTHER", true));
    let mut twice = all();
    twice.push(option("PAY", true));
    let mut nameless = all();
    nameless.push(ConsentOption { id: None, ..option("", true) });
    for options in [unknown, twice, nameless, vec![option("INIT", true)], Vec::new()] {
        assert_eq!(validate(options).await.unwrap_err().name, "options.invalid");
    }
}

fn save(options: Vec<ConsentOption>) -> SaveConsent {
    let operation = Operation { id: text("op-1"), name: text("pay"), ..Default::default() };
    SaveConsent { operation, options, user: text("1"), organization: None }
}

fn ticked(news: bool) -> Vec<ConsentOption> {
    vec![option("INIT", true), option("PAY", true), option("NEWS", news)]
}

async fn consents_audited(office: &Office) -> Vec<crate::store::AuditEntry> {
    let records = office.store.audit_after(0, 100).await.unwrap();
    records.into_iter().map(|stored| stored.record).filter(|record| record.event == AuditEvent::ConsentSaved).collect()
}

#[tokio::test]
async fn a_consent_is_recorded_once_and_the_bank_is_reported() {
    let office = office();
    for _ in 0..2 {
        assert!(office.desk.core().save_consent(save(ticked(false))).await.unwrap());
    }
    let entries = consents_audited(&office).await;
    assert_eq!(entries.len(), 1, "the same again changes nothing");
    assert_eq!((entries[0].operation_id.as_deref(), entries[0].user.as_deref()), (Some("op-1"), Some("1")));
    assert_eq!(entries[0].data_digest.as_ref().unwrap().len(), 64);
    assert!(office.desk.core().save_consent(save(ticked(true))).await.unwrap());
    let entries = consents_audited(&office).await;
    assert_eq!(entries.len(), 2, "another choice is another record");
    assert_ne!(entries[0].data_digest, entries[1].data_digest);
    assert_eq!(office.bank.consents.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_bank_that_cannot_save_now_is_believed_after_the_record_is_made() {
    let office = office();
    office.bank.cannot_save.store(true, Ordering::SeqCst);
    assert!(!office.desk.core().save_consent(save(ticked(false))).await.unwrap());
    assert_eq!(consents_audited(&office).await.len(), 1);
}

#[tokio::test]
async fn saving_checks_again() {
    let office = office();
    let unticked = vec![option("INIT", true), option("PAY", false), option("NEWS", true)];
    for options in [unticked, vec![option("INIT", true)]] {
        assert_eq!(office.desk.core().save_consent(save(options)).await.unwrap_err().name, "options.invalid");
    }
    assert!(consents_audited(&office).await.is_empty() && office.bank.consents.lock().unwrap().is_empty());
}

/// What the record of a consent says that was shown.
async fn shown(input: SaveConsent) -> serde_json::Value {
    let office = office();
    let key = RecordKey::new(store::Kind::Consent, consent_id(&office.desk.core(), &input).unwrap());
    assert!(office.desk.core().save_consent(input).await.unwrap());
    let mut value = office.store.get(key, 0).await.unwrap().record.unwrap().value.value();
    assert_eq!(value["ticked"], json!({ "INIT": true, "PAY": true, "NEWS": false }));
    value["shown"].take()
}

#[tokio::test]
async fn a_consents_record_says_what_was_shown() {
    let core = office().desk.core();
    let input = CreateConsent { operation: text("pay"), user: text("1"), language: text("cs"), ..Default::default() };
    let made = core.create_consent(input).await.unwrap();
    let tick = |line: ConsentOption| ConsentOption { value: Some(CheckState::Checked), ..line };
    let mut returned: Vec<_> = made.options.into_iter().map(tick).collect();
    returned[2].value = Some(CheckState::Unchecked);
    let lines = json!({ "INIT": "Začal jsem.", "PAY": "I pay.", "NEWS": "Send me news." });
    let czech = json!({ "language": "cs", "html": made.html, "lines": lines, "returned": true });
    assert_eq!(shown(save(returned.clone())).await, czech, "whatever language the request that saves it asks for");
    // Lines that came back without their texts, or with others, prove nothing.
    returned[0].html = text("I began nothing.");
    let lines = json!({ "INIT": "I began.", "PAY": "I pay.", "NEWS": "Send me news." });
    let english = json!({ "language": "en", "html": made.html, "lines": lines, "returned": false });
    for options in [returned, ticked(false)] {
        assert_eq!(shown(save(options)).await, english);
    }
    // Without the value that a text needs, the text stands there as it is defined.
    let unfilled = shown(SaveConsent { user: None, ..save(ticked(false)) }).await;
    assert_eq!((&unfilled["html"], &unfilled["returned"]), (&json!("I, {{ user.id }}, consent.<br/>"), &json!(false)));
}

#[derive(Debug, Clone, Default)]
struct TestForm {
    config: Option<FieldConfig>,
    choices: Vec<AccountChoice>,
    operation: Option<String>,
}

impl Payload for TestForm {
    const TYPE: &'static str = "TestForm";
    const KIND: Kind = Kind::Other;

    fn decode<'j>(_json: Node<'j>, _accepts: Accepts, _decoder: &mut Decoder<'j>) -> Result<Self, Unreadable> {
        Err(Unreadable::Type)
    }

    fn encode(&self, encoder: &mut Encoder) {
        encoder.begin();
        encoder.member("\"operation\":", &self.operation);
        encoder.end();
    }

    fn visit(&self, _meaning: Option<&'static str>, see: &mut dyn FnMut(&'static str, &str)) {
        if let Some(operation) = &self.operation {
            see("operation.name", operation);
            see("user.id", "1");
        }
    }
}

impl Form for TestForm {
    fn config_of(&self, id: &str) -> Option<FieldConfig> {
        self.config.clone().filter(|config| config.id.as_deref() == Some(id))
    }

    fn put_choice(&mut self, choice: AccountChoice) {
        self.choices.push(choice);
    }
}

fn account(id: &str) -> BankAccount {
    BankAccount { id: id.to_owned(), balance: Decimal::parse("1.90").unwrap(), usable: true, ..BankAccount::default() }
}

fn decorate(user: &str, operation: &str, form: TestForm) -> DecorateForm<TestForm> {
    let (user, operation) = (text(user), text(operation));
    DecorateForm { user, operation, form: Some(form), organization: None, language: text("cs") }
}

#[tokio::test]
async fn accounts_are_offered_with_the_first_as_default() {
    let office = office();
    *office.bank.accounts.lock().unwrap() = vec![account("A"), account("B")];
    let form = office.desk.core().decorate_form(decorate("1", "pay", TestForm::default())).await.unwrap();
    let choice = &form.choices[0];
    assert_eq!((choice.id.as_str(), choice.enabled, choice.default.as_deref()), ("choice", true, Some("A")));
    assert_eq!(choice.accounts[1].unusable_reason.as_deref(), Some("Nízký zůstatek"));
}

#[tokio::test]
async fn the_forms_own_configuration_wins() {
    let office = office();
    *office.bank.accounts.lock().unwrap() = vec![account("A")];
    let config = Some(FieldConfig { id: text("choice"), enabled: false, default: None });
    let form = TestForm { config, ..TestForm::default() };
    let form = office.desk.core().decorate_form(decorate("1", "pay", form)).await.unwrap();
    assert_eq!((form.choices[0].enabled, &form.choices[0].default), (false, &None));
}

#[tokio::test]
async fn forms_without_a_choice_stay_as_they_are() {
    let office = office();
    let form = office.desk.core().decorate_form(decorate("1", "pay", TestForm::default())).await.unwrap();
    assert!(form.choices.is_empty(), "no accounts");
    *office.bank.accounts.lock().unwrap() = vec![account("A")];
    for operation in ["login", "nothing"] {
        let form = office.desk.core().decorate_form(decorate("1", operation, TestForm::default())).await.unwrap();
        assert!(form.choices.is_empty(), "{operation}");
    }
}

#[tokio::test]
async fn unknown_users_and_unsound_accounts_are_faults() {
    let office = office();
    let unknown = office.desk.core().decorate_form(decorate("2", "pay", TestForm::default())).await;
    assert_eq!(unknown.unwrap_err().name, "user.unknown");
    for account in [account(""), account("a\0b"), account(&"x".repeat(257))] {
        *office.bank.accounts.lock().unwrap() = vec![account];
        let unsound = office.desk.core().decorate_form(decorate("1", "pay", TestForm::default())).await;
        assert_eq!(unsound.unwrap_err().name, "hook.failed");
    }
}

#[tokio::test]
async fn events_carry_the_operation_the_user_and_the_whole_request() {
    let office = office();
    let request = TestForm { operation: text("pay"), ..TestForm::default() };
    office.desk.core().notify("operation_changed", &request).await.unwrap();
    let events = office.bank.events.lock().unwrap();
    assert_eq!((events[0].name, events[0].user.as_deref()), ("operation_changed", Some("1")));
    assert_eq!(events[0].operation.name.as_deref(), Some("pay"));
    assert_eq!(events[0].request, json!({ "operation": "pay" }).into());
}
