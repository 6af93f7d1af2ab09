use countersign_runtime::{Call, Hooks, hooks};

pub struct H;

#[hooks]
pub trait OwnHooks: Hooks {
    async fn h(&self, call: &Call, input: &H) -> Result<H, String>;
}

fn takes(_: &dyn DynOwnHooks) {}

fn main() {
    let _ = takes;
}
