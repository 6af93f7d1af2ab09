//! Where a password was right and its hash is weaker than the adapter would make it: a better one, for banks that keep
//! such. Nobody's sign-in fails for it.

use std::sync::Arc;

use zeroize::Zeroizing;

use crate::context::Core;
use crate::entities::User;
use crate::hooks::{DynHooks, HookExecutor, NewPasswordHash};
use crate::values::Secret;

/// Asks the bank whether it keeps better hashes. One that does not say so has none made.
pub(crate) fn keeps_password_hashes(guard: &HookExecutor, hooks: &Arc<dyn DynHooks>) -> bool {
    let hooks = hooks.clone();
    guard.at_the_start("keeps_password_hashes", move || hooks.keeps_password_hashes()).unwrap_or_else(|fault| {
        let because = fault.inner.as_deref().unwrap_or_default();
        tracing::warn!(fault = fault.name, because, "the bank did not say whether it keeps hashes of passwords");
        false
    })
}

/// A better hash of a password that is right, if the bank keeps such and there is something to be better than.
pub(super) async fn better_hash(core: &Core, user: &User, password: &Secret<String>) -> Option<Secret<String>> {
    if !core.shared.keeps_password_hashes {
        return None;
    }
    let typed = Zeroizing::new(password.expose().clone());
    let phc = user.password_hash.as_deref()?;
    core.shared.passwords.better(typed, phc, core.shared.keys.ring()).await.ok().flatten().map(Secret::new)
}

/// Gives the bank a better hash.
pub(super) async fn give_better_hash(core: &Core, user: &User, better: Option<Secret<String>>) {
    let Some(phc) = better else { return };
    let hash = NewPasswordHash { user: user.clone(), phc };
    let kept = core
        .hooks()
        .call("keep_password_hash", |hooks, call| async move { hooks.keep_password_hash(&call, &hash).await })
        .await;
    if let Err(fault) = kept {
        core.audit().record_hook_failure("keep_password_hash", &user.id, &fault).await;
    }
}
