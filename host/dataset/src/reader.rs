//! Samples of one variable or several in row order, decoded ahead by threads, in a fixed amount of memory.
//!
//! The threads are made by hand and not rayon's: they live from one batch to the next, and a row must be claimed in order
//! and only once its slot in the ring is free, so that the next batch is never behind a later one. A work-stealing pool
//! promises neither, and a task in it that waits for a slot would block whatever else runs there.

mod ring;
mod schedule;
#[cfg(test)]
mod tests;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use crate::error::DatasetError;
use crate::format::SampleFormat;
use crate::sample::{Scratch, decode, guarded};
use crate::table::Dataset;

use ring::Ring;
use schedule::Schedule;

/// How much a [`Reader`] may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReaderLimits {
    /// The largest batch, in images; the project's batch size. Memory holds about this many images, and never
    /// more than twice as many.
    pub max_images: usize,
    /// Decoder threads; 0 means one per processor.
    pub threads: usize,
}

/// Samples of consecutive rows, one after the other without gaps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Batch<'a> {
    /// The row of the first sample, from 0.
    pub first_row: usize,
    /// Number of samples.
    pub count: usize,
    /// The samples, `count` times the bytes of one, aligned for the element type if all variables have the same.
    pub bytes: &'a [u8],
}

/// Delivers the samples of one variable or several in row order while threads decode the next ones.
///
/// The decoders write straight into the memory that the batches are made of. It is allocated with the first
/// batch and holds at least two batches of the size asked for, so that one can be used while the other fills.
pub struct Reader {
    source: Arc<Source>,
    limits: ReaderLimits,
    run: Option<Run>,
    /// Kept from run to run.
    ring: Option<Arc<Ring>>,
    /// The next row to deliver.
    position: usize,
}

/// What the threads decode.
struct Source {
    rows: usize,
    sample_bytes: usize,
    /// Decodes one row into one slot. It must not panic.
    decode: Box<DecodeRow>,
}

/// What is done to each sample after it was decoded.
pub type Finish = dyn Fn(&mut [u8]) + Send + Sync;

type DecodeRow = dyn Fn(usize, &mut Scratch, &mut [u8]) -> Result<(), DatasetError> + Send + Sync;

/// The threads at work, from some row on.
struct Run {
    schedule: Arc<Schedule>,
    ring: Arc<Ring>,
    threads: Vec<JoinHandle<()>>,
}

impl Drop for Run {
    fn drop(&mut self) {
        self.schedule.stop();
        for thread in self.threads.drain(..) {
            // A thread that panicked outside a decoder has nothing left to tell.
            let _ = thread.join();
        }
    }
}

impl Reader {
    /// A reader at row 0. Nothing is decoded and no thread started before the first batch is asked for.
    pub fn new(
        dataset: Arc<Dataset>,
        variable: &str,
        format: SampleFormat,
        limits: ReaderLimits,
    ) -> Result<Reader, DatasetError> {
        Reader::of_several(dataset, vec![(variable, format)], limits)
    }

    /// A reader at row 0 of several variables: in each sample their values follow each other without gaps, in the
    /// order of `inputs`.
    pub fn of_several(
        dataset: Arc<Dataset>,
        inputs: Vec<(&str, SampleFormat)>,
        limits: ReaderLimits,
    ) -> Result<Reader, DatasetError> {
        let mut parts = Vec::with_capacity(inputs.len());
        let mut sample_bytes = 0;
        for (name, format) in inputs {
            let bytes = format.sample_bytes()?;
            // No sum of sizes that were bounded one by one overflows.
            sample_bytes += bytes;
            parts.push((dataset.variable(name)?.clone(), format, bytes));
        }
        let source = Source {
            rows: dataset.len(),
            sample_bytes,
            decode: Box::new(move |row, scratch, mut out| {
                for (variable, format, bytes) in &parts {
                    let (part, rest) = std::mem::take(&mut out).split_at_mut(*bytes);
                    guarded(&dataset, variable, row, || decode(&dataset, variable, row, format, scratch, part))?;
                    out = rest;
                }
                Ok(())
            }),
        };
        Reader::over(source, limits)
    }

    /// Does `finish` to every sample, on the threads that decode. It must not panic.
    pub fn finished(self, finish: Arc<Finish>) -> Reader {
        let (rows, sample_bytes, source) = (self.source.rows, self.source.sample_bytes, self.source);
        let decode: Box<DecodeRow> = Box::new(move |row, scratch, out| {
            (source.decode)(row, scratch, out)?;
            finish(out);
            Ok(())
        });
        let source = Arc::new(Source { rows, sample_bytes, decode });
        Reader { source, limits: self.limits, ring: None, run: None, position: 0 }
    }

    fn over(source: Source, limits: ReaderLimits) -> Result<Reader, DatasetError> {
        if limits.max_images == 0 {
            return Err(DatasetError::EmptyBatch);
        }
        Ok(Reader { source: Arc::new(source), limits, ring: None, run: None, position: 0 })
    }

    /// The next `max` samples, or `max_images` if that is less. Fewer come at the end of the dataset and
    /// before a row that failed; `None` follows the last row. A failure is returned again until [`rewind`].
    ///
    /// The samples are valid until the next call, and aligned for the element type of the format. The size
    /// asked for first decides how the memory is laid out; asking for another size later works, but may throw
    /// away what was decoded ahead.
    ///
    /// [`rewind`]: Reader::rewind
    pub fn next_batch(&mut self, max: usize) -> Result<Option<Batch<'_>>, DatasetError> {
        let size = max.min(self.limits.max_images);
        if size == 0 {
            return Err(DatasetError::EmptyBatch);
        }
        let position = self.position;
        let count = size.min(self.source.rows - position);
        if count == 0 {
            return Ok(None);
        }
        // A batch that would wrap around the end of the ring needs another layout.
        drop(self.run.take_if(|run| !run.schedule.is_contiguous(position, count)));
        let run = match self.run.take() {
            Some(run) => run,
            None => self.start(size)?,
        };
        let run = self.run.insert(run);
        run.schedule.release(position);
        let rows = run.schedule.wait(position..position + count)?;
        self.position = rows.end;
        let first = run.schedule.slot(rows.start);
        // SAFETY: `wait` answered that these rows are done, so no thread holds their slots any more, and they
        // stay out of the window that threads claim from until `release` is called for them, which takes
        // `&mut self` and so ends the borrow.
        let bytes = unsafe { run.ring.slots(first, rows.len()) };
        Ok(Some(Batch { first_row: rows.start, count: rows.len(), bytes }))
    }

    /// Starts over at row 0. The memory is kept.
    pub fn rewind(&mut self) {
        self.seek(0);
    }

    /// Goes to `row` (from 0), or to the end if there are fewer rows. The memory is kept.
    pub fn seek(&mut self, row: usize) {
        self.run = None;
        self.position = row.min(self.source.rows);
    }

    /// Starts the threads at the current position, laid out for batches of `size`.
    fn start(&mut self, size: usize) -> Result<Run, DatasetError> {
        let slots = slots(size, self.limits.max_images, self.source.rows);
        let kept = self.ring.take().filter(|ring| ring.len() >= slots);
        let ring = match kept {
            Some(ring) => ring,
            None => Arc::new(Ring::new(slots, self.source.sample_bytes)?),
        };
        self.ring = Some(Arc::clone(&ring));
        let schedule = Arc::new(Schedule::new(self.source.rows, slots, self.position));
        let threads = match self.limits.threads {
            0 => thread::available_parallelism().map_or(1, NonZeroUsize::get),
            threads => threads,
        };
        let mut run = Run { schedule, ring, threads: Vec::new() };
        for _ in 0..threads.min(slots) {
            let source = Arc::clone(&self.source);
            let schedule = Arc::clone(&run.schedule);
            let ring = Arc::clone(&run.ring);
            let thread =
                thread::Builder::new().name("nnc-decode".to_string()).spawn(move || work(&source, &schedule, &ring));
            match thread {
                Ok(thread) => run.threads.push(thread),
                // Fewer threads only take longer.
                Err(_) if !run.threads.is_empty() => break,
                Err(error) => {
                    return Err(DatasetError::NoThread { reason: error.to_string() });
                }
            }
        }
        Ok(run)
    }
}

/// Slots for batches of `size`: a multiple of it, so that batches never wrap around the end; at least two
/// batches, so that one fills while the other is used; else no more than `max_images`, or than the rows need.
fn slots(size: usize, max_images: usize, rows: usize) -> usize {
    let batches = (max_images / size).max(2).min(rows.div_ceil(size));
    size.saturating_mul(batches)
}

/// What a decoder thread does.
fn work(source: &Source, schedule: &Schedule, ring: &Ring) {
    let mut scratch = Scratch::default();
    while let Some(row) = schedule.claim() {
        // SAFETY: `claim` hands out each row of the window once, rows of the window have different slots, and
        // the consumer does not look at the slot before `report`, after which `slot` is no longer used.
        let slot = unsafe { ring.slot_mut(schedule.slot(row)) };
        let outcome = (source.decode)(row, &mut scratch, slot);
        schedule.report(row, outcome);
    }
}
