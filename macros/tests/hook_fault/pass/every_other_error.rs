use countersign_runtime::{Fault, HookFault};

#[derive(Debug, HookFault)]
pub enum BlockCardFault {
    #[fault(card.unknown)]
    CardUnknown,
    #[fault(hook.failed)]
    Failed(String),
}

fn main() {
    let number = || -> Result<i64, BlockCardFault> { Ok("x".parse::<i64>()?) };
    assert_eq!(Fault::from(number().unwrap_err()).name, "hook.failed");
    assert_eq!(Fault::from(BlockCardFault::CardUnknown).name, "card.unknown");
}
