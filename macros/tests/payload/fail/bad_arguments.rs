use countersign_runtime::Payload;

#[derive(Payload)]
pub struct Request {
    #[check(max("forty"))]
    pub a: String,
    #[check(required(1))]
    pub b: String,
    #[check(latest("soon"))]
    pub c: String,
    #[check(max(40, key))]
    pub d: String,
    #[check(raises(max = too.long))]
    pub e: String,
    #[payload(accepts(anything))]
    pub f: String,
    #[payload(const = user)]
    pub g: countersign_runtime::Const,
}

fn main() {}
