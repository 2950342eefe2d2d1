//! Several replicas of a network at work on different images at the same time.
//!
//! On a CPU each member runs its functions on its own thread alone. That is as fast as all threads on one function after
//! the other, needs no synchronisation inside functions, and makes features independent of the number of threads:
//! libtorch's convolutions sum in another order when they are shared between threads. On a GPU there is one member, which
//! takes fewer rows at once when the memory there is too small.

use std::{
    fmt::Display,
    ops::Range,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tch::Device;

use crate::device::set_threads;

/// Members that share work. A member is whatever one thread needs, usually one [`Executor`](crate::Executor) or more.
pub struct Team<M> {
    members: Vec<M>,
    /// Most rows at once that the device has memory for, as far as is known.
    fitting: AtomicUsize,
    /// The value that users were last told.
    told: usize,
}

impl<M: Send> Team<M> {
    /// So many members on a CPU, usually one for each thread, each made by `replica` of `first`; one on a GPU.
    ///
    /// With several, libtorch uses one thread for each function from here on, in the whole process.
    pub fn new(first: M, device: Device, members: usize, replica: impl Fn(&M) -> M) -> Self {
        let others = if device == Device::Cpu { members.saturating_sub(1) } else { 0 };
        if others > 0 {
            set_threads(1);
        }
        let mut members: Vec<M> = (0..others).map(|_| replica(&first)).collect();
        members.push(first);
        Self { members, fitting: AtomicUsize::new(usize::MAX), told: usize::MAX }
    }

    /// One of the members, which are all alike.
    pub fn first(&self) -> &M {
        // There is always one, as none can be taken out.
        &self.members[0]
    }

    /// Number of members.
    pub fn size(&self) -> usize {
        self.members.len()
    }

    /// A warning when the memory of a GPU has turned out to be too small since the last call.
    fn shrunk(&mut self) -> Option<String> {
        let fitting = *self.fitting.get_mut();
        (std::mem::replace(&mut self.told, fitting) != fitting).then(|| {
            format!("the memory of the GPU is too small for more than {fitting} images at once; going on with so many")
        })
    }

    /// Cuts `rows` into parts of at most `size` rows, lets members take them one after the other, and returns the results
    /// in order of rows.
    ///
    /// A part that a GPU has no memory for is done again in halves, and so are later ones; `warn` is told once.
    ///
    /// # Errors
    /// That of a part that failed; members stop then.
    pub fn run<T: Send, E: Display + Send>(
        &mut self,
        rows: usize,
        size: usize,
        warn: impl FnOnce(&str),
        work: impl Fn(&mut M, Range<usize>) -> Result<T, E> + Sync,
    ) -> Result<Vec<T>, E> {
        let size = size.max(1);
        let parts = rows.div_ceil(size);
        let part = |number: usize| number * size..((number + 1) * size).min(rows);
        let fitting = &self.fitting;
        let mut results: Vec<Option<Result<Vec<T>, E>>> = Vec::new();
        results.resize_with(parts, || None);
        let queue = Mutex::new(results.iter_mut().enumerate());
        let member = |member: &mut M| {
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some((number, result)) = next else { return };
                let done = result.insert(in_memory(fitting, part(number), |rows| work(member, rows)));
                if done.is_err() {
                    // The rest is not needed.
                    while queue.lock().unwrap_or_else(PoisonError::into_inner).next().is_some() {}
                }
            }
        };
        match self.members.as_mut_slice() {
            [only] => member(only),
            members => std::thread::scope(|scope| {
                let mut members = members.iter_mut().take(parts);
                // This thread is one of them: it goes on where the system gives no further one.
                let own = members.next();
                for one in members {
                    if std::thread::Builder::new().spawn_scoped(scope, || member(one)).is_err() {
                        break;
                    }
                }
                own.into_iter().for_each(member);
            }),
        }
        let mut all = Vec::with_capacity(parts);
        let mut failure = None;
        for result in results.into_iter().flatten() {
            match result {
                Ok(values) => all.extend(values),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        if let Some(error) = failure {
            return Err(error);
        }
        if let Some(line) = self.shrunk() {
            warn(&line);
        }
        Ok(all)
    }

    /// As [`Team::run`], for work that gives the values of one output, which are written to `out`.
    ///
    /// # Errors
    /// As [`Team::run`].
    pub fn run_into<E: Display + Send>(
        &mut self,
        rows: usize,
        size: usize,
        out: &mut [f32],
        warn: impl FnOnce(&str),
        work: impl Fn(&mut M, Range<usize>) -> Result<Vec<f32>, E> + Sync,
    ) -> Result<(), E> {
        join(&self.run(rows, size, warn, work)?, out);
        Ok(())
    }
}

/// Writes the values of parts that [`Team::run`] gave to `out`, one after the other.
pub fn join<'a>(parts: impl IntoIterator<Item = &'a Vec<f32>>, out: &mut [f32]) {
    out.iter_mut().zip(parts.into_iter().flatten()).for_each(|(place, value)| *place = *value);
}

/// Does `rows`, at most `fitting` of them at once, and halves that number while it is too much.
fn in_memory<T, E: Display>(
    fitting: &AtomicUsize,
    rows: Range<usize>,
    mut work: impl FnMut(Range<usize>) -> Result<T, E>,
) -> Result<Vec<T>, E> {
    let mut results = Vec::new();
    let mut start = rows.start;
    while start < rows.end {
        let count = fitting.load(Ordering::Relaxed).min(rows.end - start);
        match work(start..start + count) {
            Ok(value) => {
                results.push(value);
                start += count;
            }
            Err(error) if count > 1 && is_out_of_memory(&error) => fitting.store(count / 2, Ordering::Relaxed),
            Err(error) => return Err(error),
        }
    }
    Ok(results)
}

/// Whether a GPU had too little memory, as libtorch says it.
fn is_out_of_memory(error: &impl Display) -> bool {
    error.to_string().contains("CUDA out of memory")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_taken_by_all_members_and_come_back_in_order() {
        let mut team = Team::new(0_usize, Device::Cpu, 3, |_| 0);
        assert_eq!(team.size(), 3);
        for (rows, size, ends) in [(10, 4, vec![4, 8, 10]), (1, 4, vec![1]), (0, 4, vec![]), (2, 0, vec![1, 2])] {
            let work = |count: &mut usize, rows: Range<usize>| {
                *count += 1;
                Ok::<_, String>(rows)
            };
            let parts = team.run(rows, size, |_| (), work).unwrap();
            assert_eq!(parts.iter().map(|part| part.end).collect::<Vec<_>>(), ends);
            assert!(parts.iter().flat_map(Clone::clone).eq(0..rows));
        }
        assert_eq!(team.members.iter().sum::<usize>(), 6);
    }

    #[test]
    fn a_failure_ends_the_work() {
        let mut team = Team::new((), Device::Cpu, 2, |()| ());
        let result = team.run(1000, 1, |_| (), |(), rows| if rows.start == 3 { Err("lost") } else { Ok(rows.start) });
        assert_eq!(result, Err("lost"));
    }

    #[test]
    fn what_does_not_fit_is_done_in_halves() {
        let mut team = Team::new((), Device::Cuda(0), 1, |()| ());
        let fits = |(): &mut (), rows: Range<usize>| match rows.len() {
            0..=3 => Ok(rows),
            _ => Err("function \"f\" of type Convolution failed: CUDA out of memory. Tried to allocate 2 GiB"),
        };
        let mut told = Vec::new();
        assert_eq!(team.run(8, 8, |line| told.push(line.to_owned()), fits).unwrap(), [0..2, 2..4, 4..6, 6..8]);
        assert!(told.concat().contains("more than 2 images"), "{told:?}");
        assert_eq!(team.run(3, 8, |line| panic!("{line}"), fits).unwrap(), [0..2, 2..3]);
        let never = |(): &mut (), _| Err::<(), _>("CUDA out of memory");
        assert_eq!(team.run(8, 8, |_| (), never).unwrap_err(), "CUDA out of memory");
    }

    #[test]
    fn parts_are_joined_in_order() {
        let mut out = [0.0; 3];
        join(&[vec![1.0], vec![], vec![2.0, 3.0]], &mut out);
        assert_eq!(out, [1.0, 2.0, 3.0]);
    }

    #[test]
    fn one_member_is_enough_for_a_gpu() {
        assert_eq!(Team::new((), Device::Cuda(0), 8, |()| ()).size(), 1);
    }
}
