use countersign_runtime::Payload;

#[derive(Payload)]
#[payload(from = BankAccount)]
pub struct Account {
    #[payload(is = iban)]
    pub number: Option<String>,
}

#[derive(Payload)]
#[payload(from = Customer)]
pub struct Customer {
    pub id: Option<String>,
}

#[derive(Payload)]
pub struct Loose {
    #[payload(is = organization)]
    pub organization_id: Option<String>,
}

fn main() {}
