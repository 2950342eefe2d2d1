//! Work on many images at once, with results in their order.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// What `work` gives for each item, made on up to `threads` threads. Items are begun in their order.
pub(crate) fn map<I: Sync, T: Send>(items: &[I], threads: usize, work: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let share = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return done };
            done.push((index, work(item)));
        }
    };
    let mut done: Vec<(usize, T)> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads.clamp(1, items.len().max(1))).map(|_| scope.spawn(share)).collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        joined.flat_map(|done| done.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// As [`map`], and `told` hears from any of the threads how many items are done.
pub(crate) fn map_told<I: Sync, T: Send>(
    items: &[I],
    threads: usize,
    told: &(dyn Fn(usize) + Sync),
    work: impl Fn(&I) -> T + Sync,
) -> Vec<T> {
    let done = Mutex::new(0);
    map(items, threads, |item| {
        let result = work(item);
        // Told under the lock, so that the last word is the largest number.
        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
        *done += 1;
        told(*done);
        result
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    #[test]
    fn results_keep_the_order_of_the_items() {
        let items: Vec<u32> = (0..1000).collect();
        for threads in [0, 1, 3, 2000] {
            assert!(super::map(&items, threads, |i| i * 2).into_iter().eq((0..1000).map(|i| i * 2)));
        }
        assert!(super::map(&[], 2, |_: &u32| 0).is_empty());
    }

    #[test]
    fn it_is_told_how_many_are_done() {
        let heard = Mutex::new(Vec::new());
        let told = |done| heard.lock().unwrap().push(done);
        assert_eq!(super::map_told(&[5, 6, 7, 8], 3, &told, |i| i + 1), [6, 7, 8, 9]);
        assert_eq!(*heard.lock().unwrap(), [1, 2, 3, 4]);
    }
}
