use countersign_runtime::{ErrorTable, Fault};

#[derive(Debug, ErrorTable)]
pub enum LookupError {
    #[answers(user.unknown, unexpected)]
    UserNotFound(Fault),
    #[answers(user.unknown)]
    ErrorGeneric(Fault),
    #[answers()]
    Empty,
}

fn main() {}
