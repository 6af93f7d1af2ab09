//! Lengths of time as definitions and settings write them.

/// Seconds of a whole number and a unit: `90s`, `5m`, `24h`, `7d`. Zero is one, too; whether it makes sense is decided where it
/// stands.
pub fn seconds(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let each = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    number.parse::<u64>().ok().filter(|_| is_number)?.checked_mul(each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_a_number_and_a_unit() {
        let read = ["90s", "5m", "24h", "7d", "0s"].map(seconds);
        assert_eq!(read, [Some(90), Some(300), Some(86_400), Some(604_800), Some(0)]);
        for wrong in ["", "m", "5", "-5m", "+5m", " 5m", "5 m", "5é", "1.5h", "5w", "18446744073709551615d"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
