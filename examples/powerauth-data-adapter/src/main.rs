//! The PowerAuth Data Adapter of a demo bank: `cargo run -p example-powerauth-data-adapter -- --dev`.

use std::process::ExitCode;

mod directory;
#[rustfmt::skip]
mod generated;
mod hooks;

fn main() -> ExitCode {
    generated::serve(hooks::Adapter, hooks::DemoBank)
}
