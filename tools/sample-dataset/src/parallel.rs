//! Work on all processors.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Result, anyhow};

/// Does `work` for each number from 0 to `count` on all processors.
pub(crate) fn in_parallel(count: usize, work: impl Fn(usize) -> Result<()> + Sync) -> Result<()> {
    let next = AtomicUsize::new(0);
    let work_some = || -> Result<()> {
        loop {
            match next.fetch_add(1, Ordering::Relaxed) {
                number if number < count => work(number)?,
                _ => return Ok(()),
            }
        }
    };
    thread::scope(|scope| {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work_some)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| anyhow!("a drawing thread panicked"))?)
    })
}
