use countersign_runtime::{Call, Hooks, hooks};

#[hooks]
pub trait OwnHooks: Hooks {
    async fn block(&self, call: &Call, input: &String) -> Result<(), String>;
    async fn perhaps(&self, _call: &Call, input: &String) -> usize {
        input.len()
    }
}

fn takes(_: &dyn DynOwnHooks) {}

fn main() {
    let _ = takes;
}
