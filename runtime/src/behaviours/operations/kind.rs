//! What the definition says of an operation.

use crate::adapter::{OperationKind, UnknownUser};
use crate::context::Core;
use crate::fault::Fault;

/// What the definition says of an operation.
///
/// # Errors
/// `operation.unknown`, if it has none of this name.
pub(crate) fn operation_kind(core: &Core, name: Option<&str>) -> Result<&'static OperationKind, Fault> {
    let kinds = core.adapter().operations.iter();
    let found = name.and_then(|name| kinds.into_iter().find(|kind| kind.name == name));
    found.ok_or_else(|| Fault::new("operation.unknown"))
}

/// True if this operation does not disclose that a user is unknown.
pub(crate) fn hides_unknown_users(core: &Core, operation: Option<&str>) -> bool {
    let kinds = core.adapter().operations.iter();
    kinds.filter(|kind| Some(kind.name) == operation).any(|kind| kind.unknown_user == UnknownUser::Silent)
}
