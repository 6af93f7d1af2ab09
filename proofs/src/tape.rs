//! Choices: a definition is a function of a list of small numbers. A seed fills the list; a shorter or smaller list is a
//! smaller definition, which is how one that fails is shrunk.

/// A list of choices, made up as it is read.
#[derive(Debug, Clone)]
pub struct Tape {
    numbers: Vec<u32>,
    at: usize,
    /// None for a tape that is replayed: beyond its end stand zeros.
    state: Option<u64>,
}

impl Tape {
    /// The tape of a seed, the same on every machine.
    pub fn of(seed: u64) -> Tape {
        Tape { numbers: Vec::new(), at: 0, state: Some(seed) }
    }

    /// A tape with these numbers, and zeros behind them.
    pub fn replay(numbers: Vec<u32>) -> Tape {
        Tape { numbers, at: 0, state: None }
    }

    /// What has been chosen so far.
    pub fn numbers(&self) -> &[u32] {
        self.numbers.get(..self.at).unwrap_or(&self.numbers)
    }

    /// A number below `end`; 0 if there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u32::try_from(end).unwrap_or(u32::MAX).max(1);
        let number = match (self.numbers.get(self.at), &mut self.state) {
            (Some(number), _) => *number,
            (None, Some(state)) => splitmix(state),
            (None, None) => 0,
        };
        let chosen = number % end;
        match self.numbers.get_mut(self.at) {
            Some(kept) => *kept = chosen,
            None => self.numbers.push(chosen),
        }
        self.at += 1;
        usize::try_from(chosen).unwrap_or_default()
    }

    /// True once in so many times; false on a tape of zeros.
    pub fn one_in(&mut self, times: usize) -> bool {
        self.below(times) + 1 == times
    }

    /// One of these; none if there are none.
    pub fn pick<'a, T>(&mut self, among: &'a [T]) -> Option<&'a T> {
        among.get(self.below(among.len()))
    }
}

fn splitmix(state: &mut u64) -> u32 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    u32::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Tape;

    #[test]
    fn a_tape_is_the_same_when_it_is_replayed() {
        let mut first = Tape::of(7);
        let chosen: Vec<usize> = (1..20).map(|end| first.below(end)).collect();
        let mut again = Tape::replay(first.numbers().to_vec());
        assert_eq!((1..20).map(|end| again.below(end)).collect::<Vec<_>>(), chosen);
        assert_eq!((again.below(9), again.one_in(2)), (0, false));
        assert_ne!(Tape::of(8).below(1000), Tape::of(9).below(1000));
    }
}
