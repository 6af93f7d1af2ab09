use countersign_runtime::Payload;

#[derive(Payload)]
pub struct Request {
    #[payload(is = user.username, accepts(blanks))]
    pub name: String,
    #[payload(is = user.password, accepts(number, separators))]
    pub password: countersign_runtime::Secret<String>,
    #[payload(is = user.id, accepts(blanks))]
    pub id: String,
}

fn main() {}
