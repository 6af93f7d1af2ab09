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

#[api(adapter = ADAPTER, error = Error)]
pub trait Api {
    #[endpoint(GET, "/ping")]
    async fn ping(&self, cx: &Cx) -> Result<(), Error>;

    #[endpoint(GET, "/ping")]
    async fn pong(&self, cx: &Cx) -> Result<(), Error>;
}

fn main() {}
