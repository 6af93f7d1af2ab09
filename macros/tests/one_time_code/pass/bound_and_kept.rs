use countersign_runtime::{Alphabet, OneTimeCode, Operation, Phone};

#[derive(Debug, Default, OneTimeCode)]
#[code(name = "mail", digits = 8, alphabet = "base32", life = "15m", attempts = 3, one_per(user.id, operation.id))]
pub struct MailOtp {
    #[bound(operation.id, operation.amount)]
    pub operation: Operation,
    #[kept(user.phone)]
    pub phone: Option<Phone>,
}

fn main() {
    assert_eq!((MailOtp::KIND.alphabet, MailOtp::KIND.life_seconds), (Alphabet::Base32, 900));
    assert_eq!(MailOtp::KIND.one_per, ["user.id", "operation.id"]);
}
