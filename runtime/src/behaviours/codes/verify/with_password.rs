//! `verify_otp_and_password`: an attempt of the code is reserved and the code compared, then the password is checked with
//! nothing held, then the code is spent, but only if both are right. Both are always checked, and whatever is wrong is
//! answered by one message.

use super::code_attempt::{AttemptStart, Finding, IfRight};
use super::otp::{begin_verification, compare_code};
use super::settle::settle_attempt;
use crate::behaviours::codes::inputs::{CredentialsVerdict, OneTimeCode, VerifyOtp};
use crate::behaviours::codes::token::stored_id;
use crate::behaviours::users::password::{VerifyPassword, room_to_hash, verify_password};
use crate::context::Core;
use crate::fault::{Fault, Outcome};

/// [`Core::verify_otp_and_password`].
pub(in crate::behaviours) async fn verify_otp_and_password<C: OneTimeCode>(
    core: &Core,
    otp: VerifyOtp<C>,
    password: VerifyPassword,
) -> Result<CredentialsVerdict, Fault> {
    room_to_hash(core)?;
    let id = otp.id.as_deref().map(|id| stored_id(&C::KIND, id));
    let begun = begin_verification(core, id.as_deref(), &otp).await?;
    let finding = match &begun {
        AttemptStart::Reserved(reserved) => Some(compare_code(core, reserved, &otp)),
        AttemptStart::Waived(_) => Some(Finding::Right),
        AttemptStart::Refused(_) => None,
    };
    let password = verify_password(core, password).await;
    let both = finding == Some(Finding::Right) && password.as_ref().is_ok_and(|verdict| verdict.outcome.passed());
    let mut code_passed = finding == Some(Finding::Right);
    if let (AttemptStart::Reserved(reserved), Some(finding)) = (&begun, finding) {
        let if_right = if both { IfRight::Spend } else { IfRight::Leave };
        let refusal = settle_attempt(core, reserved, finding, if_right, &C::KIND).await?;
        code_passed = code_passed && (if_right == IfRight::Leave || refusal.is_none());
    }
    let password = password?;
    let passed = both && code_passed;
    let refusal = (!passed).then(|| Fault::new("credentials.wrong"));
    Ok(CredentialsVerdict {
        otp: if code_passed { Outcome::Passed } else { Outcome::Failed },
        password: password.outcome,
        error_key: refusal.as_ref().and_then(|refusal| core.key_of(refusal.name)),
        attempts_left: None,
        user: password.value.filter(|_| passed),
        refusal,
    })
}
