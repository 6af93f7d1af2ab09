use countersign_runtime::HookFault;

#[derive(Debug, HookFault)]
pub enum BlockCardFault {
    #[fault(card.unknown)]
    CardUnknown,
    Lost,
}

fn main() {}
