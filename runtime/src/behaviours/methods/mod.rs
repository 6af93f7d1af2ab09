//! What an authentication server asks a bank beside codes and passwords: what a method needs before it is used
//! (`init.rs`), certificates, operations that are opened or mapped for others, and what fraud detection says. All of it is
//! the bank's to decide, by hooks; what a hook gives is looked at before it is used.

mod certificates;
mod init;
mod opened;
mod risk;
pub(super) mod sound;
#[cfg(test)]
mod tests;

pub use certificates::{CertificateVerdict, FindCertificateUser, VerifyCertificate};
pub(super) use certificates::{find_certificate_user, find_certificate_user_if_known, verify_certificate};
pub use init::InitMethod;
pub(super) use init::init_method;
pub use opened::{MapOperation, Mapped, OpenOperation};
pub(super) use opened::{map_operation, open_operation};
pub use risk::AssessRisk;
pub(super) use risk::assess_risk;
