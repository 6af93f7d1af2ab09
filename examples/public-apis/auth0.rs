//! The demo bank's hooks for Auth0's API: a user who has three methods, which nobody can change.

use countersign_runtime::{Call, Phone, Time};

use crate::auth0_authentication_methods::{
    AddMethod, AddMethodFault, AddMethodGives, ListMethods, ListMethodsFault, ListMethodsGives, Method, MethodType,
    NewMethod, OwnHooks, ReplaceMethods, ReplaceMethodsFault, ReplaceMethodsGives,
};
use crate::{Bank, PHONE, USER};

fn made((number, new): (usize, NewMethod)) -> Method {
    let NewMethod { type_, name, phone_number, since } = new;
    let (id, created_at) = (format!("m{number}"), Time::from_seconds(1_700_000_000));
    Method { id, type_, confirmed: true, name, phone_number, created_at, since }
}

fn named(name: &str) -> NewMethod {
    let (name, phone_number) = (Some(name.to_owned()), Phone::read(PHONE));
    NewMethod { type_: MethodType::Phone, name, phone_number, since: None }
}

impl OwnHooks for Bank {
    async fn list_methods(&self, _: &Call, asked: &ListMethods) -> Result<ListMethodsGives, ListMethodsFault> {
        let [number, size] = [asked.page_number, asked.page_size].map(|number| usize::try_from(number).unwrap_or(0));
        let all = ["home", "work", "sea"].map(named).into_iter().enumerate().map(made);
        let methods_all = all.skip(number * size).take(size).collect();
        let end = (number + 1) * size;
        Ok(ListMethodsGives { methods_all, methods_total: 3, page_next: (end < 3).then(|| format!("m{end}")) })
    }

    async fn replace_methods(
        &self,
        _: &Call,
        asked: &ReplaceMethods,
    ) -> Result<ReplaceMethodsGives, ReplaceMethodsFault> {
        Ok(ReplaceMethodsGives { methods_all: asked.methods_new.iter().cloned().enumerate().map(made).collect() })
    }

    async fn add_method(&self, _: &Call, asked: &AddMethod) -> Result<AddMethodGives, AddMethodFault> {
        let gives = AddMethodGives { method_made: made((3, asked.method_new.clone())) };
        (asked.user_id == USER).then_some(gives).ok_or(AddMethodFault::UserUnknown)
    }
}
