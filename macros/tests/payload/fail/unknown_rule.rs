use countersign_runtime::Payload;

#[derive(Payload)]
pub struct Request {
    #[check(required = "name.empty", longest(40, "name.long"))]
    pub name: String,
    #[payload(meaning = user.id)]
    pub id: String,
}

fn main() {
    let _ = <Request as Payload>::TYPE;
}
