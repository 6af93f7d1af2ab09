//! How many look-ups of one and the same user run at once: a few. So a user for whom the core system hangs, asked for again and
//! again, takes a few slots and not all of them; whoever asks for the same user meanwhile waits without one.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Look-ups of one user at once.
const AT_ONCE: usize = 4;

/// Who is being looked up.
#[derive(Debug, Default)]
pub(super) struct PerUser {
    hasher: RandomState,
    asked: Mutex<HashMap<u64, Arc<Semaphore>>>,
}

/// A turn at looking up a user, once it was taken; the next one's when it is dropped.
pub(super) struct Turn {
    of: Arc<PerUser>,
    user: u64,
    /// Nothing once it is dropped.
    turns: Option<Arc<Semaphore>>,
    permit: Option<OwnedSemaphorePermit>,
}

impl PerUser {
    /// A turn at this user, which is yet to be taken.
    pub fn turn(self: &Arc<Self>, user: &impl Hash) -> Turn {
        let user = self.hasher.hash_one(user);
        let turns = self.locked().entry(user).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))).clone();
        Turn { of: self.clone(), user, turns: Some(turns), permit: None }
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<u64, Arc<Semaphore>>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn {
    /// True if there is one for whoever comes first, and if no more than so many ask for the user.
    pub fn is_likely(&self, most: usize) -> bool {
        let Some(turns) = &self.turns else { return false };
        let free = turns.available_permits();
        // The list of users counts too, and each turn that was taken twice.
        free > 0 && Arc::strong_count(turns) <= 1 + AT_ONCE.saturating_sub(free) + most
    }

    /// Takes it, as soon as there is one. False if there is none for so long.
    pub async fn take(&mut self, patience: Duration) -> bool {
        let Some(turns) = self.turns.clone() else { return false };
        self.permit = tokio::time::timeout(patience, turns.acquire_owned()).await.ok().and_then(Result::ok);
        self.permit.is_some()
    }

    /// Takes it, if there is one now; what was taken already stays so.
    pub fn take_now(&mut self) -> bool {
        if self.permit.is_none() {
            self.permit = self.turns.clone().and_then(|turns| turns.try_acquire_owned().ok());
        }
        self.permit.is_some()
    }
}

impl Drop for Turn {
    /// Whoever gives up, or goes away, tidies up too.
    fn drop(&mut self) {
        // The permit holds the semaphore too.
        (self.permit, self.turns) = (None, None);
        let mut asked = self.of.locked();
        if asked.get(&self.user).is_some_and(|turns| Arc::strong_count(turns) == 1) {
            asked.remove(&self.user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(2);

    #[tokio::test(start_paused = true)]
    async fn one_user_takes_a_few_turns_and_others_have_theirs() {
        let users = Arc::new(PerUser::default());
        let mut held: Vec<_> = (0..AT_ONCE).map(|_| users.turn(&"hangs")).collect();
        assert!(held.iter_mut().all(|turn| turn.is_likely(AT_ONCE) && turn.take_now() && turn.take_now()));
        let mut late = users.turn(&"hangs");
        assert!(!late.is_likely(AT_ONCE + 1) && !late.take_now());
        assert!(!late.take(PATIENCE).await, "it waits, and gives up");
        drop(late);
        assert!(users.turn(&"somebody else").take(PATIENCE).await);
        let waiting = {
            let mut turn = users.turn(&"hangs");
            tokio::spawn(async move { turn.take(PATIENCE).await })
        };
        tokio::task::yield_now().await;
        held.pop();
        assert!(waiting.await.unwrap(), "the next one's when one ends");
        drop(held);
        assert!(users.locked().is_empty(), "nobody is remembered who is not being asked for");
        let few: Vec<_> = (0..AT_ONCE).map(|_| users.turn(&"popular")).collect();
        assert!(users.turn(&"popular").is_likely(AT_ONCE + 1) && !users.turn(&"popular").is_likely(AT_ONCE));
        assert!(users.turn(&"popular").take_now() && users.turn(&"popular").is_likely(AT_ONCE + 1));
        drop(few);
    }
}
