//! Spans of time as they are written in attributes.

/// `90s`, `5m`, `24h` or `2d` in seconds.
pub fn seconds(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let each = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    number.parse::<u32>().ok().map(|number| i64::from(number) * each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_a_number_and_a_unit() {
        assert_eq!(
            [seconds("90s"), seconds("5m"), seconds("24h"), seconds("2d")],
            [Some(90), Some(300), Some(86_400), Some(172_800)]
        );
        assert_eq!([seconds(""), seconds("m"), seconds("5"), seconds("-5m"), seconds("5é")], [None; 5]);
    }
}
