//! What texts show beside the values that whoever makes them has itself: what generated code hands over for one call, and
//! what is at hand everywhere. Which values a text needs was proved when the code was generated.

use std::any::Any;
use std::fmt;

pub use countersign_engine::texts::Shown;

/// Something that a text can show, as people read it: a number and a flag as what they are, anything else as text.
pub trait Show {
    /// The value, if there is one.
    fn shown(self) -> Option<Shown>;
}

impl<T: fmt::Display + 'static> Show for &T {
    fn shown(self) -> Option<Shown> {
        let any: &dyn Any = self;
        let number = any.downcast_ref::<i64>().map(|number| Shown::Integer(*number));
        let flag = || any.downcast_ref::<bool>().map(|flag| Shown::Flag(*flag));
        number.or_else(flag).or_else(|| Some(Shown::Text(self.to_string())))
    }
}

impl Show for &str {
    fn shown(self) -> Option<Shown> {
        Some(Shown::Text(self.to_owned()))
    }
}

impl<T: Show> Show for Option<T> {
    fn shown(self) -> Option<Shown> {
        self.and_then(Show::shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::{Date, Decimal};

    #[test]
    fn numbers_and_flags_stay_what_they_are_and_everything_else_is_text() {
        let text = |text: &str| Some(Shown::Text(text.to_owned()));
        assert_eq!((&7i64).shown(), Some(Shown::Integer(7)));
        assert_eq!((&true).shown(), Some(Shown::Flag(true)));
        assert_eq!((&"a".to_owned()).shown(), text("a"));
        assert_eq!("a".shown(), text("a"));
        assert_eq!(Date::parse("2026-11-29").as_ref().shown(), text("2026-11-29"));
        assert_eq!(Decimal::parse("1.50").as_ref().shown(), text("1.50"));
        assert_eq!(None::<&String>.shown(), None);
    }
}
