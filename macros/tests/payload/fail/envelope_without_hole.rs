use countersign_runtime::Payload;

#[derive(Payload)]
pub struct Envelope<B> {
    pub request_object: B,
}

#[derive(Payload)]
pub struct Fixed {
    #[payload(body)]
    pub request_object: String,
}

fn main() {}
