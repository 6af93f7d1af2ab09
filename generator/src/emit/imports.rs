//! The imports of a generated file: finds the names that it uses and does not have, and imports each from where it is,
//! the other generated files or the runtime. So no `use` is forgotten, and none is written that nobody needs.

use std::collections::BTreeSet;

use proc_macro2::TokenTree;
use syn::visit::{self, Visit};
use syn::{Attribute, File, Item, Meta, Path, Token, punctuated::Punctuated};

/// Names that are there without a `use`.
const PRELUDE: [&str; 20] = [
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Eq",
    "Err",
    "From",
    "Into",
    "None",
    "Ok",
    "Option",
    "PartialEq",
    "Result",
    "Self",
    "Send",
    "Some",
    "String",
    "Sync",
    "ToString",
    "Vec",
];

/// The imports of a file, as `use` lines. `siblings` are the names that the other generated files have.
pub fn imports_for(file: &File, siblings: &BTreeSet<&str>) -> String {
    let foreign = foreign(file);
    let (ours, runtimes): (Vec<&String>, Vec<&String>) =
        foreign.iter().partition(|name| siblings.contains(name.as_str()));
    lines("countersign_runtime", &runtimes) + &lines("super", &ours)
}

/// The imports of a file that has all names of the others already, as `use` lines.
pub fn runtime_imports_for(file: &File, known: &BTreeSet<&str>) -> String {
    let foreign = foreign(file);
    lines("countersign_runtime", &foreign.iter().filter(|name| !known.contains(name.as_str())).collect::<Vec<_>>())
}

fn lines(from: &str, names: &[&String]) -> String {
    match names {
        [] => String::new(),
        [only] => format!("use {from}::{only};\n"),
        names => {
            let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
            format!("use {from}::{{{}}};\n", names.join(", "))
        }
    }
}

fn foreign(file: &File) -> BTreeSet<String> {
    let own: BTreeSet<String> = file.items.iter().flat_map(names_of).collect();
    let mut used = Used::default();
    used.visit_file(file);
    let foreign = used.names.difference(&own).filter(|name| !PRELUDE.contains(&name.as_str()));
    foreign.cloned().collect()
}

/// The names that an item brings into its file; of a trait of hooks also the one that its attribute makes.
pub fn names_of(item: &Item) -> Vec<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Mod(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Trait(item) if item.attrs.iter().any(|attribute| attribute.path().is_ident("hooks")) => {
            return vec![item.ident.to_string(), format!("Dyn{}", item.ident)];
        }
        Item::Trait(item) => &item.ident,
        _ => return Vec::new(),
    };
    vec![ident.to_string()]
}

/// Methods of traits, and the trait that must be there for each.
const THROUGH: [(&str, &str); 2] = [("find", "Payload"), ("find_as", "Payload")];

fn trait_for(name: &syn::Ident) -> Option<String> {
    THROUGH.iter().find(|(member, _)| name == member).map(|(_, import)| (*import).to_owned())
}

impl Used {
    /// What `when("Type" = IdentificationType::Phone)` names.
    fn visit_values(&mut self, tokens: proc_macro2::TokenStream) {
        let mut after_equals = false;
        for token in tokens {
            match &token {
                TokenTree::Group(group) => self.visit_values(group.stream()),
                TokenTree::Ident(name) if after_equals => self.names.extend([name.to_string()]),
                _ => {}
            }
            after_equals = matches!(&token, TokenTree::Punct(mark) if mark.as_char() == '=');
        }
    }
}

#[derive(Default)]
struct Used {
    names: BTreeSet<String>,
    generics: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Used {
    fn visit_path(&mut self, path: &'ast Path) {
        let first = path.segments.first().map(|segment| segment.ident.to_string());
        // Local variables begin in lower case, and so do crates and `self`: none of them is imported.
        let foreign = first.filter(|name| name.starts_with(|first: char| first.is_ascii_uppercase()));
        self.names.extend(foreign.filter(|name| !self.generics.contains(name)));
        visit::visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.names.extend(trait_for(&call.method));
        visit::visit_expr_method_call(self, call);
    }

    fn visit_generics(&mut self, generics: &'ast syn::Generics) {
        self.generics.extend(generics.type_params().map(|param| param.ident.to_string()));
        visit::visit_generics(self, generics);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        let Meta::List(list) = &attribute.meta else {
            self.names.extend(attribute.path().is_ident("hooks").then(|| "hooks".to_owned()));
            return;
        };
        if attribute.path().is_ident("derive") {
            let traits = list.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
            traits.iter().flatten().for_each(|path| self.visit_path(path));
        }
        if attribute.path().is_ident("api") {
            self.names.insert("api".to_owned());
            let arguments = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
            for argument in arguments.into_iter().flatten() {
                if let Meta::NameValue(argument) = argument {
                    let mut inner = Used::default();
                    inner.visit_expr(&argument.value);
                    let made = inner.names.iter().filter(|_| argument.path.is_ident("hooks"));
                    self.names.extend(made.map(|name| format!("Dyn{name}")).collect::<Vec<_>>());
                    self.names.extend(inner.names);
                }
            }
        }
    }

    fn visit_trait_item_fn(&mut self, method: &'ast syn::TraitItemFn) {
        let routes = method.attrs.iter().filter(|attribute| attribute.path().is_ident("endpoint"));
        for route in routes.filter_map(|route| route.meta.require_list().ok()) {
            self.visit_values(route.tokens.clone());
        }
        visit::visit_trait_item_fn(self, method);
    }

    fn visit_item_mod(&mut self, _module: &'ast syn::ItemMod) {
        // A module inside has its own `use` lines.
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        let shows = variant.attrs.iter().filter(|attribute| attribute.path().is_ident("shows"));
        for shown in shows.filter_map(|attribute| attribute.parse_args::<Path>().ok()) {
            self.names.extend(shown.segments.first().map(|segment| segment.ident.to_string()));
        }
        visit::visit_fields(self, &variant.fields);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_row_shows_in_place_of_the_failure_is_imported() {
        let file =
            "#[derive(ErrorTable)] enum CheckError { #[answers(otp.wrong)] #[shows(CheckFailure)] Wrong(Fault) }";
        let siblings = BTreeSet::from(["CheckFailure"]);
        let imports = imports_for(&syn::parse_file(file).unwrap(), &siblings);
        assert_eq!(imports, "use countersign_runtime::{ErrorTable, Fault};\nuse super::CheckFailure;\n");
    }
}
