//! Work on many images at once, with results in their order.

use std::sync::{Mutex, PoisonError};

use rayon::ThreadPool;
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

/// A number of threads that work together.
pub(crate) struct Workers {
    /// `None` where the system gives no further thread; then the caller's one does the work.
    pool: Option<ThreadPool>,
    threads: usize,
}

impl Workers {
    /// So many threads, at least one.
    pub(crate) fn new(threads: usize) -> Self {
        let threads = threads.max(1);
        Self { pool: ThreadPoolBuilder::new().num_threads(threads).build().ok(), threads }
    }

    /// How many threads were asked for.
    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// What `work` gives for each item.
    pub(crate) fn map<I: Sync, T: Send>(&self, items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<T> {
        match &self.pool {
            Some(pool) => pool.install(|| items.par_iter().map(&work).collect()),
            None => items.iter().map(work).collect(),
        }
    }

    /// As [`Workers::map`]; `told` is called from any of the threads with the number of finished items.
    pub(crate) fn map_told<I: Sync, T: Send>(
        &self,
        items: &[I],
        told: &(dyn Fn(usize) + Sync),
        work: impl Fn(&I) -> T + Sync,
    ) -> Vec<T> {
        let done = Mutex::new(0);
        self.map(items, |item| {
            let result = work(item);
            // Told under the lock, so that the last call has the largest number.
            let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
            *done += 1;
            told(*done);
            result
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_items() {
        let items: Vec<u32> = (0..1000).collect();
        for threads in [0, 1, 3, 40] {
            assert!(Workers::new(threads).map(&items, |i| i * 2).into_iter().eq((0..1000).map(|i| i * 2)));
        }
        assert!(Workers::new(2).map(&[], |_: &u32| 0).is_empty());
    }

    #[test]
    fn the_number_of_finished_items_is_told() {
        let heard = Mutex::new(Vec::new());
        let told = |done| heard.lock().unwrap().push(done);
        assert_eq!(Workers::new(3).map_told(&[5, 6, 7, 8], &told, |i| i + 1), [6, 7, 8, 9]);
        assert_eq!(*heard.lock().unwrap(), [1, 2, 3, 4]);
    }
}
