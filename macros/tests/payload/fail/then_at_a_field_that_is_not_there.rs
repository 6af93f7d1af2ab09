use countersign_runtime::Payload;

#[derive(Payload)]
pub struct Request {
    #[then(operation.amount, at = operation_contxt, required = "amount.empty")]
    #[then(amount, required)]
    pub user_id: Option<String>,
    #[payload(is(operation.account, where(key = "operation.account")))]
    pub value: Option<String>,
}

fn main() {}
