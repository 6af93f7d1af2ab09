//! Wallet Engine Account Activation of a demo programme:
//! `cargo run -p example-wallet-engine-activation -- --dev --settings examples/wallet-engine-activation/settings.yaml`.

use std::process::ExitCode;

use example_wallet_engine_activation::{generated, hooks};

fn main() -> ExitCode {
    generated::serve(hooks::Adapter, hooks::DemoProgramme)
}
