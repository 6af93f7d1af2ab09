//! The API: a bank's lookup, code, form and card, with an envelope and hooks of its own.

use countersign_runtime::{
    AccountChoice, Adapter, Call, Callers, Context, Decimal, Fault, Form, HookError, HookFault, Hooks, Json, JsonKind,
    Length, Lookup, Map, Nulls, OneTimeCode, Operation, OperationKind, Outcome, Payload, Phone, Rest, Secret, Sms,
    Text, Time, Times, UnknownFields, UnknownUser, User, Validation, WireEnum, api, hooks,
};
use countersign_runtime::{Const, ErrorTable, FieldConfig, FindUser, Wire};

pub const ADAPTER: Adapter = Adapter {
    name: "by-hand",
    title: "By Hand",
    version: "1.0",
    base: "/by-hand",
    callers: Callers::None("a test"),
    wire: Wire {
        text_accepts: &[JsonKind::Number, JsonKind::Boolean],
        decimal_accepts: &[JsonKind::Text],
        length: Length::Utf16,
        times: Times::Pattern("%Y-%m-%dT%H:%M:%S%.3f+0000"),
        unknown_fields: UnknownFields::Ignore,
        nulls: Nulls::Send,
        ..Wire::DEFAULT
    },
    validation: Validation {
        blank_is_empty: true,
        says: &[],
        field_codes: &[
            "{key}.objectRequest.requestObject.{path}",
            "{key}.requestObject.{path}",
            "{key}.{name}",
            "{key}.{type}",
            "{key}",
        ],
        body_codes: &["{key}.objectRequest", "{key}"],
        types: &[
            ("text", "java.lang.String"),
            ("list", "java.util.List"),
            ("OperationContext", "model.OperationContext"),
        ],
    },
    says: &[("body.malformed", "error.invalidRequest"), ("content_type.wrong", "error.invalidRequest")],
    operations: &[
        OperationKind {
            name: "pay",
            needs: &["operation.amount", "operation.currency", "operation.account"],
            sms: None,
            accounts: Some("operation.bankAccountChoice"),
            consent: None,
            unknown_user: UnknownUser::Error,
        },
        OperationKind {
            name: "login",
            needs: &[],
            sms: None,
            accounts: None,
            consent: None,
            unknown_user: UnknownUser::Silent,
        },
    ],
    otps: &[SmsOtp::KIND],
    sessions: &[],
    texts: &[Text { language: "en", key: "card.unknown", text: "There is no such card." }],
};

#[derive(Debug, Clone, countersign_runtime::Settings)]
pub struct Limits {
    #[setting("application.name", default = "by-hand")]
    pub application_name: String,
    #[setting("show_remaining_attempts", default = false)]
    pub show_remaining_attempts: bool,
    #[setting("most_cards", default = 3)]
    pub most_cards: i64,
}

pub type Cx = Context<Limits, dyn DynCardHooks>;

#[derive(Debug, Default, OneTimeCode)]
#[code(name = "sms", digits = 8, life = "5m", attempts = 5, one_per(operation.id), id_life = "1h", text = "sms.text")]
pub struct SmsOtp {
    #[bound(operation.id, operation.name, operation.amount, operation.currency, operation.account)]
    pub operation: Operation,
    #[bound(user.id)]
    pub user_id: Option<String>,
    #[kept(document.accepted)]
    pub document_accepted: Option<Time>,
}

// ---- payloads

#[derive(Debug, Clone, Payload)]
pub struct RequestEnvelope<B> {
    #[payload(body)]
    pub request_object: B,
}

#[derive(Debug, Clone, Payload)]
pub struct SuccessEnvelope<B> {
    #[payload(const = "OK")]
    pub status: Const,
    #[payload(body)]
    pub response_object: B,
}

#[derive(Debug, Clone, Payload)]
#[payload(from = Refusal)]
pub struct FailureEnvelope {
    #[payload(const = "ERROR")]
    pub status: Const,
    #[payload(nested)]
    pub response_object: Failure,
}

#[derive(Debug, Clone, Payload)]
#[payload(from = Refusal)]
pub struct Failure {
    pub code: String,
    #[payload(is = key)]
    pub message: String,
    #[payload(is = codes)]
    pub validation_errors: Option<Vec<String>>,
    #[payload(is = attempts_left)]
    pub remaining_attempts: Option<i64>,
    pub text: Option<String>,
}

#[derive(Debug, Clone, Payload)]
pub struct LookupUserRequest {
    #[check(required = "operationContext.missing")]
    pub operation_context: OperationContext,
    #[payload(is = user.username)]
    #[check(required = "login.username.empty", max(30, "login.username.long"))]
    pub username: String,
    #[check(required = "login.organizationId.empty", max(256, "login.organizationId.long"))]
    pub organization_id: String,
}

#[derive(Debug, Clone, Default, Payload)]
#[payload(from = User)]
pub struct UserDetail {
    pub id: Option<String>,
    pub given_name: Option<String>,
    #[payload(is = organization)]
    pub organization_id: Option<String>,
    #[payload(is = branch)]
    pub branch_code: Option<String>,
    pub organizations: Vec<OrganizationDetail>,
}

#[derive(Debug, Clone, Payload)]
#[payload(from = Organization)]
pub struct OrganizationDetail {
    pub id: String,
    pub name: Option<String>,
}

#[derive(Debug, Clone, Payload)]
pub struct AuthenticateRequest {
    #[check(required = "operationContext.missing")]
    pub operation_context: OperationContext,
    #[payload(is = user.password)]
    #[check(required = "login.password.empty", max(256, "login.password.long"))]
    #[then(user.password, when(user.password_protection = none), max(8, "login.password.long"))]
    pub password: Secret<String>,
    #[check(required = "login.type.unsupported")]
    #[then(user.password_protection, at = authentication_context, required = "login.type.unsupported", type = "login.type.unsupported")]
    pub authentication_context: AuthenticationContext,
}

#[derive(Debug, Clone, Payload)]
pub struct AuthenticationContext {
    #[payload(is = user.password_protection)]
    pub password_protection: Option<PasswordProtection>,
    pub cipher_transformation: Option<String>,
}

#[derive(Debug, Clone, Payload)]
pub struct CreateSmsRequest {
    #[check(required = "operationContext.missing")]
    pub operation_context: OperationContext,
    #[check(max(40, "sms.userId.long"))]
    #[then(operation.name, required = "sms.operationName.empty", max(32, "sms.operationName.long"))]
    #[then(operation.amount, if_needed, at = operation_context, required = "sms.amount.empty", above(0, "sms.amount.invalid"))]
    #[then(operation.currency, if_needed, at = operation_context, required = "sms.currency.empty")]
    #[then(operation.account, if_needed, at = operation_context, required = "sms.account.empty")]
    pub user_id: Option<String>,
    pub lang: Option<String>,
    pub resend: Option<bool>,
}

#[derive(Debug, Clone, Payload)]
pub struct CreateSmsResponse {
    pub amount: Option<Decimal>,
    pub currency: Option<String>,
    pub account: Option<String>,
    pub outcome: VerificationResult,
    #[payload(const = null)]
    pub remaining_attempts: Const,
    #[payload(const = [{ "level": 1, "tags": ["a", {}] }])]
    pub details: Const,
}

#[derive(Debug, Clone, Payload)]
#[payload(means = operation)]
pub struct OperationContext {
    pub id: Option<String>,
    pub name: Option<String>,
    pub data: Option<String>,
    #[payload(is = form)]
    pub form_data: Option<FormData>,
}

#[derive(Debug, Clone, Payload)]
pub struct DecorateRequest {
    #[check(required = "operationContext.missing")]
    #[then(operation.form, at = operation_context, required = "operationContext.missing")]
    pub operation_context: OperationContext,
}

#[derive(Debug, Clone, Payload)]
pub struct DecorateResponse {
    pub form_data: FormData,
}

#[derive(Debug, Clone, Default, Payload, Form)]
#[payload(unknown = echo)]
pub struct FormData {
    pub title: Option<FormText>,
    #[payload(default)]
    #[form(config)]
    pub config: Vec<FormFieldConfig>,
    #[payload(default)]
    #[form(attributes)]
    pub parameters: Vec<FormAttribute>,
    #[payload(default)]
    pub user_input: Map,
    #[payload(rest)]
    pub rest: Rest,
}

#[derive(Debug, Clone, Payload)]
pub struct FormText {
    pub id: Option<String>,
    pub message: Option<String>,
}

#[derive(Debug, Clone, Payload)]
#[payload(into = FieldConfig)]
pub struct FormFieldConfig {
    pub id: Option<String>,
    #[payload(default = false)]
    pub enabled: bool,
    #[payload(is = default)]
    pub default_value: Option<String>,
}

/// What the API does not know is kept and sent back as it came.
#[derive(Debug, Clone, Payload)]
#[payload(tag = "type")]
pub enum FormAttribute {
    #[payload(name = "AMOUNT")]
    Amount(AmountAttribute),
    #[payload(name = "KEY_VALUE")]
    KeyValue(KeyValueAttribute),
    #[payload(name = "HEADING")]
    Heading(KeyValueAttribute),
    #[payload(name = "BANK_ACCOUNT_CHOICE", choice)]
    BankAccountChoice(BankAccountChoiceAttribute),
    #[payload(name = "BREAK")]
    Break,
    #[payload(unknown)]
    Unknown(Json),
}

#[derive(Debug, Clone, Payload)]
#[payload(unknown = echo)]
pub struct AmountAttribute {
    pub id: Option<String>,
    #[payload(is = operation.amount)]
    pub amount: Option<Decimal>,
    #[payload(is = operation.currency)]
    pub currency: Option<String>,
    #[payload(rest)]
    pub rest: Rest,
}

#[derive(Debug, Clone, Payload)]
pub struct KeyValueAttribute {
    pub id: Option<String>,
    #[payload(is(operation.account, where(id = "operation.account")))]
    pub value: Option<String>,
    #[payload(default = Text)]
    pub value_format_type: ValueFormatType,
}

#[derive(Debug, Clone, Payload)]
#[payload(from = AccountChoice)]
pub struct BankAccountChoiceAttribute {
    pub id: Option<String>,
    pub label: Option<String>,
    #[payload(default)]
    pub bank_accounts: Vec<BankAccount>,
    #[payload(default = false)]
    pub enabled: bool,
    #[payload(is = default)]
    pub default_value: Option<String>,
}

#[derive(Debug, Clone, Payload)]
#[payload(from = BankAccount)]
pub struct BankAccount {
    pub number: Option<String>,
    pub balance: Option<Decimal>,
    #[payload(is = usable, default = false)]
    pub usable_for_payment: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, WireEnum)]
pub enum ValueFormatType {
    #[wire("TEXT")]
    Text,
    #[wire("AMOUNT")]
    Amount,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, WireEnum)]
#[wire(shows = Outcome)]
pub enum VerificationResult {
    #[wire("VERIFIED_SUCCEEDED", Passed)]
    VerifiedSucceeded,
    #[wire("VERIFIED_FAILED", Failed)]
    VerifiedFailed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, WireEnum)]
#[wire(shows = PasswordProtection)]
pub enum PasswordProtection {
    #[wire("NO_PROTECTION", None)]
    NoProtection,
    #[wire("PASSWORD_ENCRYPTION_AES", Aes)]
    PasswordEncryptionAes,
}

#[derive(Debug, Clone, Payload)]
pub struct BlockCardRequest {
    #[check(required = "card.number.empty", pattern("[0-9]{4}", "card.number.malformed"))]
    pub card_number: String,
    #[payload(is = user.branch)]
    pub branch_code: Option<String>,
}

#[derive(Debug, Clone, Payload)]
pub struct BlockCardResponse {
    pub card_number: String,
    pub blocked_at: Time,
    pub blocked_by: Option<String>,
}

#[derive(Debug, Clone, Payload)]
pub struct StatusResponse {
    pub application_name: String,
    pub show_remaining_attempts: bool,
    pub most_cards: i64,
    pub timestamp: Time,
}

// ---- errors

pub mod rows {
    use countersign_runtime::{ErrorRow, Says};

    pub const INPUT_INVALID: ErrorRow = ErrorRow {
        status: 400,
        code: "INPUT_INVALID",
        answers: &[],
        says: Says::FirstOf(&[
            "login.username.empty login.password.empty",
            "login.username.empty",
            "login.authenticationFailed",
        ]),
        columns: &[],
    };
    pub const USER_NOT_FOUND: ErrorRow = ErrorRow {
        status: 400,
        code: "USER_NOT_FOUND",
        answers: &["user.unknown"],
        says: Says::Key("login.userNotFound"),
        columns: &[],
    };
    pub const CARD_UNKNOWN: ErrorRow = ErrorRow {
        status: 404,
        code: "CARD_UNKNOWN",
        answers: &["card.unknown"],
        says: Says::Key("card.unknown"),
        columns: &[],
    };
    pub const REMOTE_ERROR: ErrorRow = ErrorRow {
        status: 400,
        code: "REMOTE_ERROR",
        answers: &["hook.failed", "hook.timed_out"],
        says: Says::Key("error.remote"),
        columns: &[],
    };
    pub const ERROR_GENERIC: ErrorRow = ErrorRow {
        status: 500,
        code: "ERROR_GENERIC",
        answers: &[],
        says: Says::Text("Exception occurred at {{ request.id }}"),
        columns: &[],
    };
}

/// What every endpoint answers instead of a result.
#[derive(Debug, ErrorTable)]
pub enum CallError {
    #[answers(input.invalid, body.malformed, body.too_large, content_type.wrong)]
    InputInvalid(Fault),
    UserNotFound(Fault),
    CardUnknown(Fault),
    RemoteError(Fault),
    #[answers(unexpected, route.unknown, method.wrong)]
    ErrorGeneric(Fault),
}

// ---- hooks

#[hooks]
pub trait CardHooks: Hooks {
    /// Called by `block_card`.
    async fn block_card(&self, call: &Call, input: &BlockCard) -> Result<BlockCardGives, BlockCardFault>;
}

pub struct BlockCard {
    pub card_number: String,
}

pub struct BlockCardGives {
    pub card_blocked: Time,
}

#[derive(Debug, HookFault)]
pub enum BlockCardFault {
    #[fault(card.unknown)]
    CardUnknown,
    #[fault(hook.failed)]
    Failed(String),
}

pub struct Bank;

impl Hooks for Bank {
    async fn lookup_user(&self, _call: &Call, _lookup: &Lookup) -> Result<Option<User>, HookError> {
        Ok(Some(User {
            id: "7".to_owned(),
            given_name: Some("John".to_owned()),
            phone: Phone::parse("+420601234567"),
            facts: [("user.branch", "Brno".to_owned())].into(),
            ..User::default()
        }))
    }

    async fn send_sms(&self, _call: &Call, _sms: &Sms) -> Result<(), HookError> {
        Ok(())
    }
}

impl CardHooks for Bank {
    async fn block_card(&self, call: &Call, input: &BlockCard) -> Result<BlockCardGives, BlockCardFault> {
        match input.card_number.as_str() {
            "0000" => Err(BlockCardFault::CardUnknown),
            "9999" => Err("nine".parse::<i64>().unwrap_err().into()),
            _ if call.fact("user.branch").is_some() => Ok(BlockCardGives { card_blocked: Time::from_seconds(0) }),
            _ => Ok(BlockCardGives { card_blocked: Time::from_seconds(1) }),
        }
    }
}

// ---- the trait

/// By Hand.
#[api(
    adapter = ADAPTER,
    errors = CallError,
    request = RequestEnvelope,
    success = SuccessEnvelope,
    failure = FailureEnvelope,
    hooks = CardHooks
)]
pub trait ByHand: Send + Sync + 'static {
    #[endpoint(GET, "/status")]
    async fn status(&self, cx: &Cx) -> Result<StatusResponse, CallError> {
        Ok(StatusResponse {
            application_name: cx.settings().application_name.clone(),
            show_remaining_attempts: cx.settings().show_remaining_attempts,
            most_cards: cx.settings().most_cards,
            timestamp: Time::from_millis(1_561_816_499_010),
        })
    }

    #[endpoint(POST, "/user/lookup")]
    async fn lookup_user(&self, cx: &Cx, request: LookupUserRequest) -> Result<UserDetail, CallError> {
        let user = cx
            .find_user_if_known(FindUser {
                username: Some(request.username),
                organization: Some(request.organization_id),
                operation: request.operation_context.name,
                ..Default::default()
            })
            .await?;
        Ok(user.map(Into::into).unwrap_or_default())
    }

    #[endpoint(POST, "/user/authenticate")]
    async fn authenticate(&self, _cx: &Cx, _request: AuthenticateRequest) -> Result<(), CallError> {
        Ok(())
    }

    #[endpoint(POST, "/sms/create", success = 202)]
    async fn create_sms(&self, _cx: &Cx, request: CreateSmsRequest) -> Result<CreateSmsResponse, CallError> {
        let operation = Operation::of(&request);
        Ok(CreateSmsResponse {
            amount: operation.amount,
            currency: operation.currency,
            account: operation.account,
            outcome: Outcome::Skipped.into(),
            remaining_attempts: Const,
            details: Const,
        })
    }

    #[endpoint(POST, "/form/decorate")]
    async fn decorate(&self, _cx: &Cx, request: DecorateRequest) -> Result<DecorateResponse, CallError> {
        let mut form_data = request.operation_context.form_data.unwrap_or_default();
        let id = "operation.bankAccountChoice";
        let config = form_data.config_of(id).unwrap_or(FieldConfig { enabled: true, ..FieldConfig::default() });
        form_data.put_choice(AccountChoice {
            id: id.to_owned(),
            accounts: vec![countersign_runtime::BankAccount {
                number: "1/0300".to_owned(),
                balance: "158121.10".parse().unwrap(),
                usable: true,
                ..Default::default()
            }],
            enabled: config.enabled,
            default: config.default,
        });
        Ok(DecorateResponse { form_data })
    }

    #[endpoint(POST, "/card/{cardNumber}/block")]
    async fn block_card(&self, cx: &Cx, request: BlockCardRequest) -> Result<BlockCardResponse, CallError> {
        let cx = &cx.with_facts("user.branch", request.branch_code.as_ref());
        let input = BlockCard { card_number: request.card_number.clone() };
        let card = cx.hook("block_card", move |bank, call| async move { bank.block_card(&call, &input).await }).await?;
        Ok(BlockCardResponse {
            card_number: request.card_number,
            blocked_at: card.card_blocked,
            blocked_by: request.branch_code,
        })
    }

    #[endpoint(POST, "/explode")]
    async fn explode(&self, _cx: &Cx, _request: FormText) -> Result<(), CallError> {
        Err(Fault::new("store.unavailable").with_detail("the disk is full").into())
    }
}

pub struct Adapted;

impl ByHand for Adapted {}
