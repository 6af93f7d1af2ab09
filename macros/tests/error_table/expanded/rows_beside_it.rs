// ErrorTable of LookupError

#[automatically_derived]
impl ::core::convert::From<::countersign_runtime::__private::Fault> for LookupError {
    fn from(fault: ::countersign_runtime::__private::Fault) -> Self {
        const TABLE: &[&[&str]] = &[
            rows::USER_NOT_FOUND.answers,
            &["store.unavailable", "unexpected"],
        ];
        const _: () = ::core::assert!(
            ! ::countersign_runtime::__private::answers_twice(TABLE),
            "two rows answer the same fault"
        );
        const _: () = ::core::assert!(
            ::countersign_runtime::__private::answers_unexpected(TABLE),
            "no row answers `unexpected`, where every fault goes that no row names"
        );
        match ::countersign_runtime::__private::row_of(fault, TABLE) {
            (0, fault) => Self::UserNotFound(fault),
            (_, fault) => Self::ErrorGeneric(fault),
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