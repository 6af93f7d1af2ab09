use countersign_runtime::{AccountChoice, Form, Payload};

#[derive(Debug, Clone, Default, Payload, Form)]
pub struct FormData {
    #[form(attributes)]
    pub parameters: Vec<Attribute>,
}

#[derive(Debug, Clone, Payload)]
#[payload(tag = "type")]
pub enum Attribute {
    #[payload(name = "CHOICE", choice)]
    Choice(Choice),
}

#[derive(Debug, Clone, Payload)]
#[payload(from = AccountChoice)]
pub struct Choice {
    pub id: String,
}

fn main() {
    let mut form = FormData::default();
    form.put_choice(AccountChoice { id: "a".to_owned(), ..AccountChoice::default() });
    form.put_choice(AccountChoice { id: "a".to_owned(), ..AccountChoice::default() });
    assert_eq!(form.parameters.len(), 1);
}
