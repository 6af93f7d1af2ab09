use countersign_runtime::{ErrorTable, Fault};

mod rows {
    use countersign_runtime::{ErrorRow, Says};

    pub const USER_NOT_FOUND: ErrorRow = ErrorRow {
        status: 400,
        code: "USER_NOT_FOUND",
        answers: &["user.unknown"],
        says: Says::Key("user"),
        columns: &[],
    };
    pub const ERROR_GENERIC: ErrorRow = ErrorRow {
        status: 500,
        code: "ERROR",
        answers: &["unexpected"],
        says: Says::Key("error"),
        columns: &[],
    };
}

#[derive(Debug, ErrorTable)]
pub enum LookupError {
    UserNotFound(Fault),
    #[answers(store.unavailable, unexpected)]
    ErrorGeneric(Fault),
}

fn main() {
    use countersign_runtime::Answer;
    assert_eq!(LookupError::from(Fault::new("user.unknown")).row().status, 400);
    assert_eq!(LookupError::from(Fault::new("anything.else")).row().status, 500);
}
