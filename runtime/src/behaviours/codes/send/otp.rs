//! `send_otp`: a code of this adapter, made, stored and sent.

use tokio::time::Instant;

use super::conversion_alarm::check_conversion;
use super::delivery::{deliver, record_delivery};
use super::draft::{Draft, otp_draft};
use super::issue::{Issue, issue_code};
use crate::behaviours::codes::inputs::{OneTimeCode, SendOtp, SentOtp};
use crate::context::Core;
use crate::fault::Fault;

/// [`Core::send_otp`].
pub(in crate::behaviours) async fn send_otp<C: OneTimeCode>(core: &Core, input: SendOtp<C>) -> Result<SentOtp, Fault> {
    let draft = Box::pin(otp_draft(core, input)).await?;
    send_draft(core, draft).await
}

/// Stores and sends what is ready. Its steps have room of their own, one after the other: as parts of one future they would be copied
/// with each request, all of them, whether they come to work or not.
pub(super) async fn send_draft(core: &Core, mut draft: Draft) -> Result<SentOtp, Fault> {
    Box::pin(check_conversion(core)).await;
    match Box::pin(issue_code(core, &mut draft)).await? {
        Issue::Instead(answer) => Ok(answer),
        Issue::New { expires } => {
            // Not since the request began: when its body ends, and so what lies across a millisecond, is up to the caller.
            let began = Instant::now();
            let (outcome, took) = Box::pin(deliver(core, &draft, expires)).await;
            let sent = Box::pin(record_delivery(core, &draft, expires, outcome)).await;
            core.shared.latency.answered(began, took).await;
            sent
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::behaviours::codes::VerifyOtp;
    use crate::store::memory::MemoryStore;
    use crate::testing::{ADAPTER, Desk, TestBank, TestOtp};

    #[tokio::test]
    async fn nobodys_code_is_wrong_even_if_it_is_guessed() {
        let desk = Desk::new(&ADAPTER, Arc::new(MemoryStore::default()), Arc::new(TestBank::with([])), |_| {}).unwrap();
        let core = desk.core();
        let code = TestOtp { operation_name: Some("authorize_payment_sca".into()), ..TestOtp::payment("1", "nobody") };
        let mut draft = otp_draft(&core, SendOtp { code: code.clone(), ..SendOtp::default() }).await.unwrap();
        issue_code(&core, &mut draft).await.unwrap();
        let verify = VerifyOtp { id: Some(draft.id.clone()), value: Some(draft.code.clone()), code, user: None };
        let verdict = core.verify_otp(verify).await.unwrap();
        assert_eq!(verdict.refusal.map(|fault| fault.name), Some("otp.wrong"));
    }
}
