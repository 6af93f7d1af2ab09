//! A bank behind Web Flow 0.23 to 1.0: `cargo run -p example-powerauth-data-adapter-0-23 -- --dev`.

use std::process::ExitCode;

#[rustfmt::skip]
mod generated;
mod hooks;

fn main() -> ExitCode {
    generated::serve(hooks::Adapter, hooks::SmallBank)
}
