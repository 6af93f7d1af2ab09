use countersign_runtime::{ErrorTable, Fault};

mod rows {
    use countersign_runtime::{ErrorRow, Says};

    const ROW: ErrorRow =
        ErrorRow { status: 500, code: "E", answers: &["unexpected"], says: Says::Key("error"), columns: &[] };
    pub const ERR001: ErrorRow = ErrorRow { status: 400, answers: &["user.unknown"], ..ROW };
    pub const N404_LOST: ErrorRow = ErrorRow { status: 404, answers: &["route.unknown"], ..ROW };
    pub const SMS2FA_FAILED: ErrorRow = ErrorRow { status: 502, answers: &["sms.failed"], ..ROW };
    pub const SELF_: ErrorRow = ROW;
}

#[derive(Debug, ErrorTable)]
pub enum LookupError {
    Err001(Fault),
    N404Lost(Fault),
    Sms2faFailed(Fault),
    Self_(Fault),
}

fn main() {
    use countersign_runtime::Answer;
    for (fault, status) in [("user.unknown", 400), ("route.unknown", 404), ("sms.failed", 502), ("other", 500)] {
        assert_eq!(LookupError::from(Fault::new(fault)).row().status, status);
    }
}
