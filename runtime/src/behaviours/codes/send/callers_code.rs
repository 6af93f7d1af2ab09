//! `send_sms`: a code that the caller made, and will check. It goes out in the definition's own words, or in the caller's
//! where the definition says so, under all limits,
//! and looks like any other code to whoever watches; what is stored only counts it, so that it can never be checked
//! here. Unlike a code of the adapter's own, a new one is a new message, also within the resend interval; the same
//! message again (its id, code and operation) is a repetition, and sends nothing.

use super::draft::{Maker, Wording, new_draft};
use super::otp::send_draft;
use crate::behaviours::codes::inputs::{OneTimeCode, SendOtp, SentOtp};
use crate::context::Core;
use crate::entities::AccountStatus;
use crate::fault::Fault;
use crate::values::{Phone, Secret, Time, is_hidden};

/// The longest id of a message, in bytes.
const LONGEST_ID: usize = 256;

/// The longest code that a caller may make, in letters and digits.
const LONGEST_CODE: usize = 32;

/// The caller's code, and whom to send it to.
#[derive(Debug, Default)]
pub struct SendSms<C> {
    /// The caller's id of the message; the answer names it.
    pub id: Option<String>,
    /// The code: 1 to 32 ASCII letters and digits.
    pub value: Option<Secret<String>>,
    /// The caller's own words, with the code in them, where the definition sends those.
    pub words: Option<Secret<String>>,
    /// The user; their phone is looked up unless one is given.
    pub user: Option<String>,
    /// The phone.
    pub phone: Option<Phone>,
    /// The organization in which the user is looked up.
    pub organization: Option<String>,
    /// Whether the user's account is active, if the caller says so.
    pub account: Option<AccountStatus>,
    /// The language of the text; the caller's if none is given.
    pub language: Option<String>,
    /// Whether the user asked for another message.
    pub resend: Option<bool>,
    /// When the operation ends, if that is known.
    pub until: Option<Time>,
    /// What it is for.
    pub code: C,
}

/// [`Core::send_sms`].
pub(in crate::behaviours) async fn send_sms<C: OneTimeCode>(core: &Core, input: SendSms<C>) -> Result<SentOtp, Fault> {
    let id = input.id.filter(|id| is_id(id)).ok_or_else(|| bad("otp.id", "it is no id"))?;
    let code = input.value.filter(|code| is_code(code.expose()));
    let code = code.ok_or_else(|| bad("otp.code", "it is no row of letters and digits"))?;
    let send = SendOtp {
        words: None,
        user: input.user,
        phone: input.phone,
        organization: input.organization,
        account: input.account,
        language: input.language,
        resend: input.resend,
        until: input.until,
        keep_refused: true,
        code: input.code,
    };
    let wording = input.words.map_or(Wording::Definition, Wording::Caller);
    let draft = new_draft(core, &send, code, id, (Maker::Caller, wording)).await?;
    send_draft(core, draft).await
}

fn bad(meaning: &'static str, why: &str) -> Fault {
    Fault::new("input.invalid").about(meaning).with_detail(why)
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= LONGEST_ID && !id.chars().any(is_hidden)
}

/// Neither blanks nor signs: a code is no way to put words or an address into a message.
fn is_code(code: &str) -> bool {
    !code.is_empty() && code.len() <= LONGEST_CODE && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
}
