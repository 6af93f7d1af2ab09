// ErrorTable of LookupError

#[automatically_derived]
impl ::core::convert::From<::countersign_runtime::__private::Fault> for LookupError {
    fn from(fault: ::countersign_runtime::__private::Fault) -> Self {
        const TABLE: &[&[&str]] = &[
            rows::ERR001.answers,
            rows::N404_LOST.answers,
            rows::SMS2FA_FAILED.answers,
            rows::SELF_.answers,
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
            (0, fault) => Self::Err001(fault),
            (1, fault) => Self::N404Lost(fault),
            (2, fault) => Self::Sms2faFailed(fault),
            (_, fault) => Self::Self_(fault),
        }
    }
}
#[automatically_derived]
impl ::countersign_runtime::__private::Answer for LookupError {
    fn row(&self) -> &'static ::countersign_runtime::__private::ErrorRow {
        match self {
            Self::Err001(_) => &rows::ERR001,
            Self::N404Lost(_) => &rows::N404_LOST,
            Self::Sms2faFailed(_) => &rows::SMS2FA_FAILED,
            Self::Self_(_) => &rows::SELF_,
        }
    }
    fn fault(&self) -> &::countersign_runtime::__private::Fault {
        match self {
            Self::Err001(fault) => fault,
            Self::N404Lost(fault) => fault,
            Self::Sms2faFailed(fault) => fault,
            Self::Self_(fault) => fault,
        }
    }
}