use countersign_runtime::{Form, Payload};

#[derive(Debug, Clone, Default, Payload, Form)]
pub struct FormData {
    #[form(parameters)]
    pub parameters: Vec<String>,
}

fn main() {}
