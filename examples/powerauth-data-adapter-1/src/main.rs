//! The PowerAuth Data Adapter 1.x of a demo bank: `cargo run -p example-powerauth-data-adapter-1 -- --dev`.

use std::process::ExitCode;

mod directory;
#[rustfmt::skip]
mod generated;
mod hooks;
mod methods;

fn main() -> ExitCode {
    generated::serve(hooks::Adapter, hooks::DemoBank)
}
