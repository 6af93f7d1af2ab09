use countersign_runtime::WireEnum;

#[derive(Clone, Copy, WireEnum)]
#[wire(shows = CheckState)]
pub enum Check {
    #[wire("CHECKED", Checked)]
    Checked,
}

#[derive(Clone, Copy, WireEnum)]
#[wire(shows = CheckState)]
pub enum Odd {
    #[wire("CHECKED", Ticked)]
    Checked,
    #[wire("NOT_CHECKED", Unchecked)]
    NotChecked,
}

fn main() {}
