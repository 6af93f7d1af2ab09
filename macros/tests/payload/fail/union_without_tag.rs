use countersign_runtime::{Json, Payload};

#[derive(Payload)]
pub enum Attribute {
    #[payload(name = "A")]
    First(Json),
    Second(Json),
    #[payload(unknown)]
    Unknown,
}

fn main() {}
