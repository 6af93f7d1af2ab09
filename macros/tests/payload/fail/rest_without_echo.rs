use countersign_runtime::{Payload, Rest};

#[derive(Payload)]
pub struct Forgets {
    #[payload(rest)]
    pub rest: Rest,
}

#[derive(Payload)]
#[payload(unknown = echo)]
pub struct Keeps {
    pub id: Option<String>,
}

fn main() {}
