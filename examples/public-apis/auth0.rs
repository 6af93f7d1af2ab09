//! The demo bank's hooks for Auth0's API: a user who has three methods, which nobody can change.

use countersign_runtime::{Call, Phone, Time};

use crate::auth0_authentication_methods::{
    AddMethod, AddMethodFault, AddMethodGives, ListMethods, ListMethodsFault, ListMethodsGives, Method, MethodType,
    NewMethod, OwnHooks, ReplaceMethods, ReplaceMethodsFault, ReplaceMethodsGives,
};
use crate::{Bank, PHONE, USER};

fn made(number: usize, new: NewMethod) -> Method {
    let NewMethod { type_, name, phone_number, since } = new;
    Method {
        id: format!("m{number}"),
        type_,
        confirmed: true,
        name,
        phone_number,
        created_at: Time::from_seconds(1_700_000_000),
        since,
    }
}

fn methods() -> Vec<Method> {
    let new = |name: &str| NewMethod {
        type_: MethodType::Phone,
        name: Some(name.to_owned()),
        phone_number: Phone::read(PHONE),
        since: None,
    };
    ["home", "work", "sea"].map(new).into_iter().enumerate().map(|(number, new)| made(number, new)).collect()
}

impl OwnHooks for Bank {
    async fn list_methods(&self, _: &Call, asked: &ListMethods) -> Result<ListMethodsGives, ListMethodsFault> {
        let (all, size) = (methods(), usize::try_from(asked.page_size).unwrap_or(1));
        let end = usize::try_from(asked.page_number).unwrap_or(0).saturating_mul(size).saturating_add(size);
        let page_next = (end < all.len()).then(|| format!("m{end}"));
        let page = all.into_iter().take(end).skip(end.saturating_sub(size)).collect();
        Ok(ListMethodsGives { methods_all: page, methods_total: 3, page_next })
    }

    async fn replace_methods(
        &self,
        _: &Call,
        asked: &ReplaceMethods,
    ) -> Result<ReplaceMethodsGives, ReplaceMethodsFault> {
        let all = asked.methods_new.iter().cloned().enumerate().map(|(number, new)| made(number, new));
        Ok(ReplaceMethodsGives { methods_all: all.collect() })
    }

    async fn add_method(&self, _: &Call, asked: &AddMethod) -> Result<AddMethodGives, AddMethodFault> {
        let is_known = asked.user_id == USER;
        let made = made(3, asked.method_new.clone());
        is_known.then_some(AddMethodGives { method_made: made }).ok_or(AddMethodFault::UserUnknown)
    }
}
