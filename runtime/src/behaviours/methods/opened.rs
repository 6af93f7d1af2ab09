//! Operations that are opened for an application which asks for none, and operations as another product shows them.

use super::sound::sound;
use crate::context::Core;
use crate::entities::Operation;
use crate::fault::Fault;
use crate::hooks::{MappedOperation, NewOperation, OpenedOperation, OperationMapping};
use crate::wire::{Form, decode, record};

/// The most scopes that an application may ask for.
const MOST_SCOPES: usize = 64;

/// Who asks for an operation, and what for.
#[derive(Debug, Clone, Default)]
pub struct OpenOperation {
    /// The application.
    pub id: Option<String>,
    /// What it wants to do.
    pub scopes: Vec<String>,
}

/// An operation to show elsewhere.
#[derive(Debug, Clone, Default)]
pub struct MapOperation<F> {
    /// Whose it is, if that is known.
    pub user: Option<String>,
    /// Their organization.
    pub organization: Option<String>,
    /// The authentication method, in the API's words.
    pub method: Option<String>,
    /// The form.
    pub form: Option<F>,
    /// The operation.
    pub operation: Operation,
}

/// An operation as it is shown elsewhere.
#[derive(Debug, Clone)]
pub struct Mapped<F> {
    /// The template's name.
    pub template: String,
    /// The operation's name there.
    pub name: Option<String>,
    /// Its data string there.
    pub data: Option<String>,
    /// Its form there.
    pub form: Option<F>,
}

/// [`Core::open_operation`].
pub(in crate::behaviours) async fn open_operation(
    core: &Core,
    operation: &'static str,
    input: OpenOperation,
) -> Result<OpenedOperation, Fault> {
    let application = input.id.filter(|id| !id.is_empty()).ok_or_else(refused)?;
    if input.scopes.len() > MOST_SCOPES {
        return Err(refused());
    }
    let asked = NewOperation { operation, application, scopes: input.scopes };
    let opened = core
        .hooks()
        .call("open_operation", |hooks, call| async move { hooks.open_operation(&call, &asked).await })
        .await?;
    let opened = opened.ok_or_else(refused)?;
    let application = &opened.application;
    sound("open_operation", [&opened.operation, &application.id, &application.name, &application.description])?;
    sound("open_operation", &application.scopes)?;
    Ok(opened)
}

/// [`Core::map_operation`].
pub(in crate::behaviours) async fn map_operation<F: Form>(
    core: &Core,
    input: MapOperation<F>,
) -> Result<Mapped<F>, Fault> {
    let asked = OperationMapping {
        user: input.user,
        organization: input.organization,
        method: input.method,
        form: input.form.as_ref().map(|form| record(core.adapter(), form)),
        operation: input.operation.clone(),
    };
    let mapped = core
        .hooks()
        .call("map_operation", |hooks, call| async move { hooks.map_operation(&call, &asked).await })
        .await?;
    let Operation { name, data, .. } = input.operation;
    let Some(MappedOperation { template, name: new_name, data: new_data, form }) = mapped else {
        return Ok(Mapped { template: name.clone().unwrap_or_default(), name, data, form: input.form });
    };
    sound("map_operation", [Some(&template), new_name.as_ref(), new_data.as_ref()].into_iter().flatten())?;
    let form = form.map(|form| {
        let read = decode::<F>(core.adapter(), core.time(), form.as_str().as_bytes());
        read.map_err(|_| Fault::new("hook.failed").with_detail("map_operation gave what no form of this API is"))
    });
    Ok(Mapped { template, name: new_name.or(name), data: new_data.or(data), form: form.transpose()?.or(input.form) })
}

fn refused() -> Fault {
    Fault::new("operation.refused")
}
