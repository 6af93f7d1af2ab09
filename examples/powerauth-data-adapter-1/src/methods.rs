//! What the demo bank decides beside codes and passwords: certificates, how the mobile token shows an operation, and a
//! rule of its fraud detection.

use countersign_runtime::{
    CertificateCheck, CertificateMode, CertificateResult, Decimal, MappedOperation, MethodAsked, MethodReply,
    OperationMapping, Risk, RiskAction, RiskStep,
};
use serde_json::{Value, json};

use crate::directory::JOHNS_CERTIFICATE;

/// Operations that begin with a login of their own.
const WITH_LOGIN: [&str; 2] = ["login_sca", "authorize_payment_sca"];

/// The amount in CZK from which a payment needs two factors.
const SMALL: i64 = 500;

/// Payments may be approved with a certificate.
pub fn needs_of(asked: &MethodAsked) -> MethodReply {
    if asked.method != "APPROVAL_SCA" {
        return MethodReply::default();
    }
    MethodReply {
        certificate_mode: CertificateMode::Enabled,
        certificate_url: None,
        operation_data: asked.operation.data.clone(),
    }
}

/// Whose certificate it is.
pub fn owner_of(certificate: &str) -> Option<&'static str> {
    let (owner, known, _) = JOHNS_CERTIFICATE;
    (certificate.trim() == known).then_some(owner)
}

/// Whether the certificate is the user's, and the signature made with it.
pub fn check(check: &CertificateCheck) -> CertificateResult {
    let (_, _, signed) = JOHNS_CERTIFICATE;
    let is_theirs = check.user.is_some() && owner_of(&check.certificate) == check.user.as_deref();
    match is_theirs && check.signed_message.as_deref() == Some(signed) {
        true => CertificateResult::Right,
        false => CertificateResult::Wrong { attempts_left: None },
    }
}

/// The first step of an operation with a login is shown as a login.
pub fn mapped(asked: &OperationMapping) -> Option<MappedOperation> {
    let begins_with_login = asked.operation.name.as_deref().is_some_and(|name| WITH_LOGIN.contains(&name));
    if !begins_with_login || asked.method.as_deref() != Some("LOGIN_SCA") {
        return None;
    }
    let typed = asked.form.as_ref().and_then(|form| form.value().get("userInput").cloned());
    let typed = typed.unwrap_or_else(|| json!({}));
    Some(MappedOperation {
        template: "login".to_owned(),
        name: Some("login".to_owned()),
        data: Some("A2".to_owned()),
        form: Some(login_form(&typed).into()),
    })
}

fn login_form(user_input: &Value) -> Value {
    let text = |id: &str| json!({ "id": id, "message": null });
    json!({
        "title": text("login.title"),
        "greeting": text("login.greeting"),
        "summary": text("login.summary"),
        "config": [],
        "banners": [],
        "parameters": [],
        "userInput": user_input,
    })
}

/// Small payments in the bank's own currency need no password.
pub fn risk_of(step: &RiskStep) -> Risk {
    let operation = &step.operation;
    let is_small = operation.amount.as_ref().is_some_and(|amount| *amount < Decimal::from(SMALL));
    let in_crowns = operation.currency.as_deref() == Some("CZK");
    if step.action == RiskAction::ApprovalStart && is_small && in_crowns {
        return Risk { applied: true, label: Some("1FA".to_owned()), password_required: false, ..Risk::default() };
    }
    step.not_assessed()
}
