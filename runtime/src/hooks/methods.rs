//! What hooks get and give, of authentication methods, certificates, operations of applications, and
//! fraud detection.

use crate::entities::{Application, CertificateMode, Operation, Risk, RiskAction};
use crate::values::Json;

/// A method that is about to be used.
#[derive(Debug, Clone)]
pub struct MethodAsked {
    /// Its name, in the API's words.
    pub method: String,
    /// The user, if one is known.
    pub user: Option<String>,
    /// Their organization.
    pub organization: Option<String>,
    /// What it is for.
    pub operation: Operation,
}

/// What a method needs. The default: no certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MethodReply {
    /// Whether it works with a certificate.
    pub certificate_mode: CertificateMode,
    /// Where the certificate is checked.
    pub certificate_url: Option<String>,
    /// What is signed with it.
    pub operation_data: Option<String>,
}

/// A user to find by their certificate.
#[derive(Debug, Clone)]
pub struct CertificateLookup {
    /// As it came, in PEM; nobody has looked at it yet.
    pub certificate: String,
    /// The organization in which to look.
    pub organization: Option<String>,
    /// The operation's name, if there is one.
    pub operation: Option<String>,
}

/// A certificate to check.
#[derive(Debug, Clone)]
pub struct CertificateCheck {
    /// As it came, in PEM; nobody has looked at it yet.
    pub certificate: String,
    /// What was signed with it.
    pub signed_message: Option<String>,
    /// What kind of certificate it is, in the API's words.
    pub instrument: Option<String>,
    /// The method that it is used in, in the API's words.
    pub method: Option<String>,
    /// The user whose it must be.
    pub user: Option<String>,
    /// Their organization.
    pub organization: Option<String>,
    /// What it is for.
    pub operation: Operation,
}

/// What a bank says of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateResult {
    /// It is the user's, trusted, and what was signed is right.
    Right,
    /// It is not.
    Wrong {
        /// How many attempts are left, if the bank counts them.
        attempts_left: Option<i64>,
    },
}

/// An operation that an application asks for.
#[derive(Debug, Clone)]
pub struct NewOperation {
    /// The name that the definition gives it.
    pub operation: &'static str,
    /// The application's id.
    pub application: String,
    /// What it wants to do.
    pub scopes: Vec<String>,
}

/// An operation that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedOperation {
    /// Its name.
    pub operation: String,
    /// For whom.
    pub application: Application,
}

impl NewOperation {
    /// The operation as it is opened where a bank decides nothing else: for one scope alone, either of the two kinds of
    /// service that payment directives know (`aisp`, account information; `pisp`, payment initiation).
    pub fn for_payment_services(&self) -> Option<OpenedOperation> {
        let [scope] = self.scopes.as_slice() else { return None };
        let scope = scope.to_ascii_lowercase();
        let id = self.application.clone();
        ["aisp", "pisp"].contains(&scope.as_str()).then(|| OpenedOperation {
            operation: self.operation.to_owned(),
            application: Application {
                name: id.clone(),
                description: format!("App with client ID: {id}"),
                scopes: vec![scope],
                id,
            },
        })
    }
}

/// An operation to show elsewhere.
#[derive(Debug, Clone)]
pub struct OperationMapping {
    /// Whose it is, if that is known.
    pub user: Option<String>,
    /// Their organization.
    pub organization: Option<String>,
    /// The authentication method, in the API's words.
    pub method: Option<String>,
    /// The form, as the API writes it.
    pub form: Option<Json>,
    /// The operation.
    pub operation: Operation,
}

/// An operation as it is shown elsewhere. What is left out stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct MappedOperation {
    /// The template's name.
    pub template: String,
    /// The operation's name there.
    pub name: Option<String>,
    /// Its data string there.
    pub data: Option<String>,
    /// Its form there, as the API writes it.
    pub form: Option<Json>,
}

/// A step that fraud detection may look at.
#[derive(Debug, Clone)]
pub struct RiskStep {
    /// Which.
    pub action: RiskAction,
    /// Whose.
    pub user: Option<String>,
    /// Their organization.
    pub organization: Option<String>,
    /// Of which operation.
    pub operation: Operation,
    /// The whole request body.
    pub request: Json,
}

impl RiskStep {
    /// What is said where no fraud detection is asked: two factors, as ever.
    pub fn not_assessed(&self) -> Risk {
        let label = (self.action != RiskAction::Logout).then(|| "2FA".to_owned());
        Risk { label, ..Risk::default() }
    }
}
