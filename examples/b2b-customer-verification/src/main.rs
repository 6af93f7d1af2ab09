//! B2B Customer Care - Verification of a demo issuer. The rows of its tables stand beside the definition:
//! `cargo run -p example-b2b-customer-verification -- --dev --settings definitions/b2b-customer-verification/demo.yaml`.

use std::process::ExitCode;

#[rustfmt::skip]
mod generated;
mod hooks;

fn main() -> ExitCode {
    generated::serve(hooks::Adapter, hooks::DemoIssuer)
}
