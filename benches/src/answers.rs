//! What both servers answer alike: how bodies are read and written, and what is said of broken rules.

use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use crate::api::{
    Account, Answer, Attribute, AttributeKind, ConsentOption, ConsentValidated, Failure, FormData, OptionResult,
    Request, SmsVerified, Status, UserDetail,
};
use crate::bank::Customer;

/// The request in a body.
///
/// # Errors
/// The answer to one that cannot be read.
pub fn read<'b, B: Deserialize<'b>>(body: &'b [u8]) -> Result<B, Response> {
    // Once for the whole body costs less than text by text.
    let text = std::str::from_utf8(body).map_err(|_| malformed())?;
    serde_json::from_str::<Request<B>>(text).map(|request| request.request_object).map_err(|_| malformed())
}

pub fn ok(body: impl Serialize) -> Response {
    json(StatusCode::OK, &Answer { status: "OK", response_object: body })
}

pub fn refused(status: StatusCode, code: &'static str, message: &'static str) -> Response {
    let failure = Failure { code, message: message.into(), validation_errors: None, remaining_attempts: None };
    json(status, &Answer { status: "ERROR", response_object: failure })
}

fn malformed() -> Response {
    refused(StatusCode::BAD_REQUEST, "INPUT_INVALID", "error.invalidRequest")
}

fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let mut bytes = Vec::with_capacity(256);
    // Writing these types to memory does not fail.
    let _ = serde_json::to_writer(&mut bytes, body);
    let mut response = Response::new(Bytes::from(bytes).into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// The rules on user names that are broken, as the API tells them.
pub fn broken(keys: &[(&'static str, &'static str)]) -> Response {
    let codes = keys.iter().flat_map(|(key, field)| {
        [
            format!("{key}.objectRequest.requestObject.{field}"),
            format!("{key}.requestObject.{field}"),
            format!("{key}.{field}"),
            format!("{key}.java.lang.String"),
            (*key).to_owned(),
        ]
    });
    let message = keys.first().map_or("login.authenticationFailed", |(key, _)| *key);
    let failure = Failure {
        code: "INPUT_INVALID",
        message: message.into(),
        validation_errors: Some(codes.collect()),
        remaining_attempts: None,
    };
    json(StatusCode::BAD_REQUEST, &Answer { status: "ERROR", response_object: failure })
}

/// The rules of a look-up that are broken.
pub fn broken_by_lookup(username: &str, organization: &str) -> Vec<(&'static str, &'static str)> {
    let mut keys = Vec::new();
    match username.chars().count() {
        0 => keys.push(("login.username.empty", "username")),
        41.. => keys.push(("login.username.long", "username")),
        _ => {}
    }
    match organization.chars().count() {
        0 => keys.push(("login.organizationId.empty", "organizationId")),
        257.. => keys.push(("login.organizationId.long", "organizationId")),
        _ => {}
    }
    keys
}

/// The rules of a user's id and organisation that are broken.
pub fn broken_by_user(user: &str, organization: Option<&str>) -> Vec<(&'static str, &'static str)> {
    let mut keys = Vec::new();
    match user.chars().count() {
        0 => keys.push(("login.userId.empty", "userId")),
        41.. => keys.push(("login.userId.long", "userId")),
        _ => {}
    }
    if organization.is_some_and(|organization| organization.chars().count() > 256) {
        keys.push(("login.organizationId.long", "organizationId"));
    }
    keys
}

pub fn nobody() -> Response {
    refused(StatusCode::BAD_REQUEST, "USER_NOT_FOUND", "login.userNotFound")
}

pub fn detail(customer: &Customer, organization: Option<&str>) -> UserDetail {
    UserDetail {
        id: customer.number,
        given_name: customer.given_name,
        family_name: customer.family_name,
        organization_id: organization.map(str::to_owned),
    }
}

pub fn status() -> Status {
    Status {
        application_name: "powerauth-data-adapter",
        application_display_name: "PowerAuth Data Adapter",
        application_environment: "",
        version: "0.1.0",
        build_time: "2026-11-29T00:00:00.000+0000",
        timestamp: timestamp(std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_millis() as u64),
    }
}

/// `2019-06-21T12:49:22.959+0000`
fn timestamp(millis: u64) -> String {
    let (seconds, days) = (millis / 1000 % 86_400, millis / 86_400_000);
    // Years begin in March, so that the day that comes and goes is the last one.
    let since = days + 719_468;
    let (era, of_era) = (since / 146_097, since % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (year, month) = (year + era * 400 + u64::from(month > 9), if month < 10 { month + 3 } else { month - 9 });
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}+0000", millis % 1000)
}

/// The form with a choice of these accounts in it.
pub fn with_choice<'b>(mut form: FormData<'b>, accounts: Vec<Account>) -> FormData<'b> {
    const CHOICE: &str = "operation.bankAccountChoice";
    if accounts.is_empty() {
        return form;
    }
    let default_value = accounts.first().map(|account| account.account_id);
    let choice = Attribute {
        kind: AttributeKind::BankAccountChoice,
        id: Some(crate::api::Text(CHOICE.into())),
        label: None,
        value_format_type: None,
        formatted_values: None,
        amount: None,
        currency: None,
        currency_id: None,
        value: None,
        note: None,
        bank_accounts: Some(accounts),
        enabled: Some(true),
        default_value,
    };
    let is_it = |other: &&mut Attribute<'_>| other.id.as_ref().is_some_and(|id| id.as_str() == CHOICE);
    match form.parameters.iter_mut().find(is_it) {
        Some(old) => *old = choice,
        None => form.parameters.push(choice),
    }
    form
}

/// What is said of a code.
pub fn verified((right, left): (bool, Option<i64>)) -> Response {
    ok(SmsVerified {
        sms_authorization_result: if right { "VERIFIED_SUCCEEDED" } else { "VERIFIED_FAILED" },
        error_message: (!right).then_some("smsAuthorization.failed"),
        remaining_attempts: left,
        show_remaining_attempts: false,
    })
}

/// The two options of a payment's consent, and whether both are ticked.
pub fn consent(options: &[ConsentOption<'_>]) -> ConsentValidated {
    let ticked = |id: &str| {
        let mut all = options.iter().filter(|option| option.id.as_ref().is_some_and(|own| own.as_str() == id));
        all.any(|option| option.value.as_ref().is_some_and(|value| value.as_str() == "CHECKED"))
    };
    let missing = ["CONSENT_INIT", "CONSENT_PAYMENT"].into_iter().filter(|id| !ticked(id));
    let results: Vec<_> = missing
        .map(|id| OptionResult {
            id: id.to_owned(),
            validation_passed: false,
            error_message: Some("Confirm this option to complete the operation."),
        })
        .collect();
    ConsentValidated {
        consent_validation_passed: results.is_empty(),
        validation_error_message: (!results.is_empty()).then_some("Please fill in the whole consent form."),
        option_validation_results: results,
    }
}

/// The text of a message.
pub fn message(digits: &str) -> String {
    format!("Your code for the payment of 100 CZK to account 238400856/0300 is {digits}.")
}

#[cfg(test)]
mod tests {
    use super::timestamp;

    #[test]
    fn moments_are_those_of_the_calendar() {
        assert_eq!(timestamp(1_561_121_362_959), "2019-06-21T12:49:22.959+0000");
        assert_eq!(timestamp(951_782_400_000), "2000-02-29T00:00:00.000+0000");
        assert_eq!(timestamp(0), "1970-01-01T00:00:00.000+0000");
    }
}
