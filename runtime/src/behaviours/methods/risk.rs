//! What the bank's fraud detection says of a step. Where the bank asks none, nothing is waived.

use super::sound::sound;
use crate::behaviours::users::name::counted;
use crate::context::Core;
use crate::entities::{Operation, Risk, RiskAction};
use crate::fault::Fault;
use crate::hooks::RiskStep;
use crate::store::{AuditEntry, AuditEvent, AuditOutcome};
use crate::wire::{Payload, record};

/// The most entries that are taken from a hook.
const MOST_EXTRAS: usize = 1_000;

/// A step to look at.
#[derive(Debug, Clone, Default)]
pub struct AssessRisk {
    /// Which.
    pub action: Option<RiskAction>,
    /// Whose.
    pub user: Option<String>,
    /// Their organization.
    pub organization: Option<String>,
    /// Of which operation.
    pub operation: Operation,
}

/// [`Core::assess_risk`].
pub(in crate::behaviours) async fn assess_risk(
    core: &Core,
    input: AssessRisk,
    request: &impl Payload,
) -> Result<Risk, Fault> {
    let action = input.action.ok_or_else(|| Fault::new("input.invalid").about("risk.action"))?;
    let entry = AuditEntry {
        user: input.user.as_deref().filter(|user| !user.is_empty()).map(counted),
        organization: input.organization.clone(),
        operation_id: input.operation.id.clone(),
        operation_name: input.operation.name.clone(),
        ..core.audit().entry(AuditEvent::RiskAssessed, AuditOutcome::Success)
    };
    let step = RiskStep {
        action,
        user: input.user,
        organization: input.organization,
        operation: input.operation,
        request: record(core.adapter(), request),
    };
    let risk =
        core.hooks().call("assess_risk", |hooks, call| async move { hooks.assess_risk(&call, &step).await }).await?;
    sound("assess_risk", &risk.label)?;
    sound("assess_risk", risk.extras.0.iter().flat_map(|(name, value)| std::iter::once(name).chain(value)))?;
    if risk.extras.0.len() > MOST_EXTRAS {
        return Err(Fault::new("hook.failed").with_detail("assess_risk: too many extras"));
    }
    core.audit().record(vec![entry.with_reason(in_words(&risk))]).await?;
    Ok(risk)
}

/// What is still wanted, for the audit.
fn in_words(risk: &Risk) -> &'static str {
    match (risk.applied, risk.otp_required, risk.password_required) {
        (false, _, _) => "not applied",
        (true, true, true) => "code and password",
        (true, true, false) => "code",
        (true, false, true) => "password",
        (true, false, false) => "neither code nor password",
    }
}
