use countersign_runtime::WireEnum;

#[derive(Clone, Copy, WireEnum)]
#[wire(shows = Mood)]
pub enum Kind {
    #[wire("A")]
    First,
    Second,
    #[wire("A")]
    Third,
    #[wire("D", Passed)]
    Fourth,
}

fn main() {}
