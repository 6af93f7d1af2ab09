//! Walley Identify Buyer of a demo register: `cargo run -p example-walley-identify-buyer -- --dev`.

use std::process::ExitCode;

#[rustfmt::skip]
mod generated;
mod hooks;

fn main() -> ExitCode {
    generated::serve(hooks::Adapter, hooks::DemoRegister)
}
