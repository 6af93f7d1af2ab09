//! What the bank adds to an operation's form: the accounts to choose from.

use std::sync::Arc;

use super::kind::operation_kind;
use crate::behaviours::users::find::{FindUser, find_user};
use crate::context::Core;
use crate::entities::{AccountChoice, BankAccount};
use crate::fault::Fault;
use crate::wire::Form;

/// The most accounts that are taken from a hook.
const MOST_ACCOUNTS: usize = 1_000;

/// The longest text that is taken for a part of an account, in characters.
const LONGEST_TEXT: usize = 256;

/// Which form to add to.
#[derive(Debug, Default)]
pub struct DecorateForm<F> {
    /// Whose accounts.
    pub user: Option<String>,
    /// The operation's name.
    pub operation: Option<String>,
    /// The form.
    pub form: Option<F>,
    /// The organization in which the user is looked up.
    pub organization: Option<String>,
    /// The language of the reasons why an account cannot be used; the caller's if none is given.
    pub language: Option<String>,
}

/// [`Core::decorate_form`].
pub(in crate::behaviours) async fn decorate_form<F: Form>(core: &Core, input: DecorateForm<F>) -> Result<F, Fault> {
    let mut form = input.form.ok_or_else(|| Fault::new("unexpected").with_detail("there is no form"))?;
    let kind = operation_kind(core, input.operation.as_deref()).ok();
    let find = FindUser {
        user: input.user,
        organization: input.organization,
        operation: input.operation,
        ..Default::default()
    };
    let user = find_user(core, find).await?;
    let Some(id) = kind.and_then(|kind| kind.accounts) else { return Ok(form) };
    let accounts = accounts_of_user(core, user.id, input.language.as_deref()).await?;
    let Some(first) = accounts.first() else { return Ok(form) };
    let (enabled, default) = match form.config_of(id) {
        Some(config) => (config.enabled, config.default),
        None => (true, Some(first.id.clone())),
    };
    form.put_choice(AccountChoice { id: id.to_owned(), accounts, enabled, default });
    Ok(form)
}

async fn accounts_of_user(core: &Core, user: String, language: Option<&str>) -> Result<Vec<BankAccount>, Fault> {
    let (hooks, mut call) = core.hooks().both();
    if let Some(language) = language {
        Arc::make_mut(&mut call).language = core.shared.texts.language(language).to_owned();
    }
    let accounts =
        core.shared.guard.own("bank_accounts", async move { hooks.bank_accounts(&call, &user).await }).await?;
    if accounts.len() > MOST_ACCOUNTS || !accounts.iter().all(is_sound) {
        return Err(Fault::new("hook.failed").with_detail("bank_accounts gave what no account is"));
    }
    Ok(accounts)
}

fn is_sound(account: &BankAccount) -> bool {
    let texts = [&account.id, &account.number, &account.name, &account.currency];
    let sound = |text: &str| text.chars().count() <= LONGEST_TEXT && !text.chars().any(char::is_control);
    !account.id.is_empty() && texts.into_iter().chain(&account.unusable_reason).all(|text| sound(text))
}
