//! What the macros expand to, and what they say of mistakes, as files that a person reads. `BLESS=1` accepts a change.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{DeriveInput, Item};

use crate::{api, error_table, form, hook_fault, hooks, one_time_code, payload, row, session, settings, wire_enum};

type Derive = (&'static str, fn(&DeriveInput) -> TokenStream);

const DERIVES: [Derive; 9] = [
    ("ErrorTable", error_table::expand),
    ("Form", form::expand),
    ("HookFault", hook_fault::expand),
    ("OneTimeCode", one_time_code::expand),
    ("Payload", payload::expand),
    ("Row", row::expand),
    ("Session", session::expand),
    ("Settings", settings::expand),
    ("WireEnum", wire_enum::expand),
];

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The derives of an item that are ours, in their order there.
fn derives(attributes: &[syn::Attribute]) -> Vec<Derive> {
    let mut found = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        let _ = attribute.parse_nested_meta(|meta| {
            let name = meta.path.segments.last().map(|last| last.ident.to_string());
            found.extend(DERIVES.iter().filter(|(derive, _)| name.as_deref() == Some(derive)).copied());
            Ok(())
        });
    }
    found
}

/// What the macros at an item make beside it.
fn expanded(item: &Item) -> Vec<(String, TokenStream)> {
    let (name, attributes) = match item {
        Item::Struct(item) => (&item.ident, &item.attrs),
        Item::Enum(item) => (&item.ident, &item.attrs),
        Item::Union(item) => (&item.ident, &item.attrs),
        Item::Trait(item) => return expanded_trait(item),
        _ => return Vec::new(),
    };
    let input: DeriveInput = syn::parse2(item.to_token_stream()).unwrap();
    derives(attributes).into_iter().map(|(derive, expand)| (format!("{derive} of {name}"), expand(&input))).collect()
}

fn expanded_trait(item: &syn::ItemTrait) -> Vec<(String, TokenStream)> {
    let mut without = item.clone();
    let at = without.attrs.iter().position(|attribute| {
        attribute.path().segments.last().is_some_and(|last| last.ident == "api" || last.ident == "hooks")
    });
    let Some(at) = at else { return Vec::new() };
    let attribute = without.attrs.remove(at);
    let arguments = match &attribute.meta {
        syn::Meta::List(list) => list.tokens.clone(),
        _ => TokenStream::new(),
    };
    let is_api = attribute.path().segments.last().is_some_and(|last| last.ident == "api");
    let expand = if is_api { api::expand } else { hooks::expand };
    vec![(
        format!("{} of {}", if is_api { "api" } else { "hooks" }, item.ident),
        expand(arguments, without.to_token_stream()),
    )]
}

/// Holds a text to a file, or writes it there.
fn held(path: &Path, text: &str) {
    if std::env::var_os("BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let before = fs::read_to_string(path).unwrap_or_default();
    assert!(before == text, "{} is not as it was; BLESS=1 accepts what is made now:\n{text}", path.display());
}

#[test]
fn what_macros_expand_to_can_be_read() {
    let mut seen = 0;
    for folder in fs::read_dir(tests()).unwrap().flatten().map(|entry| entry.path()) {
        let Ok(files) = fs::read_dir(folder.join("pass")) else { continue };
        for file in files.flatten().map(|entry| entry.path()) {
            let items = syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap().items;
            let mut text = String::new();
            for (what, tokens) in items.iter().flat_map(expanded) {
                let parsed = syn::parse2(tokens).unwrap_or_else(|error| panic!("{what}: {error}"));
                text.push_str(&format!("// {what}\n\n{}\n", prettyplease::unparse(&parsed)));
                seen += 1;
            }
            held(&folder.join("expanded").join(file.file_name().unwrap()), text.trim_end_matches('\n'));
        }
    }
    assert!(seen >= 20, "{seen} expansions");
}

/// The texts of all `compile_error!` in these tokens.
fn messages(tokens: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Ident(name) if name == "compile_error" => {
                let group = tokens.by_ref().find_map(|token| match token {
                    TokenTree::Group(group) => Some(group),
                    _ => None,
                });
                let text: syn::LitStr = syn::parse2(group.unwrap().stream()).unwrap();
                found.push(text.value());
            }
            TokenTree::Group(group) => found.extend(messages(group.stream())),
            _ => {}
        }
    }
    found
}

/// Each file holds mistakes, apart by `---`: an item, then a line `=> message` for each message.
#[test]
fn every_mistake_has_its_message() {
    let mut seen = 0;
    for file in fs::read_dir(tests().join("errors")).unwrap().flatten().map(|entry| entry.path()) {
        let text = fs::read_to_string(&file).unwrap();
        let mut made = Vec::new();
        for case in text.split("---\n") {
            let source: String =
                case.lines().filter(|line| !line.starts_with("=> ")).map(|line| format!("{line}\n")).collect();
            let item: Item =
                syn::parse_str(&source).unwrap_or_else(|error| panic!("{}: {error}\n{source}", file.display()));
            let said: Vec<String> = expanded(&item).into_iter().flat_map(|(_, tokens)| messages(tokens)).collect();
            assert!(!said.is_empty(), "nothing is said of\n{source}");
            seen += said.len();
            let said: String = said.iter().map(|message| format!("=> {message}\n")).collect();
            made.push(source + &said);
        }
        held(&file, &made.join("---\n"));
    }
    assert!(seen > 60, "{seen} messages");
}
