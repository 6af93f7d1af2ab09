//! The derives and attributes of countersign's generated code. They read the tokens in front of them and nothing else;
//! what they expand to is mostly calls into `countersign_runtime::__private`. Their attributes are described where
//! they are re-exported, in `countersign-runtime`.

mod api;
mod asyncs;
mod attr;
mod duration;
mod error_table;
mod form;
mod hook_fault;
mod hooks;
mod one_time_code;
mod payload;
mod report;
mod row;
mod session;
mod settings;
mod stub;
#[cfg(test)]
mod tests;
mod wire_enum;

use proc_macro::TokenStream as Tokens;
use proc_macro2::TokenStream;
use syn::DeriveInput;

/// Reads, checks and writes a struct or a tagged union.
#[proc_macro_derive(Payload, attributes(payload, check, then))]
pub fn payload(input: Tokens) -> Tokens {
    derive(input, payload::expand)
}

/// Reads and writes an enum by its names on the wire.
#[proc_macro_derive(WireEnum, attributes(wire))]
pub fn wire_enum(input: Tokens) -> Tokens {
    derive(input, wire_enum::expand)
}

/// Lets behaviours add to a form.
#[proc_macro_derive(Form, attributes(form))]
pub fn form(input: Tokens) -> Tokens {
    derive(input, form::expand)
}

/// Answers faults by rows of the error table.
#[proc_macro_derive(ErrorTable, attributes(answers, shows))]
pub fn error_table(input: Tokens) -> Tokens {
    derive(input, error_table::expand)
}

/// Reads a row of a table.
#[proc_macro_derive(Row, attributes(row, key, column))]
pub fn row(input: Tokens) -> Tokens {
    derive(input, row::expand)
}

/// Reads what may be set without generating again.
#[proc_macro_derive(Settings, attributes(setting, table))]
pub fn settings(input: Tokens) -> Tokens {
    derive(input, settings::expand)
}

/// Describes a kind of one-time code, and what it is bound to.
#[proc_macro_derive(OneTimeCode, attributes(code, bound, kept))]
pub fn one_time_code(input: Tokens) -> Tokens {
    derive(input, one_time_code::expand)
}

/// Describes a kind of session, and what it is bound to.
#[proc_macro_derive(Session, attributes(session, bound))]
pub fn session(input: Tokens) -> Tokens {
    derive(input, session::expand)
}

/// Turns the errors of a definition's own hook into faults.
#[proc_macro_derive(HookFault, attributes(fault))]
pub fn hook_fault(input: Tokens) -> Tokens {
    derive(input, hook_fault::expand)
}

/// Makes an adapter of a trait with a method for each endpoint.
#[proc_macro_attribute]
pub fn api(arguments: Tokens, item: Tokens) -> Tokens {
    api::expand(arguments.into(), item.into()).into()
}

/// Lets a trait of hooks be written with `async fn` and called behind a pointer.
#[proc_macro_attribute]
pub fn hooks(arguments: Tokens, item: Tokens) -> Tokens {
    hooks::expand(arguments.into(), item.into()).into()
}

/// The way of every derive: parse, expand, or report the mistakes beside a stub.
fn derive(input: Tokens, expand: fn(&DeriveInput) -> TokenStream) -> Tokens {
    match syn::parse(input) {
        Ok(input) => expand(&input).into(),
        Err(error) => error.to_compile_error().into(),
    }
}
