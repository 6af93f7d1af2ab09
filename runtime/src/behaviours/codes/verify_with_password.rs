//! `verify_otp_and_password`: an attempt of the code is reserved and the code compared, then the password is checked with
//! nothing held, then the code is spent, but only if both are right. Both are always checked, and whatever is wrong is
//! answered by one message.

use super::attempt::{AttemptStart, Finding, IfRight};
use super::token::stored_id;
use super::{CredentialsVerdict, OneTimeCode, VerifyOtp};
use crate::behaviours::users::VerifyPassword;
use crate::context::Core;
use crate::fault::{Fault, Outcome};

impl Core {
    /// Checks a code and a password together. A wrong password costs one of the code's attempts.
    ///
    /// # Errors
    /// Those of hooks, `overloaded`, `store.unavailable`. Whatever is wrong with code or password is in the verdict.
    pub async fn verify_otp_and_password<C: OneTimeCode>(
        &self,
        otp: VerifyOtp<C>,
        password: VerifyPassword,
    ) -> Result<CredentialsVerdict, Fault> {
        self.room_to_hash()?;
        let id = otp.id.as_deref().map(|id| stored_id(&C::KIND, id));
        let begun = self.begin(id.as_deref(), &otp).await?;
        let finding = match &begun {
            AttemptStart::Reserved(reserved) => Some(self.look_at(reserved, &otp)),
            AttemptStart::Waived(_) => Some(Finding::Right),
            AttemptStart::Refused(_) => None,
        };
        let password = self.verify_password(password).await;
        let both = finding == Some(Finding::Right) && password.as_ref().is_ok_and(|verdict| verdict.outcome.passed());
        let mut code_passed = finding == Some(Finding::Right);
        if let (AttemptStart::Reserved(reserved), Some(finding)) = (&begun, finding) {
            let if_right = if both { IfRight::Spend } else { IfRight::Leave };
            let refusal = self.settle_attempt(reserved, finding, if_right, &C::KIND).await?;
            code_passed = code_passed && (if_right == IfRight::Leave || refusal.is_none());
        }
        let password = password?;
        let passed = both && code_passed;
        let refusal = (!passed).then(|| Fault::new("credentials.wrong"));
        Ok(CredentialsVerdict {
            otp: if code_passed { Outcome::Passed } else { Outcome::Failed },
            password: password.outcome,
            error_key: refusal.as_ref().and_then(|refusal| self.key_of(refusal.name)),
            attempts_left: None,
            user: password.value.filter(|_| passed),
            refusal,
        })
    }
}
