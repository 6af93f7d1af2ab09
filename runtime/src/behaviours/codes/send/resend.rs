//! `resend_otp`: a new code under the id of an older one, which is good no longer. The attempts that were made stay made,
//! and every limit of messages holds; the code goes to the user that the older one was for, or to the phone that it keeps.

use std::borrow::Cow;

use super::draft::{Maker, Wording, new_draft};
use super::otp::send_draft;
use crate::behaviours::codes::find::{FoundCode, code_of_request};
use crate::behaviours::codes::inputs::{OneTimeCode, SendOtp, SentOtp};
use crate::behaviours::codes::options::code_options;
use crate::behaviours::codes::record::OtpStatus;
use crate::behaviours::codes::sealed::kept_values;
use crate::context::Core;
use crate::crypto::digits;
use crate::fault::{Fault, Outcome};
use crate::values::{Phone, Secret, Time};

/// The phone that a code keeps.
const PHONE: &str = "user.phone";

/// The code that is sent again.
#[derive(Debug, Default)]
pub struct ResendOtp<C> {
    /// Its id.
    pub id: Option<String>,
    /// The user, if the request names one.
    pub user: Option<String>,
    /// The phone, if the request says one; else the one that the code keeps or binds, else that of its user.
    pub phone: Option<Phone>,
    /// The organization in which the user is looked up.
    pub organization: Option<String>,
    /// The language of the text; the caller's if none is given.
    pub language: Option<String>,
    /// When the operation ends, if that is known.
    pub until: Option<Time>,
    /// What it is for.
    pub code: C,
}

/// A code that was sent again, and what it was made for.
#[derive(Debug)]
pub struct ResentOtp<C> {
    /// Its id.
    pub id: String,
    /// Until when it is good.
    pub expires: Time,
    /// Whether it was sent.
    pub outcome: Outcome,
    /// The key of the refusal's message.
    pub error_key: Option<Cow<'static, str>>,
    /// Why it was not sent.
    pub refusal: Option<Fault>,
    /// What it was made for.
    pub code: C,
}

/// [`Core::resend_otp`].
pub(in crate::behaviours) async fn resend_otp<C: OneTimeCode>(
    core: &Core,
    input: ResendOtp<C>,
) -> Result<ResentOtp<C>, Fault> {
    let found = code_of_request(core, input.id.as_deref(), input.user.as_deref(), &input.code).await?;
    check_open(&found)?;
    let FoundCode { id, record, stored, .. } = found;
    let mut code = input.code;
    let mut kept = kept_values(core, &id, &record);
    // The message goes to the phone that the request says, and so that is the one that the code keeps from now on.
    kept.extend(input.phone.as_ref().map(|phone| (PHONE.to_owned(), phone.expose().to_owned())));
    code.restore(&kept);
    let phone = input.phone.or_else(|| phone_of(&code));
    let send = SendOtp {
        words: None,
        user: record.user.clone(),
        phone,
        organization: input.organization.or_else(|| record.organization.clone()),
        language: input.language,
        until: input.until,
        account: None,
        resend: Some(true),
        keep_refused: true,
        code,
    };
    let value = Secret::new(digits::code(C::KIND.alphabet, code_options(core, &C::KIND).digits));
    let known_as = input.id.unwrap_or_else(|| id.clone());
    let mut draft = new_draft(core, &send, value, known_as, (Maker::Adapter, Wording::Definition)).await?;
    draft.again = Some((record, stored));
    draft.id = id;
    let SentOtp { id, expires, outcome, error_key, refusal } = send_draft(core, draft).await?;
    Ok(ResentOtp { id, expires, outcome, error_key, refusal, code: send.code })
}

/// Refuses what nothing more can be sent for.
fn check_open(found: &FoundCode) -> Result<(), Fault> {
    Err(Fault::new(match found.record.status(found.now) {
        OtpStatus::New | OtpStatus::Open => return Ok(()),
        // Its time is over, and its id is not: a new code is what is asked for.
        OtpStatus::Expired if found.record.may_be_renewed(found.now) => return Ok(()),
        OtpStatus::Passed => "otp.used",
        OtpStatus::Spent => "otp.exhausted",
        OtpStatus::Expired | OtpStatus::Cancelled => "otp.expired",
    }))
}

/// The phone that a code binds or keeps.
fn phone_of<C: OneTimeCode>(code: &C) -> Option<Phone> {
    let mut all = code.bound().into_iter().chain(code.kept());
    let (_, phone) = all.find(|(meaning, phone)| *meaning == PHONE && phone.is_some())?;
    Phone::read(&phone?)
}
