//! `init_method`: asks the bank what a method needs before it is used.

use super::sound::sound;
use crate::context::Core;
use crate::entities::Operation;
use crate::fault::Fault;
use crate::hooks::{MethodAsked, MethodReply};

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

/// [`Core::init_method`].
pub(in crate::behaviours) async fn init_method(core: &Core, input: InitMethod) -> Result<MethodReply, Fault> {
    let asked = MethodAsked {
        method: input.method.unwrap_or_default(),
        user: input.user,
        organization: input.organization,
        operation: input.operation,
    };
    let reply =
        core.hooks().call("init_method", |hooks, call| async move { hooks.init_method(&call, &asked).await }).await?;
    sound("init_method", [&reply.certificate_url, &reply.operation_data].into_iter().flatten())?;
    Ok(reply)
}
