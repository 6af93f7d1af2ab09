use countersign_runtime::Payload;

#[derive(Payload)]
pub struct Request {
    pub user_id: String,
    #[payload(also = "userId")]
    pub account: String,
}

fn main() {}
