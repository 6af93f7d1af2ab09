//! `Row`: a row of a table of the settings, each column with the meaning that it is called by there.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Field, Fields, Ident, LitStr};

use crate::attr::Dotted;
use crate::report::{Report, with_stub};

/// A row: the table's name, and the columns.
struct Row {
    table: LitStr,
    columns: Vec<Column>,
}

/// A column: its field, its name in the settings, and whether rows are found by it.
struct Column {
    field: Ident,
    name: String,
    is_key: bool,
}

/// Expands the derive.
pub fn expand(input: &DeriveInput) -> TokenStream {
    match row(input) {
        Ok(row) => implementation(&input.ident, &row),
        Err(error) => with_stub(&error, stub(&input.ident)),
    }
}

fn row(input: &DeriveInput) -> syn::Result<Row> {
    let Data::Struct(syn::DataStruct { fields: Fields::Named(fields), .. }) = &input.data else {
        return Err(syn::Error::new_spanned(&input.ident, "`Row` is derived on a struct with named fields"));
    };
    let mut report = Report::default();
    let named = input.attrs.iter().find(|attribute| attribute.path().is_ident("row"));
    let table = match named {
        Some(attribute) => report.noted(attribute.parse_args::<LitStr>()),
        None => {
            report.mistake(&input.ident, "say which table it is a row of: `#[row(\"name\")]`");
            None
        }
    };
    let columns: Vec<Column> = fields.named.iter().filter_map(|field| column(field, &mut report)).collect();
    if !columns.iter().any(|column| column.is_key) {
        report.mistake(&input.ident, "say what a row is found by: `#[key(entity.attribute)]` on a field");
    }
    report.finish()?;
    Ok(Row { table: table.unwrap_or_else(|| LitStr::new("", input.ident.span())), columns })
}

fn column(field: &Field, report: &mut Report) -> Option<Column> {
    let name = field.ident.clone()?;
    let is = |word: &str| field.attrs.iter().find(|attribute| attribute.path().is_ident(word));
    let (attribute, is_key) = match (is("key"), is("column")) {
        (Some(key), None) => (key, true),
        (None, Some(column)) => (column, false),
        _ => {
            report.mistake(
                &name,
                "say what the column means: `#[key(entity.attribute)]` or `#[column(entity.attribute)]`",
            );
            return None;
        }
    };
    let meaning = report.noted(attribute.parse_args::<Dotted>())?;
    Some(Column { field: name, name: meaning.name, is_key })
}

fn implementation(name: &Ident, Row { table, columns }: &Row) -> TokenStream {
    let fault = LitStr::new(&format!("{}.unknown", table.value()), table.span());
    let fields: Vec<_> = columns.iter().map(|column| &column.field).collect();
    let names: Vec<_> = columns.iter().map(|column| &column.name).collect();
    let keys = columns.iter().filter(|column| column.is_key).map(|column| &column.field);
    quote! {
        #[automatically_derived]
        impl ::countersign_runtime::__private::Row for #name {
            const UNKNOWN: &'static str = #fault;

            fn read(__cells: &mut ::countersign_runtime::__private::Cells<'_>) -> ::core::option::Option<Self> {
                #(let #fields = __cells.take(#names);)*
                ::core::option::Option::Some(Self { #(#fields: #fields?),* })
            }

            fn key(&self) -> ::std::vec::Vec<::std::string::String> {
                ::std::vec![#(::core::clone::Clone::clone(&self.#keys)),*]
            }
        }
    }
}

fn stub(name: &Ident) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl ::countersign_runtime::__private::Row for #name {
            const UNKNOWN: &'static str = "";

            fn read(_: &mut ::countersign_runtime::__private::Cells<'_>) -> ::core::option::Option<Self> {
                ::core::unreachable!()
            }

            fn key(&self) -> ::std::vec::Vec<::std::string::String> {
                ::core::unreachable!()
            }
        }
    }
}
