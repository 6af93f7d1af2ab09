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

/// A turn at looking up a user; the next one's when it is dropped.
pub(super) struct Turn {
    of: Arc<PerUser>,
    user: u64,
    permit: Option<OwnedSemaphorePermit>,
}

impl PerUser {
    /// A turn at this user, as soon as there is one. None if there is none for so long.
    pub async fn turn(self: &Arc<Self>, user: &impl Hash, patience: Duration) -> Option<Turn> {
        let user = self.hasher.hash_one(user);
        let turns = self.locked().entry(user).or_insert_with(|| Arc::new(Semaphore::new(AT_ONCE))).clone();
        // Whoever gives up, or goes away, tidies up too.
        let mut turn = Turn { of: self.clone(), user, permit: None };
        let permit = tokio::time::timeout(patience, turns.acquire_owned()).await.ok()?.ok()?;
        turn.permit = Some(permit);
        Some(turn)
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<u64, Arc<Semaphore>>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // The permit holds the semaphore too.
        self.permit = None;
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
        let mut held = Vec::new();
        for _ in 0..AT_ONCE {
            held.push(users.turn(&"hangs", PATIENCE).await.expect("a turn"));
        }
        assert!(users.turn(&"hangs", PATIENCE).await.is_none(), "it waits, and gives up");
        assert!(users.turn(&"somebody else", PATIENCE).await.is_some());
        let waiting = {
            let users = users.clone();
            tokio::spawn(async move { users.turn(&"hangs", PATIENCE).await.is_some() })
        };
        tokio::task::yield_now().await;
        held.pop();
        assert!(waiting.await.unwrap(), "the next one's when one ends");
        drop(held);
        assert!(users.locked().is_empty(), "nobody is remembered who is not being asked for");
    }
}
