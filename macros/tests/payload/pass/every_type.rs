use countersign_runtime::{Const, Date, Decimal, Json, Map, Pairs, Payload, Phone, Rest, Secret, Time};

#[derive(Debug, Clone, Payload)]
#[payload(unknown = echo, names = snake)]
pub struct Everything {
    pub text: String,
    pub secret: Secret<String>,
    pub yes: bool,
    pub integer: i64,
    pub decimal: Decimal,
    pub date: Date,
    pub time: Time,
    pub phone: Phone,
    pub map: Map,
    pub pairs: Pairs,
    pub json: Json,
    pub never: (),
    #[payload(const = ["a", 1, true, null, -2, -1.50, {}])]
    pub always: Const,
    pub texts: Vec<String>,
    pub perhaps: Option<Vec<Option<i64>>>,
    #[payload(name = "Type")]
    pub r#type: Option<String>,
    #[payload(rest)]
    pub rest: Rest,
}

fn main() {
    let _ = <Everything as Payload>::TYPE;
}
