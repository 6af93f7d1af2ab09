// ErrorTable of LookupError

const _: &[fn(::countersign_runtime::__private::Fault) -> LookupError] = &[
    LookupError::UserNotFound,
    LookupError::ErrorGeneric,
];
#[automatically_derived]
impl ::core::convert::From<::countersign_runtime::__private::Fault> for LookupError {
    fn from(fault: ::countersign_runtime::__private::Fault) -> Self {
        let fault = fault.known_to(&["user.unknown", "store.unavailable", "unexpected"]);
        match fault.name {
            "user.unknown" => Self::UserNotFound(fault),
            _ => Self::ErrorGeneric(fault),
        }
    }
}
#[automatically_derived]
impl ::countersign_runtime::__private::Answer for LookupError {
    fn row(&self) -> &'static ::countersign_runtime::__private::ErrorRow {
        match self {
            Self::UserNotFound(_) => &rows::USER_NOT_FOUND,
            Self::ErrorGeneric(_) => &rows::ERROR_GENERIC,
        }
    }
    fn fault(&self) -> &::countersign_runtime::__private::Fault {
        match self {
            Self::UserNotFound(fault) => fault,
            Self::ErrorGeneric(fault) => fault,
        }
    }
}