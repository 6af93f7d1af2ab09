use countersign_runtime::OneTimeCode;

#[derive(Debug, Default, OneTimeCode)]
#[code(name = "mail", digits = 8, life = "soon", tries = 3)]
pub struct MailOtp {
    pub user: Option<String>,
}

fn main() {
    let _ = MailOtp::KIND;
}
