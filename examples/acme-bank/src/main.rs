//! Acme Bank's adapter: `cargo run -p example-acme-bank -- --dev`.

use std::process::ExitCode;

#[rustfmt::skip]
mod generated;
mod hooks;

fn main() -> ExitCode {
    generated::serve(hooks::Adapter, hooks::AcmeBank)
}
