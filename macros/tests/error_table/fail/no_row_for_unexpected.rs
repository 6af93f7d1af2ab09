use countersign_runtime::{ErrorTable, Fault};

#[derive(Debug, ErrorTable)]
pub enum LookupError {
    #[answers(user.unknown)]
    UserNotFound(Fault),
}

fn main() {
    let _ = LookupError::from(Fault::new("user.unknown"));
}
