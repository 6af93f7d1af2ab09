//! How a refused code is answered.

use crate::context::Core;
use crate::fault::{Fault, Verdict};

pub(super) fn refuse_otp<T>(core: &Core, fault: Fault) -> Verdict<T> {
    let key = core.key_of(fault.name);
    Verdict::refuse(fault, key)
}
