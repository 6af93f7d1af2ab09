//! Lengths of time as attributes write them: those of definitions, which `countersign_engine::duration` reads for generator and
//! runtime. These are ten lines once more, held to the engine's by a test: the engine brings what texts, patterns and times are
//! read with, and as a dependency of a macro all of that would be built for the host, before the first adapter compiles.

/// `90s`, `5m`, `24h` or `2d` in seconds.
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
    fn lengths_are_those_that_the_engine_reads() {
        assert_eq!(seconds("2d"), Some(172_800));
        let right = ["90s", "5m", "24h", "7d", "0s", "18446744073709551615s"];
        let wrong = ["", "m", "5", "-5m", "+5m", " 5m", "5 m", "5é", "1.5h", "5w", "18446744073709551615d"];
        for text in right.into_iter().chain(wrong) {
            assert_eq!(seconds(text), countersign_engine::duration::seconds(text), "{text}");
        }
    }
}
