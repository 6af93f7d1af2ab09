//! What results with a refusal have in common: generated code turns the refusal, or one of those that the endpoint sets
//! apart, into an error. Checks that give a value have [`Verdict`](crate::fault::Verdict) for it.

/// Gives results with a field `refusal` the methods that generated code calls. Each is written as after `impl`.
macro_rules! refusable {
    ($([$($result:tt)+]),+ $(,)?) => {$(
        impl $($result)+ {
            /// Turns one of these refusals into the fault that it stands for, and leaves others as they are.
            ///
            /// # Errors
            /// The refusal, if it is among them.
            pub fn apart(mut self, faults: &[&str]) -> Result<Self, $crate::fault::Fault> {
                $crate::fault::Fault::apart(&mut self.refusal, faults).map(|()| self)
            }

            /// Turns a refusal into the fault that it stands for.
            ///
            /// # Errors
            /// The refusal, if there is one.
            pub fn passed(mut self) -> Result<Self, $crate::fault::Fault> {
                self.refusal.take().map_or(Ok(self), Err)
            }
        }
    )+};
}

refusable!(
    [crate::behaviours::codes::SentOtp],
    [<C> crate::behaviours::codes::ResentOtp<C>],
    [crate::behaviours::codes::CredentialsVerdict],
    [crate::behaviours::methods::CertificateVerdict],
    [crate::behaviours::operations::ConsentVerdict],
);
