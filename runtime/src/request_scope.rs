//! What is known of the request that a task works on, for those who are asked without it: whose share of slots it takes, what
//! must not be logged, the trace that it is told in. Each part is known to whoever keeps it there, and found by its type.

use std::any::Any;
use std::future::Future;

tokio::task_local! {
    static SCOPE: RequestScope;
}

/// What is known of a request. It is moved in and out whenever its task is polled, so there is one for all parts.
#[derive(Default)]
pub(crate) struct RequestScope(Vec<Box<dyn Any + Send>>);

impl RequestScope {
    /// The same with a part, of which there is one of each type.
    pub fn with<T: Send + 'static>(mut self, part: T) -> Self {
        self.0.push(Box::new(part));
        self
    }

    /// Works on a request of which this is known; it is dropped when that has ended.
    pub async fn during<F: Future>(self, work: F) -> F::Output {
        SCOPE.scope(self, work).await
    }

    /// Asks a part of the request that this task works on; none outside of all, or where there is no such part.
    pub fn ask<T: 'static, A>(ask: impl FnOnce(&T) -> A) -> Option<A> {
        SCOPE.try_with(|scope| scope.0.iter().find_map(|part| part.downcast_ref()).map(ask)).ok().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number() -> Option<u32> {
        RequestScope::ask(|number: &u32| *number)
    }

    #[tokio::test]
    async fn a_part_is_known_to_its_request_alone() {
        let of = |number: u32| RequestScope::default().with("text").with(number);
        let inside = of(1).during(async { (number(), of(2).during(async { number() }).await, number()) }).await;
        assert_eq!(inside, (Some(1), Some(2), Some(1)));
        assert_eq!(RequestScope::default().with(1_u64).during(async { number() }).await, None);
        assert_eq!(number(), None);
    }
}
