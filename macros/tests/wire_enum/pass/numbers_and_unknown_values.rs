use countersign_runtime::{Outcome, WireEnum};

#[derive(Debug, Clone, Copy, PartialEq, Eq, WireEnum)]
pub enum Kind {
    #[wire("Phone", number = 1)]
    Phone,
    #[wire("Number", number = 2)]
    Number,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, WireEnum)]
#[wire(shows = Outcome)]
pub enum Delivery {
    #[wire("SENT", Passed)]
    Sent,
    #[wire("FAILED", Failed)]
    Failed,
    #[wire("QUEUED")]
    Queued,
}

fn main() {
    assert_eq!(Delivery::from(Outcome::Passed), Delivery::Sent);
    assert_eq!(Delivery::from(Outcome::Skipped), Delivery::Failed);
}
