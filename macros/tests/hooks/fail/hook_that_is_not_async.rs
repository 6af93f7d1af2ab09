use countersign_runtime::{Call, Hooks, hooks};

#[hooks]
pub trait OwnHooks: Hooks {
    fn block(&self, call: &Call, input: &String) -> Result<(), String>;
    async fn owned(&self, call: &Call, input: String) -> Result<(), String>;
}

#[hooks(now)]
pub trait Alone {
    async fn block(&self, call: &Call) -> Result<(), String>;
}

fn main() {}
