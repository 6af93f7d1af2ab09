//! What an authentication server asks a bank beside codes and passwords: what a method needs before it is used
//! (here), certificates, operations that are opened or mapped for others, and what fraud detection says. All of it is
//! the bank's to decide, by hooks; what a hook gives is looked at before it is used.

mod certificates;
mod opened;
mod risk;
#[cfg(test)]
mod tests;

pub use certificates::{CertificateVerdict, FindCertificateUser, VerifyCertificate};
pub use opened::{MapOperation, Mapped, OpenOperation};
pub use risk::AssessRisk;

use crate::context::Core;
use crate::entities::Operation;
use crate::fault::Fault;
use crate::hooks::{MethodAsked, MethodReply};

/// The longest text that is taken from a hook, in bytes.
const LONGEST_TEXT: usize = 4096;

/// A method that is about to be used.
#[derive(Debug, Clone, Default)]
pub struct InitMethod {
    /// Its name.
    pub method: Option<String>,
    /// The user, if one is known.
    pub user: Option<String>,
    /// Their organization.
    pub organization: Option<String>,
    /// What it is for.
    pub operation: Operation,
}

impl Core {
    /// Asks the bank what a method needs.
    ///
    /// # Errors
    /// Those of the hook.
    pub async fn init_method(&self, input: InitMethod) -> Result<MethodReply, Fault> {
        let asked = MethodAsked {
            method: input.method.unwrap_or_default(),
            user: input.user,
            organization: input.organization,
            operation: input.operation,
        };
        let (hooks, call) = (self.shared.hooks.clone(), self.call.clone());
        let reply = self.shared.guard.own("init_method", async move { hooks.init_method(&call, &asked).await }).await?;
        sound("init_method", [&reply.certificate_url, &reply.operation_data].into_iter().flatten())?;
        Ok(reply)
    }
}

/// Refuses texts that are too long or hold a NUL.
fn sound<'a>(hook: &str, texts: impl IntoIterator<Item = &'a String>) -> Result<(), Fault> {
    if texts.into_iter().any(|text| text.len() > LONGEST_TEXT || text.contains('\0')) {
        return Err(Fault::new("hook.failed").with_detail(format_args!("{hook}: a text is too long or holds a NUL")));
    }
    Ok(())
}
