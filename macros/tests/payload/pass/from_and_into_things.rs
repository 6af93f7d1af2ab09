use countersign_runtime::{Payload, WireEnum};

#[derive(Debug, Clone, Payload)]
#[payload(from = ConsentOption, into = ConsentOption)]
pub struct ConsentOption {
    pub id: Option<String>,
    #[payload(is = html)]
    pub description_html: Option<String>,
    #[payload(default = false)]
    pub required: bool,
    #[payload(is = default, default = NotChecked)]
    pub default_value: CheckState,
    pub value: Option<CheckState>,
}

#[derive(Debug, Clone, Copy, WireEnum)]
#[wire(shows = CheckState)]
pub enum CheckState {
    #[wire("CHECKED", Checked)]
    Checked,
    #[wire("NOT_CHECKED", Unchecked)]
    NotChecked,
}

fn main() {
    let entity = countersign_runtime::ConsentOption {
        id: Some("A".to_owned()),
        value: Some(countersign_runtime::CheckState::Checked),
        ..Default::default()
    };
    let payload = ConsentOption::from(entity);
    assert!(matches!(payload.value, Some(CheckState::Checked)) && matches!(payload.default_value, CheckState::NotChecked));
    assert_eq!(countersign_runtime::ConsentOption::from(payload).id.as_deref(), Some("A"));
}
