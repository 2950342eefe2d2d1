//! The coreset: greedy k-centre, also known as farthest point first (Gonzalez, "Clustering to minimize the maximum
//! intercluster distance", 1985; Roth et al., "Towards Total Recall in Industrial Anomaly Detection", 2022).
//!
//! The first centre is the first patch, each further one the patch that is farthest from all centres so far; of equally
//! far ones the one with the lowest number. Done literally, that compares every patch with every centre. But distances
//! to the nearest centre only ever shrink, so an old one is an upper bound, and a cell of patches whose bound is below
//! the farthest distance need not be looked at. A queue holds the cells by their bounds: the top one is brought up to
//! date with the centres that it has missed and put back, until the top one is up to date, which then is the farthest
//! of all. The result is the exact greedy order, bit for bit, whatever is skipped.
//!
//! Cost for P patches and M centres of D values: at most P * M * D multiplications, as for the literal way; with
//! features of real images far less. Memory: the M centres, 7 bytes for each patch, and the cells that
//! [`Cells`] keeps. Reading: as many cells as are brought up to date; each batch of them is shared among threads. Two
//! runs differ in nothing, since each distance is computed in one fixed order on one thread.
//!
//! When changing this, check `tests` against the literal way.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use nnc_plugin_api::{Error, Result};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::cells::{Cells, Channels, PLACES, Scratch};

/// Distance of a patch that is a centre: less than any other, so that none is chosen twice.
const TAKEN: f32 = -1.0;
/// Cells brought up to date together: twice as many in each round, from the first to the second of these, so that few
/// are looked at in vain.
const ROUND: (usize, usize) = (8, 4096);
/// Cells that are worth sharing among threads.
const SHARED: usize = 512;
/// Independent sums of a distance; a multiple of what a processor adds at once.
const LANES: usize = 16;

/// Chooses `count` of the patches and returns their numbers in greedy order. `tick` is told the number of centres at
/// least several times a second; an error of it ends the search.
///
/// # Errors
/// Those of `tick` and of reading cells.
pub(crate) fn choose(
    cells: &Cells,
    count: usize,
    threads: usize,
    mut tick: impl FnMut(usize) -> Result<()>,
) -> Result<Vec<usize>> {
    let patches = PLACES * cells.len();
    if count >= patches {
        return Ok((0..patches).collect());
    }
    let mut search = Search::new(cells, threads)?;
    let mut chosen = Vec::with_capacity(count);
    while chosen.len() < count {
        let patch = if chosen.is_empty() { 0 } else { search.farthest(|| tick(chosen.len()))? };
        search.add(patch)?;
        chosen.push(patch);
        tick(chosen.len())?;
    }
    Ok(chosen)
}

/// What is known of a cell: squared distances to the nearest of the first `seen` centres.
#[derive(Clone, Copy)]
struct State {
    nearest: [f32; PLACES],
    seen: u32,
}

impl State {
    fn bound(&self) -> f32 {
        self.nearest.iter().copied().fold(TAKEN, f32::max)
    }
}

/// A cell in the queue: the largest bound first, then the lowest number.
#[derive(Clone, Copy)]
struct Queued {
    bound: f32,
    cell: u32,
}

impl Ord for Queued {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bound.total_cmp(&other.bound).then(other.cell.cmp(&self.cell))
    }
}

impl PartialOrd for Queued {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Queued {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Queued {}

struct Search<'a> {
    cells: &'a Cells,
    /// Not the threads of the whole process: how many there are is the host's decision.
    pool: ThreadPool,
    /// Centres, one after the other: coarse layer, fine layer.
    centres: Vec<f32>,
    count: u32,
    states: Vec<State>,
    queue: BinaryHeap<Queued>,
}

impl<'a> Search<'a> {
    fn new(cells: &'a Cells, threads: usize) -> Result<Self> {
        let count = u32::try_from(cells.len()).map_err(|_| Error::data("there are too many training images"))?;
        let state = State { nearest: [f32::INFINITY; PLACES], seen: 0 };
        let queue = (0..count).map(|cell| Queued { bound: f32::INFINITY, cell }).collect();
        let pool = ThreadPoolBuilder::new().num_threads(threads.max(1)).build()?;
        Ok(Self { cells, pool, centres: Vec::new(), count: 0, states: vec![state; cells.len()], queue })
    }

    /// Makes a patch a centre.
    fn add(&mut self, patch: usize) -> Result<()> {
        let Channels { fine, coarse } = self.cells.channels();
        let mut values = Vec::with_capacity(fine + coarse);
        self.cells.patch(patch, &mut Scratch::default(), &mut values)?;
        values.rotate_left(fine);
        self.centres.extend_from_slice(&values);
        self.count += 1;
        // The cell's bound in the queue stays an upper one.
        self.states[patch / PLACES].nearest[patch % PLACES] = TAKEN;
        Ok(())
    }

    /// The patch that is farthest from all centres.
    fn farthest(&mut self, mut tick: impl FnMut() -> Result<()>) -> Result<usize> {
        let mut round = ROUND.0;
        // The largest distance that is known to be up to date.
        let mut floor = f32::NEG_INFINITY;
        let mut batch: Vec<(usize, State)> = Vec::new();
        loop {
            tick()?;
            batch.clear();
            while batch.len() < round
                && let Some(top) = self.queue.peek().copied()
            {
                let state = self.states[top.cell as usize];
                if state.seen == self.count {
                    break;
                }
                self.queue.pop();
                batch.push((top.cell as usize, state));
            }
            if batch.is_empty() {
                let top = self.queue.peek().ok_or_else(|| Error::data("there is no patch left to choose"))?;
                let nearest = self.states[top.cell as usize].nearest;
                let place = nearest.iter().position(|&distance| distance == top.bound).unwrap_or_default();
                return Ok(PLACES * top.cell as usize + place);
            }
            self.update(&mut batch, floor)?;
            for &(cell, state) in &batch {
                self.states[cell] = state;
                self.queue.push(Queued { bound: state.bound(), cell: cell as u32 });
                if state.seen == self.count {
                    floor = floor.max(state.bound());
                }
            }
            round = (2 * round).min(ROUND.1);
        }
    }

    /// Compares cells with the centres that they have missed, each until it is below `floor`.
    fn update(&self, batch: &mut [(usize, State)], floor: f32) -> Result<()> {
        let work = |part: &mut [(usize, State)]| {
            let mut scratch = Scratch::default();
            part.iter_mut().try_for_each(|(cell, state)| self.update_one(*cell, state, floor, &mut scratch))
        };
        if batch.len() < SHARED {
            return work(batch);
        }
        let size = batch.len().div_ceil(self.pool.current_num_threads());
        self.pool.install(|| batch.par_chunks_mut(size).try_for_each(work))
    }

    fn update_one(&self, cell: usize, state: &mut State, floor: f32, scratch: &mut Scratch) -> Result<()> {
        let Channels { fine, coarse } = self.cells.channels();
        let (shared, own) = self.cells.read(cell, scratch)?.split_at(coarse);
        let missed = self.centres.chunks_exact(fine + coarse).skip(state.seen as usize);
        let mut bound = state.bound();
        for centre in missed {
            state.seen += 1;
            let (centre_coarse, centre_fine) = centre.split_at(coarse);
            let distance = squared_distance(shared, centre_coarse);
            // What the fine layer adds is not negative, so this centre is no nearer to any patch of the cell.
            if distance >= bound {
                continue;
            }
            for (nearest, own) in state.nearest.iter_mut().zip(own.chunks_exact(fine)) {
                if distance < *nearest {
                    *nearest = nearest.min(distance + squared_distance(own, centre_fine));
                }
            }
            bound = state.bound();
            if bound < floor {
                break;
            }
        }
        Ok(())
    }
}

/// Sum of the squared differences, always added in the same order.
fn squared_distance(a: &[f32], b: &[f32]) -> f32 {
    let (a, a_rest) = a.as_chunks::<LANES>();
    let (b, b_rest) = b.as_chunks::<LANES>();
    let mut lanes = [0.0_f32; LANES];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            let difference = a[lane] - b[lane];
            lanes[lane] += difference * difference;
        }
    }
    for (lane, (a, b)) in lanes.iter_mut().zip(a_rest.iter().zip(b_rest)) {
        *lane += (a - b) * (a - b);
    }
    let mut width = LANES / 2;
    while width > 0 {
        for lane in 0..width {
            lanes[lane] += lanes[lane + width];
        }
        width /= 2;
    }
    lanes[0]
}

#[cfg(test)]
mod tests;
