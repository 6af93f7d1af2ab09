use countersign_runtime::{Adapter, Callers, Context, ErrorTable, Fault, Payload, Validation, Wire, api};

pub const ADAPTER: Adapter = Adapter {
    name: "x",
    title: "X",
    version: "1",
    base: "",
    callers: Callers::None("a test"),
    wire: Wire::DEFAULT,
    validation: Validation::DEFAULT,
    says: &[],
    operations: &[],
    otps: &[], sessions: &[],
    texts: &[],
};

type Cx = Context<()>;

#[derive(Debug, Clone, Payload)]
#[payload(from = Refusal)]
pub struct Failure {
    pub code: String,
}

mod rows {
    pub const WRONG: countersign_runtime::ErrorRow = countersign_runtime::ErrorRow {
        status: 500,
        code: "WRONG",
        answers: &[],
        says: countersign_runtime::Says::Key("wrong"),
        columns: &[],
    };
}

#[derive(Debug, ErrorTable)]
pub enum Error {
    #[answers(unexpected)]
    Wrong(Fault),
}

#[api(adapter = ADAPTER, errors = Error, failure = Failure)]
pub trait Api {
    async fn retained_until(&self, cx: &Cx) -> Result<(), Error>;

    #[endpoint(FETCH, "/wrong")]
    async fn wrong_method(&self, cx: &Cx) -> Result<(), Error>;

    #[endpoint(GET, "ping", status = 201)]
    async fn wrong_word(&self, cx: &Cx) -> Result<(), Error>;
}

fn main() {}
