//! A bank for a written definition, as Rust: its own hooks answer samples, and note what they were given. It is made from
//! the generated hooks, so whatever types they have are its types too.

use anyhow::{Context, Result};
use countersign::emit::File;
use quote::ToTokens;
use syn::{Fields, Item, ItemEnum, ItemStruct, ReturnType, TraitItem, TraitItemFn, Type};

/// The text of `bank.rs`, a module beside the generated ones.
///
/// # Errors
/// The generated hooks are no Rust.
pub fn text(files: &[File], has_gateway: bool) -> Result<String> {
    let mut text = String::from(if has_gateway { GATEWAY } else { LOOKUP });
    let Some(hooks) = files.iter().find(|file| file.name == "hooks.rs") else { return Ok(text) };
    let items = syn::parse_file(&hooks.text).context("hooks.rs")?.items;
    for item in &items {
        match item {
            Item::Struct(item) if !item.ident.to_string().ends_with("Fault") => text.push_str(&sampled(item)),
            Item::Enum(item) if !item.ident.to_string().ends_with("Fault") => text.push_str(&first(item)),
            Item::Trait(item) if item.ident == "OwnHooks" => {
                let methods =
                    item.items.iter().filter_map(|item| if let TraitItem::Fn(one) = item { Some(one) } else { None });
                let methods: String = methods.map(method).collect();
                text.push_str(&format!("impl OwnHooks for Bank {{\n{methods}}}\n"));
            }
            _ => {}
        }
    }
    Ok(text)
}

fn method(one: &TraitItemFn) -> String {
    let signature = one.sig.to_token_stream();
    let name = one.sig.ident.to_string();
    let gives = match &one.sig.output {
        ReturnType::Type(_, ty) => ok_type(ty),
        ReturnType::Default => None,
    };
    let given = if gives.is_some_and(|ty| ty != "()") { "Sample::sample(\"\")" } else { "()" };
    let has_input = one.sig.inputs.len() > 2;
    let input = if has_input { "format!(\"{input:?}\")" } else { "String::new()" };
    format!("    {signature} {{ served::seen({name:?}, {input}, call); Ok({given}) }}\n")
}

/// What stands first in `Result<A, B>`.
fn ok_type(ty: &Type) -> Option<String> {
    let Type::Path(path) = ty else { return None };
    let syn::PathArguments::AngleBracketed(arguments) = &path.path.segments.last()?.arguments else { return None };
    arguments.args.first().map(|first| first.to_token_stream().to_string().replace(' ', ""))
}

fn sampled(item: &ItemStruct) -> String {
    let Fields::Named(fields) = &item.fields else { return String::new() };
    let name = &item.ident;
    let fields: String = fields
        .named
        .iter()
        .filter_map(|field| field.ident.as_ref())
        .map(|field| format!("{field}: Sample::sample({:?}), ", field.to_string()))
        .collect();
    format!("impl Sample for {name} {{ fn sample(_name: &str) -> Self {{ Self {{ {fields} }} }} }}\n")
}

fn first(item: &ItemEnum) -> String {
    let (name, Some(first)) = (&item.ident, item.variants.first()) else { return String::new() };
    format!("impl Sample for {name} {{ fn sample(_name: &str) -> Self {{ Self::{} }} }}\n", first.ident)
}

const LOOKUP: &str = "\
use super::*;
use countersign_proofs::sample::{self, Sample};
use countersign_proofs::served;
use countersign_runtime::*;

pub struct Bank;
pub struct Adapted;
impl DataAdapter for Adapted {}
pub fn app(options: StartOptions) -> Result<App, StartError> { start(Adapted, Bank, options) }
impl LookupHooks for Bank {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> { sample::user(lookup) }
    async fn verify_password(&self, _call: &Call, _check: &PasswordCheck) -> Result<PasswordResult, HookError> { Ok(PasswordResult::Right) }
}
";

const GATEWAY: &str = "\
use super::*;
use countersign_proofs::sample::{self, Sample};
use countersign_proofs::served;
use countersign_runtime::*;

pub struct Bank;
pub struct Adapted;
impl DataAdapter for Adapted {}
pub fn app(options: StartOptions) -> Result<App, StartError> { start(Adapted, Bank, options) }
impl Hooks for Bank {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> { sample::user(lookup) }
    async fn send_sms(&self, _call: &Call, sms: &Sms) -> Result<(), HookError> { served::sent(sms) }
    async fn verify_password(&self, _call: &Call, _check: &PasswordCheck) -> Result<PasswordResult, HookError> { Ok(PasswordResult::Right) }
    async fn bank_accounts(&self, _call: &Call, _user_id: &str) -> Result<Vec<BankAccount>, HookError> { Ok(sample::accounts()) }
}
";
