// HookFault of BlockCardFault

#[automatically_derived]
impl ::core::convert::From<BlockCardFault> for ::countersign_runtime::__private::Fault {
    fn from(error: BlockCardFault) -> Self {
        use BlockCardFault as Error;
        match error {
            Error::CardUnknown => {
                ::countersign_runtime::__private::Fault::new("card.unknown")
            }
            Error::Failed(why) => {
                ::countersign_runtime::__private::Fault::new("hook.failed")
                    .with_detail(why)
            }
        }
    }
}
#[automatically_derived]
impl<E: ::std::error::Error> ::core::convert::From<E> for BlockCardFault {
    fn from(error: E) -> Self {
        Self::Failed(::std::string::ToString::to_string(&error))
    }
}