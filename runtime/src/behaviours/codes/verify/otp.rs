//! `verify_otp`. An attempt is reserved first, in one batch with the user's lockout record; then the code is compared,
//! with nothing held; then, if it is right, it is spent by a write that only one of many can win.
//!
//! What is looked at, in this order, and what it answers:
//!
//! | | fault | attempts left |
//! |---|---|---|
//! | there is no such code | `otp.unknown` | not answered |
//! | its time is over, or a newer one took its place | `otp.expired` | not answered |
//! | it was used | `otp.used` | not answered |
//! | it has no attempts left, or what it was for has changed before | `otp.exhausted` | not answered |
//! | its user has failed too often, by whatever code | `otp.limited` | not answered |
//! | no code came | `otp.missing` | what is left |
//! | another operation, user or organization | `otp.mismatch` | what is left |
//! | another amount, currency, payee or other bound value: the code is void | `otp.mismatch` | 0 |
//! | the code differs | `otp.wrong` | what is left |
//!
//! Codes without an id are found by themselves, and asked otherwise: `by_code.rs`.
//!
//! A code whose id outlives it (`id_life`) answers what became of it before it answers that its time is over, for as long as the id is
//! known; in another country, to another caller or in another app it is not, nor once a newer code took its place.
//! Asking without a code is no attempt of it, and its last wrong attempt answers `otp.exhausted`. A waived code passes whenever
//! it is asked for with the values that it was made for; with others that is an attempt of it, whatever was typed.

use super::by_code::verify_found;
use super::code_attempt::{AttemptStart, CodeAttempt, CodeQuery, Finding, IfRight};
use super::refusal::refuse_otp;
use super::reserve::begin_attempt;
use super::settle::settle_attempt;
use crate::adapter::IdForm;
use crate::behaviours::codes::binding::{Difference, code_mac, differs};
use crate::behaviours::codes::find::asked_code_id;
use crate::behaviours::codes::inputs::{OneTimeCode, VerifiedOtp, VerifyOtp};
use crate::behaviours::codes::options::code_options;
use crate::behaviours::codes::record::State;
use crate::behaviours::codes::sealed::kept_values;
use crate::behaviours::codes::token::padded;
use crate::context::Core;
use crate::crypto::KeyName;
use crate::crypto::mac::equal;
use crate::fault::{Fault, Verdict};
use crate::hex_text::hex_text;

/// [`Core::verify_otp`].
pub(in crate::behaviours) async fn verify_otp<C: OneTimeCode>(
    core: &Core,
    input: VerifyOtp<C>,
) -> Result<Verdict<VerifiedOtp<C>>, Fault> {
    if C::KIND.id == IdForm::Code {
        return Box::pin(verify_found(core, input)).await;
    }
    let id = asked_code_id(core, input.id.as_deref(), &input.code).await?;
    let (stored, record) = match Box::pin(begin_verification(core, id.as_deref(), &input)).await? {
        AttemptStart::Reserved(reserved) => {
            let finding = compare_code(core, &reserved, &input);
            let settled = Box::pin(settle_attempt(core, &reserved, finding, IfRight::Spend, &C::KIND)).await?;
            if let Some(fault) = settled {
                return Ok(refuse_otp(core, fault.of(input.id)));
            }
            (reserved.id, reserved.record)
        }
        AttemptStart::Waived(record) => (id.unwrap_or_default(), *record),
        AttemptStart::Refused(fault) => return Ok(refuse_otp(core, fault.of(input.id))),
    };
    let mut code = input.code;
    code.restore(&kept_values(core, &stored, &record));
    let attempts = record.attempts.into();
    // What is found by values of the request has an id that the store knows it by, too.
    let id = input.id.unwrap_or(stored);
    Ok(Verdict::pass(VerifiedOtp { id, user: record.user, attempts, code }))
}

/// Begins an attempt of the code that a request asks for.
pub(super) async fn begin_verification<C: OneTimeCode>(
    core: &Core,
    id: Option<&str>,
    input: &VerifyOtp<C>,
) -> Result<AttemptStart, Fault> {
    let has_code = input.value.as_ref().is_some_and(|value| !value.expose().is_empty());
    let user = input.user.as_deref();
    begin_attempt(core, CodeQuery { id, kind: &C::KIND, bound: &input.code.bound(), user, has_code }).await
}

/// Compares what the request says with what is stored. Takes the same steps whatever it finds.
pub(super) fn compare_code<C: OneTimeCode>(core: &Core, reserved: &CodeAttempt, input: &VerifyOtp<C>) -> Finding {
    let record = &reserved.record;
    // A code whose key is gone from the ring can be right no more.
    let Some(key) = core.keys().by_id(KeyName::Codes, &record.key) else { return Finding::Wrong };
    let (difference, values) =
        differs(&key, &reserved.id, record, &input.code.bound(), input.user.as_deref(), C::KIND.find_by);
    let typed = input.value.as_ref().map_or("", |value| value.expose().as_str());
    let whole = padded(typed, &C::KIND, code_options(core, &C::KIND).digits);
    let mac = hex_text(code_mac(&key, &reserved.id, C::KIND.name, &values, &whole));
    let right = equal(mac.as_bytes(), record.mac.as_bytes());
    match difference {
        // Nothing need be typed for a code that has passed already.
        _ if typed.is_empty() && record.state != State::Waived => Finding::Missing,
        Difference::Other => Finding::Other,
        Difference::Changed => Finding::Changed,
        Difference::None if right => Finding::Right,
        Difference::None => Finding::Wrong,
    }
}
