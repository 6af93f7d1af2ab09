//! Which settings may not stand together: what would be unsafe is refused at start, each rule with one named opt-out.

use super::options::Options;
use super::tree::{SettingMistake, SettingsTree};
use crate::adapter::{Adapter, Callers};

/// Refuses unsafe settings.
pub(super) fn check(
    adapter: &Adapter,
    options: &Options,
    tree: &SettingsTree,
    dev: bool,
    mistakes: &mut Vec<SettingMistake>,
) {
    let loopback = options.listen.ip().is_loopback();
    if dev && !loopback {
        mistakes.push(tree.mistake("listen", "--dev serves on loopback only"));
    }
    if dev && !options.ops_listen.ip().is_loopback() {
        mistakes.push(tree.mistake("ops.listen", "--dev serves on loopback only"));
    }
    let open = matches!(adapter.callers, Callers::None(_));
    if open && !loopback && !options.private_network && !dev {
        let what = "the definition lets anybody call, so it is served on loopback only; \
                    set `private_network: true` if the network lets nobody but the caller through";
        mistakes.push(tree.mistake("listen", what));
    }
}
